"""What each crossing of a journal cost in rows, from the arrival's fact to the closing record's."""

from dataclasses import dataclass
from pathlib import Path

from station.core.records import CrossingCompleted, CrossingOpened
from station.journal.reader import JournalReader

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One crossing: how it ended, and how many facts and records it took."""

    end: str
    facts: int
    records: int


def visits(journal: Path) -> list[Visit]:
    """Every completed crossing, in order."""
    opened: dict[str, tuple[int, int]] = {}
    found: list[Visit] = []
    with JournalReader(journal) as reader:
        for row in reader.records(0, _MOST):
            record = reader.as_record(row)
            if isinstance(record, CrossingOpened):
                opened[record.crossing] = (row.facts_to, row.seq)
            elif isinstance(record, CrossingCompleted) and record.crossing in opened:
                fact, seq = opened[record.crossing]
                found.append(Visit(record.end, row.facts_to - fact + 1, row.seq - seq + 1))
    return found
