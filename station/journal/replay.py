"""Take every recorded turn again and compare: the same records, the same outcome, or the first difference by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.contract.plain import decode, encode
from station.core.records import TYPES, Stamped
from station.core.state import LaneState
from station.journal.chain import FactRow, RecordRow
from station.journal.outcome import outcome_digest
from station.journal.queries import CHUNK
from station.journal.reader import JournalReader
from station.journal.recovery import StepFunction, Turn, tell, turns


@dataclass(frozen=True, slots=True)
class Difference:
    """The first turn that came out otherwise: its facts, what differs, what was recorded and what would be now."""

    first_fseq: int
    last_fseq: int
    what: Literal["records", "outcome", "snapshot"]
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far the replay came and the state it came to. `difference` is None if all was the same."""

    turns: int
    facts: int
    records: int
    state: LaneState
    difference: Difference | None


def beginning(reader: JournalReader) -> tuple[LaneState, int]:
    """The state before the first fact the file holds, and the number of the fact before that one.

    Raises Unreadable; NotPlain if the state was written by a core this one cannot read.
    """
    before = reader.anchor().facts_from - 1
    for snapshot in reader.snapshots():
        if snapshot.fseq == before:
            return decode(LaneState, snapshot.state), before
    return LaneState(), before


def replay(reader: JournalReader, step: StepFunction, initial: LaneState, after_fseq: int) -> Replayed:
    """Take all turns behind fact `after_fseq` again with `step`, from `initial`, up to the first difference."""
    state, count, facts, records = initial, 0, 0, 0
    snapshots = {row.fseq: row.state for row in reader.snapshots()}
    rows = _Records(_records(reader, after_fseq))
    for turn in turns(_facts(reader, after_fseq), reader.epochs(), reader.versions()):
        if turn.resume_seq is not None:
            rows.up_to(turn.first_fseq - 1)  # their facts were lost to the damage that began this epoch
        outcome = tell(state, turn, step)
        recorded = rows.up_to(turn.last_fseq)
        difference = _records_difference(turn, recorded, outcome.records)
        if difference is None and outcome_digest(outcome) != turn.outcome:
            difference = _difference(turn, "outcome", turn.outcome.hex(), outcome_digest(outcome).hex())
        stored = snapshots.get(turn.last_fseq)
        if difference is None and stored is not None and encode(outcome.state) != stored:
            difference = _difference(turn, "snapshot", stored.decode(), encode(outcome.state).decode())
        if difference is not None:
            return Replayed(count, facts, records, state, difference)
        state = outcome.state
        count, facts, records = count + 1, facts + len(turn.facts), records + len(recorded)
    return Replayed(count, facts, records, state, None)


class _Records:
    """The recorded rows in order, taken turn by turn."""

    def __init__(self, rows: Iterable[RecordRow]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def up_to(self, fseq: int) -> list[RecordRow]:
        """The rows caused by facts up to `fseq` that were not taken yet."""
        taken: list[RecordRow] = []
        while self._next is not None and self._next.facts_to <= fseq:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken


def _records_difference(turn: Turn, recorded: list[RecordRow], now: Iterable[Stamped]) -> Difference | None:
    was = [_line(row.seq, row.facts_to, row.tick, row.utc_ms, row.quality, row.type, row.body) for row in recorded]
    would = [
        _line(s.seq, turn.first_fseq + s.cause, s.tick, s.utc_ms, s.quality, TYPES[type(s.record)], encode(s.record))
        for s in now
    ]
    for index in range(max(len(was), len(would))):
        old = was[index] if index < len(was) else "nothing"
        new = would[index] if index < len(would) else "nothing"
        if old != new:
            return _difference(turn, "records", old, new)
    return None


def _line(seq: int, fseq: int, tick: int, utc_ms: int, quality: str, name: str, body: bytes) -> str:
    return f"{seq} {name} of fact {fseq} at {tick} ({utc_ms} ms UTC, {quality}): {body.decode()}"


def _difference(turn: Turn, what: Literal["records", "outcome", "snapshot"], recorded: str, now: str) -> Difference:
    return Difference(turn.first_fseq, turn.last_fseq, what, recorded, now)


def _facts(reader: JournalReader, after: int) -> Iterator[FactRow]:
    while rows := reader.facts(after, CHUNK):
        yield from rows
        after = rows[-1].fseq


def _records(reader: JournalReader, after_fseq: int) -> Iterator[RecordRow]:
    """The records caused by facts behind `after_fseq`."""
    after = reader.anchor().records_from - 1
    while rows := reader.records(after, CHUNK):
        yield from (row for row in rows if row.facts_to > after_fseq)
        after = rows[-1].seq
