"""Lines of a radiation portal of the TSA / Rapiscan VM-250 family: `TAG,f1,f2,...` and a line end. Pure; never raises.

Tags and fields as an open driver for these portals reads them (S90). Padding and further fields are not settled by any
open source, so blanks around a figure and more fields than expected are taken.
"""

from dataclasses import dataclass

LONGEST_LINE = 200
_FIGURES = 9  # digits of a count

SCANS = frozenset({"GS", "GA", "NS", "NA"})
ALARMS = frozenset({"GA", "NA"})
_COUNTED = frozenset({"GB", "NB", "GS", "NS", "GH", "GL", "NH"})
_FREE = frozenset({"GX", "SP", "TT", "TC", "SG1", "SG2", "SG3", "SN1", "SN2"})
_DETECTORS = 4


@dataclass(frozen=True, slots=True)
class RpmLine:
    """One line. `figures` are those of its fields that are whole numbers, in order."""

    tag: str
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """Bytes that are no line: an unknown tag, a count that is no number, missing detectors, or far too long."""

    raw: bytes


class RpmDecoder:
    """Feed it what arrives, in any pieces. Every line leaves as one RpmLine or BadLine; empty ones are skipped."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[RpmLine | BadLine]:
        """What `data` completes."""
        found: list[RpmLine | BadLine] = []
        self._held += data
        while (end := self._held.find(b"\n")) >= 0:
            raw = bytes(self._held[:end]).rstrip(b"\r")
            del self._held[: end + 1]
            if self._overlong or len(raw) > LONGEST_LINE:
                found.append(BadLine(raw[:LONGEST_LINE]))
            elif raw.strip():
                found.append(_read(raw))
            self._overlong = False
        if len(self._held) > LONGEST_LINE:
            if not self._overlong:
                found.append(BadLine(bytes(self._held[:LONGEST_LINE])))
            self._overlong = True
            self._held.clear()
        return found


def _read(raw: bytes) -> RpmLine | BadLine:
    if not raw.isascii():
        return BadLine(raw)
    tag, *fields = (field.strip() for field in raw.decode().split(","))
    figures = tuple(int(field) for field in fields if field.isdecimal() and len(field) <= _FIGURES)
    if tag in ALARMS or tag in _FREE:  # an alarm stays one, whatever became of its counts
        return RpmLine(tag, figures)
    is_whole = len(fields) >= _DETECTORS and all(field.isdecimal() for field in fields[:_DETECTORS])
    return RpmLine(tag, figures) if tag in _COUNTED and is_whole and len(figures) >= _DETECTORS else BadLine(raw)
