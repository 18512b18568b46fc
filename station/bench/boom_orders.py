"""How long a boom order takes: from the beginning of `step` to its first byte at the I/O module, the commit included.

The loop, the core, the journal, the ledger, the barrier's worker and its wire are real. What scale, camera, reader
and scanner would say is told at once, so that many crossings fit into a minute.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.contract.clock import now
from drivers.contract.orders import Order, ReadPlate, TakePicture, TakeWeight, is_motion
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import (
    CodeScanned,
    DeckSample,
    LoopEdge,
    PictureTaken,
    PlateRead,
    Reading,
    WeighingWindow,
)
from station.bench.samples import Measured, measured
from station.core.facts import DeviceOpened, DeviceRead, EligibleEntry, Fact, LaneStarted, SettingsApplied
from station.core.parameters import LaneParameters
from station.core.state import CORE_VERSION, LaneState
from station.courier.eligible import EligibleTable
from station.courier.store import CourierStore
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.journal.folder import DataFolder
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.journal.store import Journal
from station.lane.loop import LaneLoop
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.lane.wall_clock import WallClock, assumed_synced
from station.messages.downlinks import EligibleList

ORDER_AIM_MS = 50.0
_STATION, _LANE, _OFFICE = "VN-HN", "I1", "15BB"
_PLATE = "12C04567"
_GROSS = kilograms(42_140)
_FIRST = 107_900_002_000
_FAR_MS = 4_000_000_000_000
_PATIENCE_S = 20.0
_BARRIER = "barrier"
_TERM_DAYS = 1


class OrderStuck(Exception):
    """A crossing of the bench did not go on; names where it stood."""


class _Told(ProcessHost):
    """The barrier is a real worker; every other order is answered at once by what its device would report."""

    def __init__(self) -> None:
        super().__init__()
        self.readings: list[tuple[str, Reading]] = []
        self.motions = 0

    def send(self, device: str, order: Order) -> bool:
        self.motions += is_motion(order)
        if device == _BARRIER:
            return super().send(device, order)
        tick = now()
        match order:
            case TakeWeight(order_id=order_id):
                self.readings.append((device, WeighingWindow(order_id, _GROSS, Grams(0), 8, tick, tick, ("0230",) * 8)))
            case TakePicture(order_id=order_id):
                self.readings.append((device, PictureTaken(order_id, "bench.jpg", order_id.zfill(64), tick, 1)))
            case ReadPlate(order_id=order_id, sha256=sha256):
                sure = (Permille(970),) * len(_PLATE)
                read = PlateRead(order_id, sha256, _PLATE, _PLATE, Permille(970), sure, "bench", Millis(4))
                self.readings.append((device, read))
            case _:
                return False
        return True


class _TimedLoop(LaneLoop):
    """Notes when the turn began that sent a boom order."""

    def __init__(self, *, told: _Told, **parts: object) -> None:
        super().__init__(host=told, **parts)  # type: ignore[arg-type]
        self._told = told
        self.coming: list[Fact] = []
        self.began_ns: list[int] = []

    def gather(self, now: Tick) -> list[Fact]:
        coming, self.coming = self.coming, []
        readings, self._told.readings = self._told.readings, []
        told = [DeviceRead(now, device, reading) for device, reading in readings]
        return [*super().gather(now), *coming, *told]

    def tell(self, facts: Sequence[Fact]) -> None:
        before, began_ns = self._told.motions, time.monotonic_ns()
        super().tell(facts)
        self.began_ns += [began_ns] * (self._told.motions - before)


def measure_boom_orders(root: Path, crossings: int) -> list[Measured]:
    """Two orders a crossing, raise and lower. `root` must be new. Raises OrderStuck, OSError."""
    module = subprocess.Popen(
        [sys.executable, "-m", "station.simulate.lone_module"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        if module.stdout is None or module.stdin is None:
            raise AssertionError("both ends are pipes")
        os.set_blocking(module.stdout.fileno(), False)
        log = _Lines(module.stdout.fileno())
        port = int(log.next())
        began_ns = _cross(root, port, crossings)
        frames_ns = [log.next_pulse_ns() for _ in began_ns]
    finally:
        module.communicate()  # the end of its input ends it
    delays = [(frame - began) / 1e6 for began, frame in zip(began_ns, frames_ns, strict=True)]
    return [measured("bench-order", delays, "ms", ORDER_AIM_MS)]


def _cross(root: Path, port: int, crossings: int) -> list[int]:
    folder = DataFolder(root / "data")
    folder.root.mkdir(parents=True)
    _publish(folder, crossings)
    with (
        Journal.open(folder.root) as journal,
        PersonalData(folder.personal) as personal_data,
        Ledger(root / "ledger.db") as ledger,
    ):
        eligible, told = EligibleTable(folder.root), _Told()
        personal = PersonalKeeping(personal_data, _TERM_DAYS)
        loop = _TimedLoop(
            told=told,
            state=LaneState(),
            journal=journal,
            performer=Performer(told, eligible, ledger, personal, now),
            courier=None,
            acts=None,
            clock=WallClock(assumed_synced),
            personal=personal,
            now=now,
        )
        try:
            _begin(loop, journal.epoch)
            settings = Adam6060Settings("adam-6060", "127.0.0.1", port, pulse=Millis(100), poll_period=Millis(20))
            told.start(WorkerSpec(_BARRIER, CATALOG_WORKER, settings.kind, settings, folder.evidence))
            for number in range(crossings):
                _one(loop, str(_FIRST + number))
        finally:
            loop.close()
            eligible.close()
    return loop.began_ns


def _publish(folder: DataFolder, crossings: int) -> None:
    entries = tuple(
        EligibleEntry(
            str(_FIRST + number),
            _OFFICE,
            _PLATE,
            "",
            "",
            kilograms(22_000),
            kilograms(20_000),
            "cleared",
            "green",
            _FAR_MS,
        )
        for number in range(crossings)
    )
    store = CourierStore(folder.root)
    listed = EligibleList(_STATION, _OFFICE, 1, time.time_ns() // 1_000_000, _FAR_MS, entries)
    store.apply_list(store.receive("bench", b"{}", 0), listed)
    store.close()


def _begin(loop: _TimedLoop, epoch: int) -> None:
    tick = now()
    utc_ms = time.time_ns() // 1_000_000
    loop.begin(
        [
            LaneStarted(tick, utc_ms, "synced", CORE_VERSION, epoch, "", "", ()),
            SettingsApplied(tick, LaneParameters(_STATION, _LANE, _OFFICE)),
            *(DeviceOpened(tick, device, device, "", False) for device in ("scale", "scanner", "camera", "reader")),
            DeviceRead(tick, "scale", DeckSample(Grams(0), moving=False, valid=True)),
        ]
    )


def _one(loop: _TimedLoop, declaration: str) -> None:
    """One crossing, told as fast as the lane can take it."""

    def tell(device: str, *readings: Reading) -> None:
        loop.coming += [DeviceRead(now(), device, reading) for reading in readings]

    def deck(mass: Grams) -> DeckSample:
        return DeckSample(mass, moving=False, valid=True)

    _until(loop, lambda: loop.state.phase == "IDLE" and loop.state.boom == "down", "idle")
    tell(_BARRIER, LoopEdge("entry-loop", True))
    tell("scale", deck(_GROSS))
    tell(_BARRIER, LoopEdge("entry-loop", False))
    tell("scanner", CodeScanned(declaration, "", ""))
    _until(loop, lambda: loop.state.boom == "up" and loop.state.motion is None, "boom up")
    tell(_BARRIER, LoopEdge("under-boom-loop", True))
    tell(_BARRIER, LoopEdge("exit-loop", True))
    tell("scale", deck(Grams(0)))
    tell(_BARRIER, LoopEdge("under-boom-loop", False), LoopEdge("exit-loop", False))
    _until(loop, lambda: loop.state.phase == "IDLE", "completed")


def _until(loop: _TimedLoop, condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise OrderStuck(f"{what}: not within {_PATIENCE_S:.0f} s; phase {loop.state.phase}, {loop.state.boom}")
        loop.turn(Millis(0 if loop.coming else 20))


class _Lines:
    """Lines from a pipe, each awaited for a while."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._rest = b""

    def next_pulse_ns(self) -> int:
        """When the next frame came that starts a motion; opening the device drops both motions first."""
        while "pulses=1" not in (line := self.next()):
            continue
        return int(line.split()[0])

    def next(self) -> str:
        while b"\n" not in self._rest:
            poll = select.poll()
            poll.register(self._fileno, select.POLLIN)
            if not poll.poll(_PATIENCE_S * 1000) or not (data := os.read(self._fileno, 65536)):
                raise OrderStuck("the module says nothing")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()
