"""A truck scale that sends frames by itself, whatever its protocol. Listens only: nothing is ever written to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.link import Link
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.weighbridge.weigher import Advice, Heard, Weigher

_SILENT = "check power and cable of the indicator and leave its menu; continuous output must be on"


class Ear(Protocol):
    """Understands one protocol: all that one scale said since it was opened."""

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        """What `data`, which came at `at`, completes, in order."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What one protocol brings. `detail` tells the technician what is listened for.

    `ear` makes an ear that has heard nothing. `unfit` says what frames without a usable mass mean and what to do
    about them; `compare` names what to compare with the indicator when no frame can be made of its bytes.
    """

    kind: str
    detail: str
    ear: Callable[[], Ear]
    unfit: tuple[str, str]
    compare: str


class ListeningScale:
    """A Driver of one scale on `link`. Every opening hears anew; what it obeys, gives and raises is the Weigher's."""

    def __init__(self, device: str, link: Link, speech: Speech, silence: Millis, clock: Clock) -> None:
        self._link = link
        self._speech = speech
        self._clock = clock
        self._ear = speech.ear()
        self._weigher = Weigher(device, Advice(speech.unfit, speech.compare, _SILENT), silence, clock)

    def open(self) -> Identity:
        self._link.open()
        self._ear = self._speech.ear()
        self._weigher.start_afresh()
        return Identity(self._speech.kind, f"listening on {self._link}, {self._speech.detail}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until there is something to report or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            now = self._clock()
            data = self._link.read(Millis(max(0, ends - now)))
            readings = self._weigher.judge(self._ear.hear(data, self._clock()) if data else ())
            if readings:
                return readings
            self._weigher.require_frames(self._link)
            if not data or self._clock() >= ends:
                return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        return self._weigher.obey(order)

    def close(self) -> None:
        self._link.close()
