"""Bytes that made no frame, gathered into a few readings instead of one for each."""

from typing import Literal

from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused

_SAMPLE_BYTES = 48
_TEXT = frozenset({0x02, 0x03, 0x09, 0x0A, 0x0D, 0x1D, *range(0x20, 0x7F)})

Hint = Literal["", "wrong-baud?", "wrong-protocol?", "wrong-code-page?"]


class RefusedBytes:
    """Counts refused bytes and reports them at most once per `interval`. Personal ones are counted and never shown."""

    def __init__(self, interval: Millis, *, is_personal: bool = False) -> None:
        self._interval = interval
        self._is_personal = is_personal
        self._count = 0
        self._sample = b""
        self._known: Hint = ""
        self._reported: Tick | None = None

    def add(self, data: bytes, known: Hint = "") -> None:
        """Count `data`; the first bytes since the last report are kept as the sample. `known` is what is suspected."""
        self._count += len(data)
        self._sample += data[: _SAMPLE_BYTES - len(self._sample)]
        self._known = self._known or known

    def forget(self) -> None:
        """Drop what was counted, for example the torn frame one always meets when joining a stream."""
        self._count, self._sample, self._known = 0, b"", ""

    def report(self, now: Tick) -> BytesRefused | None:
        """The reading if there is something to say and the last one is `interval` ago."""
        if not self._count or (self._reported is not None and now - self._reported < self._interval):
            return None
        sample = "" if self._is_personal else self._sample.hex()
        reading = BytesRefused(count=self._count, sample=sample, hint=self._known or hint(self._sample))
        self._reported = now
        self.forget()
        return reading


def hint(sample: bytes) -> Hint:
    """What the technician should suspect: text that is no frame is another protocol, noise another speed (S104)."""
    if not sample:
        return ""
    text = sum(byte in _TEXT for byte in sample)
    return "wrong-protocol?" if 10 * text >= 9 * len(sample) else "wrong-baud?"
