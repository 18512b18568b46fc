"""Drivers in the lane's own thread, for journeys with a fake clock and peers behind loopback links.

Same promises as real processes, without the processes: a fault closes the driver and the same judgement
says when it is built and opened again. Everything a driver does happens inside `receive`, in the order in
which the devices were started, so a journey runs the same way every time. The devices of a bus are served like
any other; that they share a wire is a matter of the links that `build` gives them.
"""

from collections.abc import Callable

from drivers.contract.driver import Answer, Clock, Driver
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from station.hosting import restarts
from station.hosting.host import BusSpec, HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.order_queue import VOIDED, OrderQueue
from station.hosting.restarts import Life

_OBEY_PATIENCE = Millis(300)


class InlineHost:
    """`build` makes the driver of a spec; `clock` is the journey's. See `host.Host` for the promises.

    `receive` never waits: time passes only when the journey moves its clock.
    """

    def __init__(self, build: Callable[[WorkerSpec], Driver], clock: Clock) -> None:
        self._build = build
        self._clock = clock
        self._devices: dict[str, _Device] = {}

    def start(self, spec: WorkerSpec | BusSpec) -> None:
        for unit in spec.units if isinstance(spec, BusSpec) else (spec,):
            if unit.device in self._devices:
                raise ValueError(f"device {unit.device} is served already")
            self._devices[unit.device] = _Device(unit, self._build)
        self.turn(self._clock())

    def send(self, device: str, order: Order) -> bool:
        served = self._devices.get(device)
        return served is not None and served.take(order)

    def receive(self, patience: Millis) -> list[HostEvent]:
        return [event for device in self._devices.values() for event in device.work(self._clock())]

    def turn(self, now: Tick) -> None:
        for device in self._devices.values():
            device.turn(now)

    def pids(self) -> dict[str, int]:
        return {}

    def filenos(self) -> list[int]:
        return []

    def close(self) -> None:
        for device in self._devices.values():
            device.close()
        self._devices.clear()


class _Device:
    def __init__(self, spec: WorkerSpec, build: Callable[[WorkerSpec], Driver]) -> None:
        self._spec = spec
        self._build = build
        self._driver: Driver | None = None
        self._life = Life()
        self._orders = OrderQueue()
        self._voided: list[Order] = []
        self._told: Fault | None = None

    def take(self, order: Order) -> bool:
        if self._life.phase == "open":
            self._voided += self._orders.put(order)
            return True
        return False

    def turn(self, tick: Tick) -> None:
        if restarts.judge(self._life, tick) == "START":
            self._life = restarts.started(self._life, tick)

    def work(self, tick: Tick) -> list[HostEvent]:
        """Open if it is time, obey what was sent, poll once."""
        device = self._spec.device
        events: list[HostEvent] = [WorkerAnswered(device, order.order_id, VOIDED) for order in self._voided]
        self._voided.clear()
        try:
            if self._life.phase == "opening":
                events.append(self._open(tick))
            if self._driver is not None:
                self._life = restarts.signed(self._life, tick)
                self._obey(self._driver, events)
                events += [WorkerRead(device, reading) for reading in self._driver.poll(Millis(0))]
        except DeviceFault as error:
            events += self._lose(error.fault, tick)
        return events

    def close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _open(self, tick: Tick) -> WorkerOpened:
        self._driver = self._build(self._spec)
        identity = self._driver.open()
        self._life = restarts.opened(self._life, tick)
        self._told = None
        return WorkerOpened(self._spec.device, identity)

    def _obey(self, driver: Driver, events: list[HostEvent]) -> None:
        while self._orders:
            order = self._orders.take()
            try:
                answer = driver.obey(order, _OBEY_PATIENCE)
            except DeviceFault as error:
                answer = Answer("unknown", str(error))
                events.append(WorkerAnswered(self._spec.device, order.order_id, answer))
                raise
            events.append(WorkerAnswered(self._spec.device, order.order_id, answer))

    def _lose(self, fault: Fault, tick: Tick) -> list[HostEvent]:
        self.close()
        self._orders.clear()
        self._life = restarts.died(self._life, tick, fault.code)
        if self._told is not None and (self._told.code, self._told.thing) == (fault.code, fault.thing):
            return []
        self._told = fault
        return [WorkerLost(self._spec.device, fault)]
