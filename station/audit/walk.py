"""The walk over a lane's chains: every row behind the one before it, every checkpoint at its row. Read-only, pure.

Findings come in the order of the tables (facts, records, checkpoints), the first broken row first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from station.audit.book import Book, CheckpointRow, Record, Start, Table, Unreadable
from station.audit.epochs import CentreEpochs, JournalEpochs
from station.audit.statements import BadStatement, Head, Keys, read_head

Cause = Literal[
    "gap",  # a row is missing
    "previous",  # does not follow the row before it
    "hash",  # its content is not what was hashed
    "epoch",  # stands in an epoch that does not begin so
    "facts-hash",  # the fact that caused a record is another one, or gone
    "truncated",  # a checkpoint proves rows behind the last one
    "lost",  # a checkpoint proves a row in a gap that an epoch declares
    "checkpoint",  # contradicts the row it stands at, or its own columns
    "signature",  # a checkpoint that the given station keys have not signed
    "witness",  # a witness that the given centre keys have not signed, or of something else
    "foreign",  # a checkpoint of another lane
    "unreadable",
]


_NOT_HASHED = "its content, or the row before it, is not what was hashed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The row that is not what it has to be."""

    table: Table
    row: int
    cause: str
    detail: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.cause}: {self.detail}"


@dataclass(slots=True)
class Walked:
    """What the walk has seen, for the report. Gaps (from, to) are those that an epoch declares: told, not hidden.

    `older` checkpoints are of rows before the first one here; (epoch, seq) (0, 0) means none.
    """

    facts: int = 0
    records: int = 0
    first_seq: int = 0
    last: tuple[int, int] = (0, 0)
    last_fseq: int = 0
    checkpoints: int = 0
    witnessed: int = 0
    last_witnessed: tuple[int, int] = (0, 0)
    older: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)


