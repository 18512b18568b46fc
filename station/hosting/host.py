"""What the lane knows of its workers: specs in, orders in, events out. Two hosts keep this promise:
`process_host` (real processes) and `inline_host` (same thread, for journeys with a fake clock).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drivers.contract.clips import RingSettings
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import Fault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading

CATALOG_WORKER = "station.hosting.child"
"""The module that serves every kind of `drivers.catalog`."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One worker: `module` is run as a process and serves `kind` with `settings` (a driver's settings dataclass).

    `record` is the folder of the wire's flight recorder, if it has one, and `record_size` its most bytes.
    `ring` is where a camera that keeps clips has its newest frames.
    """

    device: str
    module: str
    kind: str
    settings: object
    evidence: Path
    nice: int = 0
    record: Path | None = None
    record_size: int = 0
    ring: RingSettings | None = None


@dataclass(frozen=True, slots=True)
class BusSpec:
    """One worker for all `units` of the bus `bus`; `settings` is the bus's settings dataclass.

    Each unit is a device of its own for the lane; its `module` and `nice` are not used.
    """

    bus: str
    settings: object
    units: tuple[WorkerSpec, ...]
    module: str = CATALOG_WORKER


@dataclass(frozen=True, slots=True)
class WorkerOpened:
    """The device is open; what it said in an earlier life is void."""

    device: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class WorkerRead:
    """The device reported something."""

    device: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class WorkerAnswered:
    """What became of an order."""

    device: str
    order_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The device faulted, or its worker fell silent or died. Orders without an answer by now never get one.

    A device that fails again in the same way before it opened is not reported again.
    """

    device: str
    fault: Fault


HostEvent = WorkerOpened | WorkerRead | WorkerAnswered | WorkerLost


class Host(Protocol):
    """Keeps one worker per link alive. Never blocks longer than the patience given; raises nothing in service."""

    def start(self, spec: WorkerSpec | BusSpec) -> None:
        """Take a device, or all devices of a bus, into service. Raises ValueError if one of that name is served."""

    def send(self, device: str, order: Order) -> bool:
        """Hand an order to the device's worker. False if the device is not open or its worker takes nothing."""

    def receive(self, patience: Millis) -> list[HostEvent]:
        """What the workers said, in order per device, waiting at most `patience` for the first event."""

    def turn(self, now: Tick) -> None:
        """Judge every worker at `now`: warn, kill, reap and start as `restarts` says. Call in each lane turn."""

    def pids(self) -> dict[str, int]:
        """The process of each device that has one."""

    def filenos(self) -> list[int]:
        """What the lane may select on for reading, beside its own; changes when a worker is replaced."""

    def close(self) -> None:
        """End all workers in good order, within 3 s, and reap them."""
