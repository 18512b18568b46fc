"""How fast a lane's data grow, measured: bytes a day by class over the last days, and how many days that leaves.

Files are counted folder by folder, one a look, by when they were written; what falls due in the next days is taken
off. The journal is the share of its file that its newest records have. Nothing is estimated before a day has passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from station.core.retention_records import EvidenceClass
from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.lane.evidence_files import EvidenceFiles

DAY_MS = 86_400_000
MOST_DAYS = 7
MOST_TOLD = 9_999
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes a day by class, less what will be dropped at its term, measured over `days`; nothing with `days` 0."""

    days: int = 0
    bytes_a_day: tuple[tuple[EvidenceClass, int], ...] = ()

    def days_left(self, bytes_left: int) -> int:
        """Full days until so many bytes are used up, at most 9,999; -1 while unknown."""
        a_day = sum(count for _, count in self.bytes_a_day)
        if not self.days:
            return UNKNOWN
        return min(MOST_TOLD, max(0, bytes_left) // a_day) if a_day > 0 else MOST_TOLD


@dataclass(frozen=True, slots=True)
class _Counted:
    evidence: EvidenceClass
    arrived: int
    due: int


class Census:
    """Counts for ever; `growth` is what the last whole round found."""

    def __init__(self, reader: JournalReader, files: EvidenceFiles, terms: Mapping[EvidenceClass, int]) -> None:
        """`terms`: days by class."""
        self.growth = Growth()
        self._reader = reader
        self._files = files
        self._terms = terms
        self._left: list[tuple[Path, EvidenceClass]] | None = None
        self._counted: list[_Counted] = []

    def look(self, utc_ms: int) -> bool:
        """Count one folder; True when a round is over. Raises Unreadable, OSError."""
        if self._left is None:
            self._left, self._counted = self._files.buckets(), []
        days = self._days(utc_ms)
        if self._left:
            self._count(*self._left.pop(), utc_ms, days * DAY_MS)
            return False
        self._left = None
        self.growth = self._growth(utc_ms, days) if days else Growth()
        return True

    def _days(self, utc_ms: int) -> int:
        """How far back the journal goes, at most a week; 0 for less than a day."""
        first = self._reader.sure_time(0)
        return 0 if first is None else max(0, min(MOST_DAYS, (utc_ms - first) // DAY_MS))

    def _count(self, bucket: Path, evidence: EvidenceClass, utc_ms: int, span_ms: int) -> None:
        kept = self._files.in_bucket(bucket, evidence)
        expiring = utc_ms - self._terms[evidence] * DAY_MS
        arrived = sum(file.size for file in kept if file.written_ms > utc_ms - span_ms)
        due = sum(file.size for file in kept if expiring < file.written_ms <= expiring + span_ms)
        self._counted.append(_Counted(evidence, arrived, due))

    def _growth(self, utc_ms: int, days: int) -> Growth:
        found: dict[EvidenceClass, int] = {"customs_record": self._journal_since(utc_ms - days * DAY_MS)}
        for one in self._counted:
            found[one.evidence] = found.get(one.evidence, 0) + one.arrived - one.due
        return Growth(days, tuple((evidence, max(0, size) // days) for evidence, size in sorted(found.items())))

    def _journal_since(self, utc_ms: int) -> int:
        first = self._reader.anchor().records_from
        _, newest = self._reader.newest()
        size = DataFolder(self._files.root).journal.stat().st_size
        since = newest - self._reader.last_before(utc_ms)
        return size * since // max(1, newest - first + 1)