class Auditor:
    """One audit of one book. `findings` may be taken one by one; `walked` is whole when they are exhausted.

    `against` are checkpoint rows from elsewhere (the centre's, an export's): what they prove has to be here.
    """

    def __init__(
        self,
        book: Book,
        station_keys: Keys,
        centre_keys: Keys,
        against: Sequence[CheckpointRow] = (),
        start: Start | None = None,
    ) -> None:
        self.walked = Walked()
        self._book = book
        self._station_keys = station_keys
        self._centre_keys = centre_keys
        self._against = against
        self._start = start if start is not None else book.begin
        self._is_journal = book.kind == "journal"
        self._hashes: dict[tuple[int, int], bytes] = {}
        self._fact_hashes: dict[int, bytes] = {}
        self._counted: dict[tuple[int, int], int] = {}

    def findings(self) -> Iterator[Finding]:
        """Every broken row, in order."""
        heads: list[Head] = []
        bad = list(self._read_heads(self._book.checkpoints, heads))
        self.walked.checkpoints = len(heads)
        self.walked.witnessed = sum(head.is_witnessed for head in heads)
        bad += self._read_heads(self._against, heads)
        try:
            if self._is_journal:
                causes = {row.facts_to for row in self._records()} | {head.fseq for head in heads}
                yield from self._walk_facts(causes)
            yield from self._walk_records({(head.epoch, head.seq) for head in heads})
        except Unreadable as fault:
            yield Finding(fault.table, fault.row, "unreadable", fault.seen)
            return
        yield from bad
        yield from self._compare(heads)
        yield from self._compare_prefix()

    @property
    def behind_witness(self) -> int:
        """How many records stand behind the last witnessed checkpoint: of those only the station vouches."""
        return self.walked.records - self._counted.get(self.walked.last_witnessed, 0)

    def _records(self) -> Iterator[Record]:
        return self._book.records(self._start.epoch, self._start.seq)

    # ------------------------------------------------------------------ rows
    def _walk_facts(self, wanted: set[int]) -> Iterator[Finding]:
        expected, previous = self._start.fseq + 1, self._start.fact_hash
        bases = {epoch.base_fseq: epoch for epoch in self._book.epochs}
        for row in self._book.facts(self._start.fseq):
            begun = bases.get(row.fseq)
            is_behind = row.fseq == expected or begun is not None
            if not is_behind:
                yield Finding("fact", expected, "gap", f"the next row is {row.fseq}")
            elif begun is not None and begun.facts_parent != previous:
                yield Finding("fact", row.fseq, "epoch", f"epoch {begun.number} names another fact before it")
            elif row.hash != row.hash_behind(previous):
                yield Finding("fact", row.fseq, "hash", _NOT_HASHED)
            expected, previous = row.fseq + 1, row.hash
            self.walked.facts += 1
            self.walked.last_fseq = row.fseq
            if row.fseq in wanted:
                self._fact_hashes[row.fseq] = row.hash

    def _walk_records(self, wanted: set[tuple[int, int]]) -> Iterator[Finding]:
        walked, expected, previous = self.walked, self._start.seq + 1, self._start.hash
        epochs = (JournalEpochs if self._is_journal else CentreEpochs)(self._book, self._start)
        for row in self._records():
            begun = epochs.begun_by(row)
            if begun is None and row.seq != expected:
                yield Finding("record", expected, "gap", f"the next row is {row.seq}")
            elif begun is not None and not epochs.follows(begun, previous):
                yield Finding("record", row.seq, "epoch", f"epoch {begun.number} names another record before it")
            elif not epochs.holds(row):
                yield Finding("record", row.seq, "epoch", f"stands in epoch {row.epoch}")
            else:
                yield from self._judge(row, begun.parent if begun is not None else previous)
            if begun is not None and row.seq > expected:
                walked.gaps.append((expected, row.seq - 1))
            epochs.passed(row)
            expected, previous = row.seq + 1, row.hash
            walked.records += 1
            walked.first_seq = walked.first_seq or row.seq
            walked.last = (row.epoch, row.seq)
            if walked.last in wanted:
                self._hashes[walked.last], self._counted[walked.last] = row.hash, walked.records

    def _judge(self, row: Record, previous: bytes) -> Iterator[Finding]:
        if row.previous not in (None, previous):
            yield Finding("record", row.seq, "previous", "does not follow the row before it")
        elif row.hash != row.hash_behind(previous):
            yield Finding("record", row.seq, "hash", _NOT_HASHED)
        elif self._is_journal and self._has_other_fact(row):
            yield Finding("record", row.seq, "facts-hash", f"fact {row.facts_to} has another hash or is gone")

    def _has_other_fact(self, row: Record) -> bool:
        """A record may outlive its fact: one before the first in the source, or lost to what began a later epoch."""
        now = self._fact_hashes.get(row.facts_to)
        if now is not None:
            return now != row.facts_hash
        is_lost = any(epoch.number > row.epoch and row.facts_to < epoch.base_fseq for epoch in self._book.epochs)
        return row.facts_to > self._start.fseq and not is_lost

    # ------------------------------------------------------------------ checkpoints
    def _read_heads(self, rows: Iterable[CheckpointRow], heads: list[Head]) -> Iterator[Finding]:
        for row in rows:
            try:
                heads.append(read_head(row, self._station_keys, self._centre_keys))
            except BadStatement as bad:
                yield Finding("checkpoint", row.seq, bad.cause, str(bad))

    def _compare(self, heads: Sequence[Head]) -> Iterator[Finding]:
        walked, start = self.walked, self._start
        owner = (self._book.station, self._book.lane)
        for head in heads:
            owner = owner if owner[0] else (head.station, head.lane)
            if (head.station, head.lane) != owner:
                yield Finding("checkpoint", head.seq, "foreign", f"of {head.station}/{head.lane}")
            elif head.seq <= start.seq and (self._is_journal or head.epoch <= start.epoch):
                walked.older += 1
                if head.seq == start.seq and head.hash != start.hash:
                    yield Finding("checkpoint", head.seq, "checkpoint", "the first row follows another record")
            else:
                found = list(self._stands(head))
                yield from found
                if head.is_witnessed and not found:
                    walked.last_witnessed = max(walked.last_witnessed, (head.epoch, head.seq))

    def _stands(self, head: Head) -> Iterator[Finding]:
        by = "the centre's word" if head.is_witnessed else "the station's signature"
        stored = self._hashes.get((head.epoch, head.seq))
        if stored is None:
            cause = "truncated" if (head.epoch, head.seq) > self.walked.last else "lost"
            yield Finding("record", head.seq, cause, f"{by} proves it (epoch {head.epoch}), and it is not there")
        elif stored != head.hash:
            yield Finding("checkpoint", head.seq, "checkpoint", f"{by} is on another record {head.seq}")
        elif self._is_journal and head.fseq > self._start.fseq:
            fact = self._fact_hashes.get(head.fseq)
            if fact is None:
                cause = "truncated" if head.fseq > self.walked.last_fseq else "lost"
                yield Finding("fact", head.fseq, cause, f"{by} proves it, and it is not there")
            elif fact != head.fact_hash:
                yield Finding("checkpoint", head.seq, "checkpoint", f"{by} is on another fact {head.fseq}")

    def _compare_prefix(self) -> Iterator[Finding]:
        """What the centre says it has receipted must be there."""
        if self._book.prefix is not None and self._book.prefix > max(self.walked.last, self._start_at):
            epoch, seq = self._book.prefix
            yield Finding("record", seq, "truncated", f"the centre has receipted it (epoch {epoch}), it is not there")

    @property
    def _start_at(self) -> tuple[int, int]:
        return (self._start.epoch, self._start.seq)
