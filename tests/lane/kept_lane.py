"""A lane with a real journal, real evidence and a real disk, whose trucks are told: for what is kept and what goes.

Loop, journal, performer, personal.db, reserve and retention are the product's; devices and the centre are told.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from drivers.camera.picture_store import NotStored, PictureStore
from drivers.contract.driver import Driver
from drivers.contract.orders import Order, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureFailed, PictureTaken
from station.core.effects import DropEvidence, Effect
from station.core.facts import DeviceRead, Fact
from station.core.records import Record
from station.core.state import LaneState
from station.core.step import Step
from station.courier import talk
from station.courier.eligible import EligibleTable
from station.hosting.host import WorkerSpec
from station.hosting.inline_host import InlineHost
from station.journal.folder import DataFolder
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.journal.reader import JournalReader
from station.journal.recovery import rebuild
from station.journal.store import Journal
from station.lane.disk_watch import DiskWatch
from station.lane.evidence_files import EvidenceFiles
from station.lane.evidence_keeping import EvidenceKeeping
from station.lane.loop import LaneLoop
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.lane.wall_clock import WallClock, assumed_synced
from station.settings.tables import Keeping
from tests.core.script import Script
from tests.core.world import UTC

DAY_MS = 86_400_000


@dataclass
class KeptLane(Script):
    """Use as a context, under `root`. Each picture has `picture_bytes`; `keeping` are the terms and the reserve."""

    root: Path = Path()
    keeping: Keeping = field(default_factory=Keeping)
    picture_bytes: int = 20_000
    seed: int = 0
    acknowledged: dict[int, bytes] = field(default_factory=dict)
    refused_pictures: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.data = DataFolder(self.root / "data")
        self.data.root.mkdir(parents=True, exist_ok=True)
        self.open()
        super().__post_init__()

    def open(self) -> None:
        """The lane's process begins, as `assembly.build` has it."""
        root = self.data.root
        watch = DiskWatch(root, self.keeping.reserve_size)
        self.journal = Journal.open(root)
        self.state = rebuild(self.journal.recover(), _stepped).state
        watch.level = self.state.disk
        files = EvidenceFiles(root)
        self.evidence = EvidenceKeeping(watch, files, self.keeping, watch.level, 0)
        self.personal = PersonalData(self.data.personal)
        keeping = PersonalKeeping(self.personal, 1_096)
        self.ledger, self.eligible = Ledger(root / "ledger.db"), EligibleTable(root)
        host = InlineHost(_no_driver, self.tick)
        hands = _Hands(self, host, self.eligible, self.ledger, keeping, self.tick, files=files)
        self.loop_ = _NotingLoop(
            state=self.state,
            journal=self.journal,
            host=host,
            performer=hands,
            courier=None,
            acts=None,
            clock=WallClock(assumed_synced, lambda: UTC + self.now),
            personal=keeping,
            now=self.tick,
            evidence=self.evidence,
        )
        self.loop_.lane = self

    def close(self) -> None:
        """The lane's process is gone."""
        for part in (self.loop_, self.eligible, self.ledger, self.personal, self.evidence, self.journal):
            part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tick(self) -> Tick:
        return Tick(self.now)

    def tell(self, *facts: Fact) -> None:
        """One turn, and those that its answers need."""
        if facts:
            self.loop_.tell(facts)
        while self.loop_._later:
            self.loop_.turn(Millis(0))
        self.state = self.loop_.state

    def rest(self, millis: int, elapsed: int = 1_000) -> None:
        """Let time pass, a turn each `elapsed`."""
        for _ in range(millis // elapsed):
            self.now += elapsed
            self.loop_.turn(Millis(0))
            self.tell()

    def receipt(self, seq: int = 0) -> None:
        """The centre has everything up to `seq`, or to the newest record."""
        self.loop_._from_courier(talk.Receipted(self.state.epoch, seq or self.state.seq), self.tick())

    def override(self) -> None:
        """A truck that is on no list: held, and let go by two persons."""
        self.listed = False
        self.drive_on()
        self.scan()
        self.act("release", "1187", "officer")
        self.act("release", "2001", "head-of-unit")
        self.drive_off()
        self.listed = True

    def hold_evidence(self, crossing: str) -> None:
        self.act("hold-evidence", "1187", "officer", crossing=crossing, digest="")

    def written(self) -> list[Record]:
        """All records of the journal."""
        with JournalReader(self.data.root) as reader:
            return [reader.as_record(row) for row in reader.records(0, 100_000)]

    def names(self) -> set[str]:
        """The pictures that are there."""
        return {path.name for path in self.data.evidence.glob("??/*.jpg")}

    def _reading(self, device: str, order: Order) -> list[Fact]:
        if not isinstance(order, TakePicture):
            return super()._reading(device, order)
        try:
            stored = PictureStore(self.data.evidence).keep(self.random.randbytes(self.picture_bytes))
        except NotStored:
            self.refused_pictures += 1
            failed = PictureFailed(order.order_id, "disk")
            return [DeviceRead(self.tick(), device, failed)]
        seconds = (UTC + self.now) / 1000
        os.utime(stored.path, (seconds, seconds))
        return [
            DeviceRead(self.tick(), device, PictureTaken(order.order_id, "/x/camera", stored.sha256, self.tick(), 1))
        ]


class _Hands(Performer):
    """The devices of the script answer; evidence is dropped for real."""

    def __init__(self, lane: KeptLane, *parts: object, **named: object) -> None:
        super().__init__(*parts, **named)  # type: ignore[arg-type]
        self._lane = lane

    def _one(self, effect: Effect) -> list[Fact]:
        self._lane.effects.append(effect)
        return super()._one(effect) if isinstance(effect, DropEvidence) else self._lane._answers(effect)


class _NotingLoop(LaneLoop):
    """Remembers what it was told is kept."""

    lane: KeptLane

    def keep(self, facts: Sequence[Fact], decided: Step) -> int:
        took_us = super().keep(facts, decided)
        self.lane.stamped += decided.records
        head = self._journal.head
        self.lane.acknowledged[head.seq] = head.hash
        return min(took_us, 1_000)  # a slow machine must not spoil the story


def _stepped(state: LaneState, facts: Sequence[Fact]) -> Step:
    from station.core.step import step

    return step(state, facts)


def _no_driver(_: WorkerSpec) -> Driver:
    raise AssertionError("no device is started")
