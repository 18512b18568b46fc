"""Four meters on a real pty at 9600 8N1, served by a real worker process, and everything that its host told."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import DeckSample
from drivers.links.bus_settings import SerialBusSettings
from drivers.links.pacing import PtyPort
from drivers.links.rtu_bus_peer import RtuBusPeer
from station.hosting.host import BusSpec, HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.harnesses.base import Served
from tests.hosting.metered_bus import PATIENT, MeterPeer, MeterSettings

UNITS = (1, 2, 3, 4)


class BusBench:
    """Use as a context; `by_id` is the path that the settings name, a link to the port that is plugged in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.by_id = folder / "by-id"
        self.meters = {unit: MeterPeer(unit) for unit in UNITS}
        self.bus = RtuBusPeer(list(self.meters.values()))
        self.host = ProcessHost()
        self.events: list[tuple[Tick, HostEvent]] = []
        self.worst_turn_ms = 0.0
        self._port = PtyPort(folder / "ttyA", self.bus)
        self.by_id.symlink_to(self._port.name)
        self._served = Served(self._service)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.host.close()
        self._served.close()
        self._port.close()

    def start(self, reply_limit: Millis = PATIENT) -> None:
        units = tuple(
            WorkerSpec(f"meter{unit}", "", "meter", MeterSettings("meter", unit, reply_limit), self.folder)
            for unit in UNITS
        )
        settings = SerialBusSettings("modbus-rtu", str(self.by_id))
        self.host.start(BusSpec("yard", settings, units, "tests.hosting.metered_bus"))

    def unplug(self) -> None:
        with self._served.lock:
            self._port.unplug()

    def plug_in(self) -> None:
        """The same adapter in the same socket: the same path."""
        with self._served.lock:
            self._port.replug()

    def plug_in_elsewhere(self) -> None:
        """The same adapter in another socket: another tty, and its name by id points there."""
        with self._served.lock:
            self._port = PtyPort(self.folder / "ttyB", self.bus)
            fresh = self.folder / "by-id.new"
            fresh.symlink_to(self._port.name)
            fresh.replace(self.by_id)

    def turn(self) -> None:
        fresh = self.host.receive(Millis(10))
        began = time.monotonic()
        self.host.turn(now())
        self.worst_turn_ms = max(self.worst_turn_ms, (time.monotonic() - began) * 1000)
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

    def until_all_read(self, seconds: float = 15) -> int:
        since = now()
        return self.until(lambda: all(self.has_read(unit, since) for unit in UNITS), seconds, "a value of every meter")

    def has_read(self, unit: int, since: int, value: int | None = None) -> bool:
        return any(
            tick >= since
            and isinstance(event, WorkerRead)
            and event.device == f"meter{unit}"
            and isinstance(event.reading, DeckSample)
            and value in (None, event.reading.mass)
            for tick, event in self.events
        )

    def count(self, kind: type[WorkerOpened | WorkerLost], unit: int) -> int:
        return sum(isinstance(event, kind) and event.device == f"meter{unit}" for _, event in self.events)

    def asked(self, unit: int, since: int) -> list[Tick]:
        """When `unit` was addressed."""
        with self._served.lock:
            return [tick for tick in self.meters[unit].asked if tick >= since]

    def silence(self, unit: int, *, on: bool) -> None:
        with self._served.lock:
            self.meters[unit].faults.silent = on

    def _service(self, tick: Tick) -> None:
        self._port.service(tick)
