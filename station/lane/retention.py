"""Which evidence may go: class by class, oldest first, a few files a look, and only what nobody needs any more.

A crossing is walked over when the centre has stored its closing record and its term has passed; under pressure the
video of cleared trucks goes before its term. Evidence of a crossing that was held, refused, overridden or under an
alarm is customs_record, whatever its files are. A clip that belongs to no crossing has a walk of its own
(`clip_retention`). Rows of the journal are never touched.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.clips import CLIP_ENDING
from drivers.contract.plain import NotPlain, canonical
from drivers.contract.quantities import Tick
from station.core.disk_level import DiskLevel, is_at_least
from station.core.keeping_facts import EvidenceDue
from station.core.records import CrossingCompleted
from station.core.retention_records import DropReason, EvidenceClass
from station.journal.chain import RecordRow
from station.journal.reader import JournalReader
from station.lane.evidence_files import EvidenceFiles, KeptFile

MOST_FILES = 50
ROWS_A_LOOK = 10
DAY_MS = 86_400_000
EARLY_AGE_MS = 600_000
"""Under pressure too a crossing rests so long: what its cameras still keep of it must have come."""

STORED_AGAIN_MS = 60_000
"""A file written later than this after its crossing's end is also another's, with the very same bytes."""

_DISPUTED = frozenset({"crossing.held", "alarm.raised", "case.opened"})
_EARLY: Mapping[EvidenceClass, DiskLevel] = {"diagnostic": "LOW", "video": "CRITICAL"}
"""From which level on a class goes before its term; the others never do."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a look goes by. `is_sure`: the clock may end a term. `delivered`: the centre's newest record."""

    now: Tick
    utc_ms: int
    is_sure: bool
    level: DiskLevel
    delivered: int
    held: frozenset[str]


class Walk(ABC):
    """Records that end something, from the oldest on, as far as the evidence of one class that it left is due."""

    def __init__(
        self, reader: JournalReader, files: EvidenceFiles, evidence: Literal["video", "customs_record"], term_days: int
    ) -> None:
        self._reader = reader
        self._files = files
        self._evidence: EvidenceClass = evidence
        self._term_ms = term_days * DAY_MS
        self._after = self._came_from = 0
        self._last: EvidenceDue | None = None
        self._held: frozenset[str] = frozenset()

    def look(self, at: Moment) -> tuple[EvidenceDue | None, bool]:
        """Files that may go now, and whether to look again soon. Raises Unreadable."""
        if self._last is not None and self._files.has(self._last.paths):  # the core saw a reason to keep them, or the
            self._after, self._last = self._came_from, None  # disk refused: from there again, after a rest
            return None, False
        if not self._held <= at.held:  # one was freed
            self._after = 0
        self._held, self._came_from = at.held, self._after
        names: list[str] = []
        found: list[KeptFile] = []
        reason: DropReason = "TERM"
        rows, end = self._rows(self._after, at)
        after = self._after  # moved at the end: what cannot be read now is walked over later
        for row in rows:
            why = self._why(row, at)
            if why is None or (found and why != reason):
                break
            name, files = self._due_of(row, at)
            files = self._unshared(name, row, files, found)
            if found and len(found) + len(files) > MOST_FILES:
                break
            if files:
                reason = why
                names.append(name)
                found += files[:MOST_FILES]
            if len(files) > MOST_FILES:
                break
            after = row.seq
        else:
            after = max(after, end)
        self._after = after
        moved = self._after != self._came_from or bool(found)
        self._last = _due(at.now, self._evidence, reason, tuple(names), found) if found else None
        return self._last, moved

    @abstractmethod
    def _rows(self, after_seq: int, at: Moment) -> tuple[list[RecordRow], int]:
        """The next records of the walk, in order, and the number up to which there is no other."""

    @abstractmethod
    def _due_of(self, row: RecordRow, at: Moment) -> tuple[str, list[KeptFile]]:
        """Whose evidence it is and what of it may go, once its time has come; nothing under a hold."""

    def _why(self, row: RecordRow, at: Moment) -> DropReason | None:
        """Why its evidence may go, if it may."""
        if row.seq > at.delivered:
            return None
        ended_ms = row.utc_ms if row.quality == "synced" else self._reader.sure_time(row.seq)
        is_over = at.is_sure and ended_ms is not None and at.utc_ms - ended_ms > self._term_ms
        return "TERM" if is_over else None

    def _unshared(self, name: str, row: RecordRow, files: list[KeptFile], going: Sequence[KeptFile]) -> list[KeptFile]:
        """The files without the frames of other clips that stay: of two that share some, the last takes them along."""
        if not any(file.path.endswith(CLIP_ENDING) for file in files):
            return files
        own = [b'"%s":%s' % (key, canonical(name)) for key in (b"crossing", b"clip")]
        around = [one.body for one in self._reader.clips_around(row.seq)]
        others = [body for body in around if not any(part in body for part in own)]
        gone = {file.path for file in going}
        kept = {file.path for body in others for file in self._files.clip_in(body, gone)}
        return [file for file in files if file.path not in kept]


class CrossingWalk(Walk):
    """Completed crossings."""

    def _rows(self, after_seq: int, at: Moment) -> tuple[list[RecordRow], int]:
        return self._reader.completed(after_seq, ROWS_A_LOOK), 0

    def _why(self, row: RecordRow, at: Moment) -> DropReason | None:
        why = super()._why(row, at)
        if why is not None or row.seq > at.delivered:
            return why
        early = _EARLY.get(self._evidence)
        rests = 0 <= at.utc_ms - row.utc_ms < EARLY_AGE_MS
        return "PRESSURE" if early is not None and is_at_least(at.level, early) and not rests else None

    def _due_of(self, row: RecordRow, at: Moment) -> tuple[str, list[KeptFile]]:
        try:
            record = self._reader.as_record(row)
        except NotPlain:  # of another release: it is kept as what nobody understands
            return "", []
        if not isinstance(record, CrossingCompleted) or record.crossing in at.held:
            return "", []
        own = self._reader.naming(record.crossing, row.seq)
        latest = row.utc_ms + STORED_AGAIN_MS
        files = [file for file in self._files.named_in(one.body for one in own) if file.written_ms <= latest]
        if self._evidence == "customs_record":
            return record.crossing, files
        disputed = not is_plain_passage(record) or any(one.type in _DISPUTED for one in own)
        return record.crossing, [] if disputed else [file for file in files if file.evidence == self._evidence]


def is_plain_passage(record: CrossingCompleted) -> bool:
    """The rules let it pass and it left: nobody held, refused or overrode anything."""
    return (
        record.end == "DEPARTED"
        and record.released_by == "RULES"
        and record.verdict in ("PASS", "PASS_FLAG")
        and not record.acts
    )


def recordings_due(files: EvidenceFiles, term_days: int, at: Moment) -> EvidenceDue | None:
    """Flight recordings that may go now."""
    early = is_at_least(at.level, _EARLY["diagnostic"])
    expired_ms = at.utc_ms - term_days * DAY_MS if at.is_sure else 0
    found = [file for file in files.recordings() if early or file.written_ms < expired_ms][:MOST_FILES]
    reason: DropReason = "TERM" if all(file.written_ms < expired_ms for file in found) else "PRESSURE"
    return _due(at.now, "diagnostic", reason, (), found) if found else None


def _due(
    tick: Tick, evidence: EvidenceClass, reason: DropReason, crossings: tuple[str, ...], files: list[KeptFile]
) -> EvidenceDue:
    paths = tuple(file.path for file in files)
    return EvidenceDue(tick, evidence, reason, crossings, paths, sum(file.size for file in files))
