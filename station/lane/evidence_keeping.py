"""What the lane does about its disk and its evidence: watch, say, choose what may go. The core has the last word."""

import logging
from dataclasses import dataclass

from drivers.contract.plain import NotPlain
from drivers.contract.quantities import Millis, Tick
from station.core.disk_level import DiskLevel, is_at_least
from station.core.facts import Fact
from station.core.keeping_facts import DiskJudged, EvidenceDue
from station.core.retention_records import EvidenceClass
from station.core.state import LaneState, utc_at
from station.journal.reader import JournalReader
from station.journal.refusals import Unreadable
from station.lane.clip_retention import ClipWalk
from station.lane.disk_watch import DiskWatch
from station.lane.evidence_files import EvidenceFiles
from station.lane.growth import UNKNOWN, Census
from station.lane.retention import CrossingWalk, Moment, recordings_due
from station.settings.tables import Keeping

WATCH_EVERY = Millis(1_000)
LOOK_EVERY = Millis(60_000)
COUNT_EVERY = Millis(3_600_000)
SAY_EVERY = Millis(86_400_000)
"""A level is told when it changes, and once a day with the days left."""

JUMP_MS = 3_600_000
SURE_AFTER = Millis(86_400_000)
"""After a jump of the clock by more than an hour no term is over for a day: a wrong year must not erase a right one."""

_MIB = 1 << 20

log = logging.getLogger("station.lane")


@dataclass(frozen=True, slots=True)
class DiskFigures:
    """The disk for people: free MiB and days left (-1: unknown), measured over `days`; MiB a day by class."""

    level: str = ""
    free_mib: int = UNKNOWN
    days_left: int = UNKNOWN
    days: int = 0
    mib_a_day: tuple[tuple[str, int], ...] = ()


NOT_WATCHED = DiskFigures()


class EvidenceKeeping:
    """Asked in every turn. Never raises for the disk: what cannot be read is told in the log and read again later."""

    def __init__(self, watch: DiskWatch, files: EvidenceFiles, terms: Keeping, told: DiskLevel, delivered: int) -> None:
        """`told`: the level the core believes. `delivered`: the newest record that the centre had at the start."""
        self._watch = watch
        self._files = files
        self._terms = terms
        self._told = told
        self._delivered = delivered
        self._reader = JournalReader(files.root, Millis(50))
        self._walks = (
            CrossingWalk(self._reader, files, "video", terms.video_days),
            CrossingWalk(self._reader, files, "customs_record", terms.customs_record_days),
            ClipWalk(self._reader, files, "video", terms.video_days),
            ClipWalk(self._reader, files, "customs_record", terms.customs_record_days),
        )
        days: dict[EvidenceClass, int] = {"customs_record": terms.customs_record_days, "video": terms.video_days}
        self._census = Census(self._reader, files, days)
        self._held = self._held_before()
        self._watch_at = self._look_at = self._say_at = self._count_at = self._sure_at = Tick(0)
        self._zero_ms: int | None = None

    @property
    def figures(self) -> DiskFigures:
        """For status and view."""
        growth = self._census.growth
        a_day = tuple((evidence, -(-size // _MIB)) for evidence, size in growth.bytes_a_day)
        return DiskFigures(self._watch.level, self._watch.free // _MIB, self._days_left(), growth.days, a_day)

    def free_reserve(self) -> None:
        """The journal met a full disk: let it have the room to say so."""
        self._watch.reserve.free()

    def look(self, now: Tick, state: LaneState, receipted: int, *, is_keeping: bool) -> list[Fact]:
        """The disk's level when it is news; while no truck is here, what may go."""
        facts = self._level(now)
        if is_keeping and state.phase == "IDLE":
            try:
                due = self._due(now, state, receipted)
                self._count(now, state)
            except (Unreadable, OSError) as error:
                log.warning("what may be dropped is not known now: %s", error)
                self._look_at = self._count_at = Tick(now + LOOK_EVERY)
                due = None
            facts += [] if due is None else [due]
        return facts

    def close(self) -> None:
        """Let the journal go."""
        self._reader.close()

    def _level(self, now: Tick) -> list[Fact]:
        if now < self._watch_at:
            return []
        self._watch_at = Tick(now + WATCH_EVERY)
        try:
            level = self._watch.settle()
        except OSError as error:
            log.warning("the disk cannot be looked at: %s", error)
            return []
        if level == self._told and now < self._say_at:
            return []
        is_news = level != self._told or self._say_at != 0
        self._told = level
        self._say_at = Tick(now + SAY_EVERY)
        self._look_at = now
        return [DiskJudged(now, level, self._watch.free // _MIB, self._days_left())] if is_news else []

    def _due(self, now: Tick, state: LaneState, receipted: int) -> EvidenceDue | None:
        """The first class that has something to give; under pressure in each turn, otherwise once a minute."""
        utc_ms = utc_at(state, now)
        self._notice_jump(now, utc_ms)
        if now < self._look_at:
            return None
        is_sure = state.quality == "synced" and now >= self._sure_at
        held = self._held | set(state.held_evidence)
        at = Moment(now, utc_ms, is_sure, self._watch.level, max(receipted, self._delivered), held)
        due, moved = recordings_due(self._files, self._terms.diagnostic_days, at), False
        for walk in self._walks if due is None else ():
            due, has_moved = walk.look(at)
            moved = moved or has_moved
            if due is not None:
                break
        if due is None and not moved:
            wait = WATCH_EVERY if is_at_least(at.level, "CRITICAL") else LOOK_EVERY
            self._look_at = Tick(now + wait)
        return due

    def _notice_jump(self, now: Tick, utc_ms: int) -> None:
        zero_ms = utc_ms - now
        if self._zero_ms is not None and abs(zero_ms - self._zero_ms) > JUMP_MS:
            self._sure_at = Tick(now + SURE_AFTER)
        self._zero_ms = zero_ms

    def _count(self, now: Tick, state: LaneState) -> None:
        if now < self._count_at or state.quality != "synced":
            return
        if self._census.look(utc_at(state, now)):
            self._count_at = Tick(now + COUNT_EVERY)

    def _days_left(self) -> int:
        return self._census.growth.days_left(self._watch.usable - self._watch.bounds.read_only)

    def _held_before(self) -> frozenset[str]:
        """Holds as the records have them: a memory that was lost must not end one. Freed here at the next start."""
        try:
            return self._reader.held_evidence()
        except (Unreadable, NotPlain) as error:
            log.warning("holds cannot be read from the records: %s", error)
            return frozenset()
