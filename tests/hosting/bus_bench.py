"""A port on a real pty at 9600 8N1, served by a real worker process, and everything that its host told."""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.links.bus_line import BusLine
from drivers.links.bus_settings import SerialBusSettings
from drivers.links.modbus_unit_peer import ModbusUnitPeer
from drivers.links.pacing import PtyPort
from drivers.links.peer import Peer
from station.hosting.host import BusSpec, HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.harnesses.base import Served
from tests.hosting.metered_bus import PATIENT, MeterPeer, MeterSettings

UNITS = (1, 2, 3, 4)
T = TypeVar("T", bound=HostEvent)


class PortBench:
    """`peer` behind an adapter that can be pulled out. Use as a context.

    `by_id` is a lasting name that points to the port that is plugged in. `worst_turn_ms` is the host's own work.
    """

    def __init__(self, folder: Path, peer: Peer) -> None:
        self.folder = folder
        self.by_id = folder / "by-id"
        self.host = ProcessHost()
        self.events: list[tuple[Tick, HostEvent]] = []
        self.worst_turn_ms = 0.0
        self._peer = peer
        self._port = PtyPort(folder / "ttyA", peer)
        self.by_id.symlink_to(self._port.name)
        self._served = Served(self._service)
        self.lock = self._served.lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.host.close()
        self._served.close()
        self._port.close()

    def unplug(self) -> None:
        with self.lock:
            self._port.unplug()

    def plug_in(self) -> None:
        """The same adapter in the same socket: the same path."""
        with self.lock:
            self._port.replug()

    def plug_in_elsewhere(self) -> None:
        """The same adapter in another socket: another tty, and its name by id points there."""
        with self.lock:
            self._port = PtyPort(self.folder / "ttyB", self._peer)
            fresh = self.folder / "by-id.new"
            fresh.symlink_to(self._port.name)
            fresh.replace(self.by_id)

    def turn(self) -> None:
        fresh = self.host.receive(Millis(10))
        began = time.monotonic()
        fresh += self.host.receive(Millis(0))
        self.host.turn(now())
        self.worst_turn_ms = max(self.worst_turn_ms, 1000 * (time.monotonic() - began))
        self.events += [(now(), event) for event in fresh]

    def run(self, ms: int) -> None:
        end = now() + ms
        while now() < end:
            self.turn()

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> int:
        """How many ms it took."""
        began = now()
        while not condition():
            assert now() - began < 1000 * seconds, f"waited {seconds} s for {what}; last: {self.events[-8:]}"
            self.turn()
        return now() - began

    def told(self, kind: type[T], device: str) -> list[T]:
        """What the host told of `device`."""
        return [event for _, event in self.events if isinstance(event, kind) and event.device == device]

    def read(self, device: str, since: int = 0) -> list[Reading]:
        """The readings of `device` that came since."""
        return [
            event.reading
            for tick, event in self.events
            if tick >= since and isinstance(event, WorkerRead) and event.device == device
        ]

    def _service(self, tick: Tick) -> None:
        self._port.service(tick)


class BusBench(PortBench):
    """`units` on one bus; `devices` names the device of each unit, and the function that begins its poll."""

    def __init__(
        self, folder: Path, units: Mapping[int, ModbusUnitPeer], devices: Mapping[int, tuple[str, int]]
    ) -> None:
        self.devices = devices
        self._units = units
        self._witness = _Witness(BusLine(list(units.values())))
        super().__init__(folder, self._witness)

    def serve(self, units: Iterable[WorkerSpec], module: str) -> None:
        """Let a worker process run `units`."""
        self.host.start(BusSpec("yard", SerialBusSettings("modbus-rtu", str(self.by_id)), tuple(units), module))

    def until_all_open(self, seconds: float = 30) -> None:
        self.until(lambda: all(self.count(WorkerOpened, unit) for unit in self.devices), seconds, "every device open")

    def count(self, kind: type[WorkerOpened | WorkerLost], unit: int) -> int:
        return len(self.told(kind, self.devices[unit][0]))

    def asked(self, unit: int, since: int = 0) -> list[Tick]:
        """When anything was asked of `unit`."""
        with self.lock:
            return [tick for tick, number, _ in self._witness.heard if number == unit and tick >= since]

    def polled(self, unit: int, since: int, until: int) -> list[Tick]:
        """When a poll of `unit` began."""
        function = self.devices[unit][1]
        with self.lock:
            return [
                tick
                for tick, number, what in self._witness.heard
                if (number, what) == (unit, function) and since <= tick <= until
            ]

    def silence(self, unit: int, *, on: bool) -> None:
        with self.lock:
            self._units[unit].faults.silent = on


class _Witness:
    """Notes each request as it leaves the host: when, to which unit, with which function."""

    def __init__(self, line: BusLine) -> None:
        self.heard: list[tuple[Tick, int, int]] = []
        self._line = line

    def feed(self, data: bytes) -> bytes:
        self.heard.append((now(), data[0], data[1]))
        return self._line.feed(data)

    def advance(self, elapsed: Millis) -> bytes:
        return self._line.advance(elapsed)


class MeterBench(BusBench):
    """Four meters."""

    def __init__(self, folder: Path) -> None:
        self.meters = {unit: MeterPeer(unit) for unit in UNITS}
        super().__init__(folder, self.meters, {unit: (f"meter{unit}", 3) for unit in UNITS})

    def start(self, reply_limit: Millis = PATIENT) -> None:
        units = (
            WorkerSpec(f"meter{unit}", "", "meter", MeterSettings("meter", unit, reply_limit), self.folder)
            for unit in UNITS
        )
        self.serve(units, "tests.hosting.metered_bus")

    def until_all_read(self, seconds: float = 15) -> int:
        since = now()
        return self.until(lambda: all(self.has_read(unit, since) for unit in UNITS), seconds, "a value of every meter")

    def has_read(self, unit: int, since: int) -> bool:
        return bool(self.read(f"meter{unit}", since))
