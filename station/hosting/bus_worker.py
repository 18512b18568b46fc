"""All devices of one bus in one loop. A unit that faults is closed, told as lost and opened again by the schedule.

Nothing here knows how the lane's socket came about, so that a host shared by several lanes can use the same code.
"""

from collections.abc import Callable
from typing import Final

from drivers.contract.driver import Answer, Clock, Driver
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.link import Link
from drivers.contract.orders import is_protective
from drivers.contract.quantities import Millis
from drivers.links.bus_schedule import BusSchedule, Unit
from drivers.links.bus_wire import BusWire
from station.hosting.device_worker import OBEY_PATIENCE, leave_safe
from station.hosting.lane_talk import LOOK_PATIENCE, LaneTalk
from station.hosting.order_queue import VOIDED, OrderQueue
from station.hosting.pending import LaneDeaf
from station.hosting.wire import Answered, BusUnit, Faulted, Obey, Open, Opened, WireClosed

BuildUnit = Callable[[Open, Link], Driver]

NOT_OPEN: Final = Answer("refused", "nothing was sent: the device is not open")
_UNREACHABLE: Final = ("silent", "garbled", "port-missing", "port-busy")
"""After these no order would arrive; the tries would only delay the other units."""


def serve_bus(units: tuple[BusUnit, ...], bus: BusWire, build: BuildUnit, talk: LaneTalk, clock: Clock) -> None:
    """The whole life of a bus worker: every unit that is open at the end is left safe, then the port is given back."""
    worker = _BusWorker({unit.opening.device: _Served(unit, bus, build) for unit in units}, talk, clock)
    try:
        while not talk.is_over:
            worker.turn()
    except (WireClosed, LaneDeaf):
        talk.end()
    finally:
        worker.leave()
        bus.close()


class _Served:
    """One unit: its driver while that is open, and the orders that wait for it."""

    def __init__(self, unit: BusUnit, bus: BusWire, build: BuildUnit) -> None:
        self.name = unit.opening.device
        self.plan = Unit(self.name, unit.period, unit.is_first)
        self.open: Driver | None = None
        self.orders = OrderQueue()
        self._make: Callable[[], Driver] = lambda: build(unit.opening, bus.end())
        self._driver: Driver | None = None

    @property
    def driver(self) -> Driver:
        """Made at the first time; it remembers what is in doubt on its wire. Raises DeviceFault."""
        self._driver = self._driver or self._make()
        return self._driver

    def end(self) -> None:
        """Close the driver and forget the orders."""
        if self._driver is not None:
            self._driver.close()
        self.open = None
        self.orders.clear()


class _BusWorker:
    def __init__(self, units: dict[str, _Served], talk: LaneTalk, clock: Clock) -> None:
        self._units = units
        self._talk = talk
        self._clock = clock
        self._schedule = BusSchedule((unit.plan for unit in units.values()), clock())

    def turn(self) -> None:
        """One order, or one visit, or a short wait."""
        self._talk.tell()
        self._hear()
        if (ordered := self._ordered()) is not None and ordered.open is not None:
            self._obey(ordered, ordered.open)
        elif (name := self._schedule.next(self._clock())) is not None:
            self._visit(self._units[name])
        else:
            self._talk.wait(min(self._schedule.wait(self._clock()), LOOK_PATIENCE))

    def leave(self) -> None:
        """Every open unit safe and closed, the barrier first."""
        for unit in sorted(self._units.values(), key=lambda unit: not unit.plan.is_first):
            if unit.open is not None:
                leave_safe(unit.open, self._clock)
            unit.end()

    # ------------------------------------------------------------------ orders

    def _hear(self) -> None:
        for message in self._talk.hear():
            self._take(message)

    def _take(self, message: Obey) -> None:
        unit = self._units.get(message.device)
        if unit is None or unit.open is None:
            self._talk.put(Answered(message.order.order_id, NOT_OPEN, message.device))
            return
        for gone in unit.orders.put(message.order):
            self._talk.put(Answered(gone.order_id, VOIDED, unit.name))

    def _ordered(self) -> _Served | None:
        """The unit whose order is next: a protective one, then the barrier's, then anybody's."""
        waiting = [unit for unit in self._units.values() if unit.orders]
        if not waiting:
            return None
        return min(waiting, key=lambda unit: (not is_protective(unit.orders.first), not unit.plan.is_first))

    def _obey(self, unit: _Served, driver: Driver) -> None:
        order = unit.orders.take()
        try:
            answer = driver.obey(order, OBEY_PATIENCE)
        except DeviceFault as error:
            self._talk.put(Answered(order.order_id, Answer("unknown", str(error)), unit.name))
            self._lose(unit, error.fault)
            return
        self._talk.put(Answered(order.order_id, answer, unit.name))

    # ------------------------------------------------------------------ visits

    def _visit(self, unit: _Served) -> None:
        began = self._clock()
        try:
            if unit.open is not None:
                for reading in unit.open.poll(Millis(0)):
                    self._talk.put(reading, unit.name)
                self._schedule.visited(unit.name, began, self._clock())
            else:
                self._open(unit)
                self._schedule.opened(unit.name, self._clock())
        except DeviceFault as error:
            self._lose(unit, error.fault)

    def _open(self, unit: _Served) -> None:
        driver = unit.driver
        identity = driver.open()
        self._hear()  # what was ordered by now was meant for the life that is over, and is refused
        unit.open = driver
        self._talk.put(Opened(identity, unit.name))

    def _lose(self, unit: _Served, fault: Fault) -> None:
        self._talk.put(Faulted(fault, unit.name))
        if unit.open is not None and fault.code not in _UNREACHABLE:
            leave_safe(unit.open, self._clock)
        unit.end()
        self._schedule.failed(unit.name, self._clock())
