"""Asking on a byte wire: a Question for the polled serial protocols, and what every such question needs to hear."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from drivers.contract.driver import Clock
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.listening_scale import Ear
from drivers.weighbridge.weigher import Heard


class Raw(Protocol):
    """A frame that keeps its bytes as they came."""

    @property
    def raw(self) -> bytes:
        """Those bytes."""


F_co = TypeVar("F_co", bound=Raw, covariant=True)


class Decoder(Protocol[F_co]):
    """Bytes to frames, in any pieces; nothing raises. Every byte leaves in exactly one frame or BadBytes, in order."""

    def feed(self, data: bytes) -> Sequence[F_co | BadBytes]:
        """What `data` completes."""


class Hearing(Generic[F_co]):
    """What comes over `link`, decoded anew after each `forget`.

    An answer that was not whole by then never will be: it is told as bad bytes.
    """

    def __init__(self, link: Link, decoder: Callable[[], Decoder[F_co]]) -> None:
        self._link = link
        self._make_decoder = decoder
        self.start_afresh()

    def start_afresh(self) -> None:
        """Nothing was heard: the wire was opened anew."""
        self._decoder = self._make_decoder()
        self._begun = b""
        self._torn: list[BadBytes] = []

    def hear(self, patience: Millis) -> list[F_co | BadBytes]:
        """What has come, waiting at most `patience` for the first byte."""
        torn, self._torn = self._torn, []
        data = self._link.read(Millis(0) if torn else patience)
        found = self._decoder.feed(data) if data else []
        self._begun = (self._begun + data)[sum(len(frame.raw) for frame in found) :]
        return [*torn, *found]

    def forget(self) -> None:
        """Throw away what has come."""
        self._link.discard_input()
        begun = self._begun.strip(b"\r\n")  # the rest of a line's end is no answer
        self.start_afresh()
        self._torn = [BadBytes(begun)] if begun else []


class FrameEar:
    """An Ear for frames that say everything themselves: when they came is no matter."""

    def __init__(self, decoder: Decoder[Heard]) -> None:
        self._decoder = decoder

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        return self._decoder.feed(data)


class AskedLine:
    """Sends `request` and lets a fresh `ear` hear the answer. `detail` tells a technician what is asked."""

    def __init__(self, link: Link, request: bytes, ear: Callable[[], Ear], detail: str, clock: Clock) -> None:
        self._link = link
        self._request = request
        self._detail = detail
        self._hearing: Hearing[Heard] = Hearing(link, lambda: _EarNow(ear(), clock))

    def __str__(self) -> str:
        return str(self._link)

    def open(self) -> str:
        self._link.open()
        self._hearing.start_afresh()
        return self._detail

    def ask(self, patience: Millis) -> None:
        self._link.write(self._request, patience)

    def hear(self, patience: Millis) -> Sequence[Heard]:
        return self._hearing.hear(patience)

    def forget(self) -> None:
        self._hearing.forget()

    def close(self) -> None:
        self._link.close()


class _EarNow:
    """An ear that is told the time by `clock`."""

    def __init__(self, ear: Ear, clock: Clock) -> None:
        self._ear = ear
        self._clock = clock

    def feed(self, data: bytes) -> Sequence[Heard]:
        return self._ear.hear(data, self._clock())
