"""A worker process: one device, one loop `open -> (poll | obey | beat)* -> close`.

The lane holds the other end of the wire. Whatever ends the lane ends the wire, and end of file makes the
worker drop its motion outputs, show red and exit. A DeviceFault ends the worker in the same way and is told to the
lane, which judges when to start the next one (`restarts`).

`python -m station.hosting.child FD` serves a device of the catalog on an inherited socket.
"""

import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from drivers import catalog
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Clock, Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, Order, ShowLight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.flight_recorder import FlightRecorder, about
from station.hosting.order_queue import VOIDED, OrderQueue
from station.hosting.pending import LaneDeaf, Pending
from station.hosting.wire import Answered, Beat, Faulted, Obey, Open, Opened, Stop, ToWorker, Wire, WireClosed

POLL_PATIENCE = Millis(50)
OBEY_PATIENCE = Millis(300)
BEAT_PERIOD = Millis(500)
_LAST_WORD_PATIENCE = Millis(1000)
_SAFE_STATE_PATIENCE = Millis(1000)

Build = Callable[[Open], Driver]


def serve(sock: socket.socket, build: Build, clock: Clock = now) -> None:
    """Live the whole life of a worker on `sock`: returns when the lane said stop, went away, or the device faulted.

    Takes over SIGTERM (leave in good order) and ignores SIGINT, so it runs in the main thread of its own process.
    """
    with Wire(sock) as wire:
        _Worker(wire, clock).live(build)


def build_from_catalog(opening: Open) -> Driver:
    """The driver that the lane asked for. Raises DeviceFault("unfit") for a kind or settings unknown here."""
    try:
        spec = catalog.find(opening.kind)
        settings = plain.decode(spec.settings, opening.settings.encode())
    except (catalog.UnknownKind, plain.NotPlain) as error:
        raise DeviceFault("unfit", opening.device, str(error), "run `station check` on the settings") from error
    return spec.build(opening.device, settings, Tools(now, Path(opening.evidence), record=_recorder(opening)))


def _recorder(opening: Open) -> FlightRecorder | None:
    """The flight recorder, if the lane wants one and what the device reads may be kept."""
    if not opening.record or not catalog.find(opening.kind).is_recordable:
        return None
    return FlightRecorder(Path(opening.record), opening.record_size, now, about(opening.device, opening.settings))


def main(build: Build = build_from_catalog) -> None:
    """Entry of a worker process: the only argument is the number of the inherited socket."""
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        serve(sock, build)


class _Worker:
    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._pending = Pending()
        self._orders = OrderQueue()
        self._is_over = False
        self._next_beat = clock()

    def live(self, build: Build) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self._end())
        opening = self._await_opening()
        if opening is None:
            return
        try:
            self._serve_device(build(opening))
        except DeviceFault as error:
            self._say_last(Faulted(error.fault))
        except (WireClosed, LaneDeaf):
            return

    def _end(self) -> None:
        self._is_over = True

    def _await_opening(self) -> Open | None:
        while not self._is_over:
            self._wire.wait(POLL_PATIENCE)
            message = self._receive()
            if isinstance(message, Open):
                return message
        return None

    def _serve_device(self, driver: Driver) -> None:
        try:
            self._pending.put(Opened(driver.open()))
            try:
                while not self._is_over:
                    self._turn(driver)
            except (WireClosed, LaneDeaf):
                self._end()
            finally:  # also after a fault: what could not be read may still be told to show red
                self._leave_safe(driver)
        except DeviceFault as error:
            self._say_last(Faulted(error.fault))
        finally:
            driver.close()

    def _turn(self, driver: Driver) -> None:
        self._beat()
        self._pending.flush(self._wire)
        self._take_in()
        if self._orders:
            self._obey(driver, self._orders.take())
            self._pending.flush(self._wire)
        began = self._clock()
        readings = driver.poll(Millis(0) if self._orders else POLL_PATIENCE)
        for reading in readings:
            self._pending.put(reading)
        if not readings and not self._orders:
            # A driver that comes back early has nothing to wait for; the next order must not wait for it either.
            self._wire.wait(Millis(max(0, POLL_PATIENCE - (self._clock() - began))))

    def _beat(self) -> None:
        tick = self._clock()
        if tick >= self._next_beat:
            self._pending.put(Beat(tick))
            self._next_beat = Tick(tick + BEAT_PERIOD)

    def _take_in(self) -> None:
        while (message := self._receive()) is not None:
            if isinstance(message, Obey):
                for gone in self._orders.put(message.order):
                    self._pending.put(Answered(gone.order_id, VOIDED))

    def _receive(self) -> ToWorker | None:
        try:
            message: ToWorker | None = self._wire.receive(ToWorker)
        except WireClosed:
            self._end()
            return None
        if isinstance(message, Stop):
            self._end()
        return message

    def _obey(self, driver: Driver, order: Order) -> None:
        try:
            answer = driver.obey(order, OBEY_PATIENCE)
        except DeviceFault as error:
            self._pending.put(Answered(order.order_id, Answer("unknown", str(error))))
            raise
        self._pending.put(Answered(order.order_id, answer))

    def _leave_safe(self, driver: Driver) -> None:
        """Motion outputs off, red on; a driver without such outputs refuses. A raised boom stays up.

        Each is tried once, whatever became of the other, and neither after `_SAFE_STATE_PATIENCE`.
        """
        not_after = Tick(self._clock() + _SAFE_STATE_PATIENCE)
        for order in (DropMotion("leaving", not_after), ShowLight("leaving", not_after, "red")):
            # Nobody is left to be told of a fault; the unit's ExecStopPost repeats this on a fresh connection.
            with contextlib.suppress(DeviceFault):
                driver.obey(order, OBEY_PATIENCE)

    def _say_last(self, fault: Faulted) -> None:
        self._pending.put(fault)
        with contextlib.suppress(WireClosed):  # the lane is gone: nobody to tell
            while not self._pending.flush(self._wire):
                if not self._wire.wait(_LAST_WORD_PATIENCE, writable=True):
                    return


if __name__ == "__main__":
    main()
