"""One device: `open -> (poll | obey | beat)* -> close`. A DeviceFault is the worker's end; the lane starts the next."""

import contextlib

from drivers.contract.driver import Answer, Clock, Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, Order, ShowLight
from drivers.contract.quantities import Millis, Tick
from station.hosting.lane_talk import LOOK_PATIENCE, LaneTalk
from station.hosting.order_queue import VOIDED, OrderQueue
from station.hosting.pending import LaneDeaf
from station.hosting.wire import Answered, Opened, WireClosed

OBEY_PATIENCE = Millis(300)
_SAFE_STATE_PATIENCE = Millis(1000)


def serve_device(driver: Driver, talk: LaneTalk, clock: Clock) -> None:
    """The whole life of `driver`; it is closed at the end, and its outputs are left safe if it was open."""
    try:
        talk.put(Opened(driver.open()))
        try:
            worker = _DeviceWorker(driver, talk, clock)
            while not talk.is_over:
                worker.turn()
        except (WireClosed, LaneDeaf):
            talk.end()
        finally:  # also after a fault: what could not be read may still be told to show red
            leave_safe(driver, clock)
    except DeviceFault as error:
        talk.say_last(error.fault)
    finally:
        driver.close()


def leave_safe(driver: Driver, clock: Clock) -> None:
    """Motion outputs off, red on; a driver without such outputs refuses. A raised boom stays up.

    Each is tried once, whatever became of the other, and neither after `_SAFE_STATE_PATIENCE`.
    """
    not_after = Tick(clock() + _SAFE_STATE_PATIENCE)
    for order in (DropMotion("leaving", not_after), ShowLight("leaving", not_after, "red")):
        # Nobody is left to be told of a fault; the unit's ExecStopPost repeats this on a fresh connection.
        with contextlib.suppress(DeviceFault):
            driver.obey(order, OBEY_PATIENCE)


class _DeviceWorker:
    def __init__(self, driver: Driver, talk: LaneTalk, clock: Clock) -> None:
        self._driver = driver
        self._talk = talk
        self._clock = clock
        self._orders = OrderQueue()

    def turn(self) -> None:
        self._talk.tell()
        for message in self._talk.hear():
            for gone in self._orders.put(message.order):
                self._talk.put(Answered(gone.order_id, VOIDED))
        if self._orders:
            self._obey(self._orders.take())
            self._talk.tell()
        began = self._clock()
        readings = self._driver.poll(Millis(0) if self._orders else LOOK_PATIENCE)
        for reading in readings:
            self._talk.put(reading)
        if not readings and not self._orders:
            # A driver that comes back early has nothing to wait for; the next order must not wait for it either.
            self._talk.wait(Millis(LOOK_PATIENCE - (self._clock() - began)))

    def _obey(self, order: Order) -> None:
        try:
            answer = self._driver.obey(order, OBEY_PATIENCE)
        except DeviceFault as error:
            self._talk.put(Answered(order.order_id, Answer("unknown", str(error))))
            raise
        self._talk.put(Answered(order.order_id, answer))
