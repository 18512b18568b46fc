"""A scale that answers one request with one frame on a byte wire: a Question for the polled serial protocols."""

from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.contract.driver import Clock
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.listening_scale import Ear
from drivers.weighbridge.weigher import Heard


class Decoder(Protocol):
    """Bytes to frames, in any pieces; nothing raises."""

    def feed(self, data: bytes) -> Sequence[Heard]:
        """What `data` completes."""


class FrameEar:
    """An Ear for frames that say everything themselves: when they came is no matter."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        return self._decoder.feed(data)


class AskedLine:
    """Sends `request` and lets a fresh `ear` hear the answer. `detail` tells a technician what is asked."""

    _begun: bytes
    _torn: tuple[BadBytes, ...]

    def __init__(self, link: Link, request: bytes, ear: Callable[[], Ear], detail: str, clock: Clock) -> None:
        self._link = link
        self._request = request
        self._make_ear = ear
        self._detail = detail
        self._clock = clock
        self._start_afresh()

    def __str__(self) -> str:
        return str(self._link)

    def open(self) -> str:
        self._link.open()
        self._start_afresh()
        return self._detail

    def ask(self, patience: Millis) -> None:
        self._link.write(self._request, patience)

    def hear(self, patience: Millis) -> Sequence[Heard]:
        torn, self._torn = self._torn, ()
        data = self._link.read(Millis(0) if torn else patience)
        if not data:
            return torn
        self._begun += data
        heard = self._ear.hear(data, self._clock())
        self._begun = self._begun[sum(len(found.raw) for found in heard) :]
        return (*torn, *heard)

    def forget(self) -> None:
        """An answer that was not whole by now never will be: it is told as bad bytes."""
        self._link.discard_input()
        begun = self._begun
        self._start_afresh()
        self._torn = (BadBytes(begun),) if begun else ()

    def close(self) -> None:
        self._link.close()

    def _start_afresh(self) -> None:
        self._ear = self._make_ear()
        self._begun = b""  # of a frame, as far as it has come; every byte leaves an ear in a frame or as bad
        self._torn = ()
