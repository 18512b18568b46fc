"""The worker's end of its wire to the lane: what it says, what it hears, and when it has to leave."""

import contextlib
import signal
from typing import Final

from drivers.contract.driver import Clock
from drivers.contract.faults import Fault
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from station.hosting.pending import Pending
from station.hosting.wire import Answered, Beat, Faulted, Obey, Open, OpenBus, Opened, Stop, ToWorker, Wire, WireClosed

LOOK_PATIENCE: Final = Millis(50)
"""The longest time that a worker does not look at its wire while it has nothing to do."""
BEAT_PERIOD: Final = Millis(500)
_LAST_WORD_PATIENCE: Final = Millis(1000)


class LaneTalk:
    """`is_over` is True once the lane said stop or went away, or SIGTERM came."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self.is_over = False
        self._wire = wire
        self._clock = clock
        self._pending = Pending()
        self._next_beat = clock()

    def heed_signals(self) -> None:
        """Leave in good order on SIGTERM; SIGINT is the lane's business. Main thread only."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self.end())

    def end(self) -> None:
        """Let the worker's loop come to its end."""
        self.is_over = True

    def await_opening(self) -> Open | OpenBus | None:
        """The lane's first message; None if the worker has to leave before it comes."""
        while not self.is_over:
            self._wire.wait(LOOK_PATIENCE)
            message = self._receive()
            if isinstance(message, Open | OpenBus):
                return message
        return None

    def put(self, item: Reading | Opened | Answered | Faulted, device: str = "") -> None:
        """Say `item`, in its turn. Raises LaneDeaf."""
        self._pending.put(item, device)

    def tell(self) -> None:
        """Beat if it is time, and hand over what the wire takes. Raises WireClosed, LaneDeaf."""
        tick = self._clock()
        if tick >= self._next_beat:
            self._pending.put(Beat(tick))
            self._next_beat = Tick(tick + BEAT_PERIOD)
        self._pending.flush(self._wire)

    def hear(self) -> list[Obey]:
        """The orders that have come."""
        orders = []
        while (message := self._receive()) is not None:
            if isinstance(message, Obey):
                orders.append(message)
        return orders

    def wait(self, patience: Millis) -> None:
        """Wait for the lane to say something, at most `patience`."""
        self._wire.wait(Millis(max(0, min(patience, LOOK_PATIENCE))))

    def say_last(self, fault: Fault) -> None:
        """Hand over everything, then `fault`. Nothing is left to be told if the lane is gone."""
        self._pending.put(Faulted(fault))
        with contextlib.suppress(WireClosed):
            while not self._pending.flush(self._wire):
                if not self._wire.wait(_LAST_WORD_PATIENCE, writable=True):
                    return

    def _receive(self) -> ToWorker | None:
        try:
            message: ToWorker | None = self._wire.receive(ToWorker)
        except WireClosed:
            self.end()
            return None
        if isinstance(message, Stop):
            self.end()
        return message
