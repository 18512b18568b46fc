"""The two hash chains of the journal. Pure: rows in, hashes or the first broken row out.

Each row's hash covers the exact stored bytes of its columns and the hash of the row before it. A record also
carries the hash of the fact that caused it, so neither chain can be rewritten without the other.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

GENESIS = bytes(32)
"""What stands before the first row of the first epoch."""

_FACT_MARK = b"\x00"
_RECORD_MARK = b"\x01"


class FactRow(NamedTuple):
    """A row of `fact`, with `previous`: the hash before it in its chain (not a column)."""

    fseq: int
    kind: str
    tick: int
    body: bytes
    outcome: bytes
    hash: bytes
    previous: bytes


class RecordRow(NamedTuple):
    """A row of `record`, with `previous`: the hash before it in its chain (not a column)."""

    seq: int
    epoch: int
    facts_to: int
    facts_hash: bytes
    type: str
    tick: int
    utc_ms: int
    quality: str
    body: bytes
    hash: bytes
    previous: bytes


class EpochRow(NamedTuple):
    """Where a run of both chains begins: its first numbers, the hashes before them, and why it was begun."""

    number: int
    base_seq: int
    parent: bytes
    base_fseq: int
    facts_parent: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the file itself holds: the first fseq and seq in it and the hashes before those."""

    facts_from: int
    facts_before: bytes
    records_from: int
    records_before: bytes


Wrong = Literal["gap", "previous", "hash", "epoch", "facts-hash", "outcome", "unreadable"]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not what the chain says: which table, which row, what is wrong with it."""

    table: Literal["fact", "record"]
    row: int
    wrong: Wrong
    detail: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.wrong}: {self.detail}"


def fact_hash(previous: bytes, fseq: int, kind: str, tick: int, body: bytes, outcome: bytes) -> bytes:
    """SHA-256 (32 bytes) of a fact row behind `previous`."""
    return _digest(_FACT_MARK, previous, (fseq, kind, tick, body, outcome))


def record_hash(
    previous: bytes,
    epoch: int,
    seq: int,
    facts_to: int,
    facts_hash: bytes,
    type_: str,
    tick: int,
    utc_ms: int,
    quality: str,
    body: bytes,
) -> bytes:
    """SHA-256 (32 bytes) of a record row behind `previous`."""
    return _digest(_RECORD_MARK, previous, (epoch, seq, facts_to, facts_hash, type_, tick, utc_ms, quality, body))


def hash_of(row: FactRow | RecordRow) -> bytes:
    """What the row's hash should be, from its columns and the hash before it."""
    if isinstance(row, FactRow):
        return fact_hash(row.previous, row.fseq, row.kind, row.tick, row.body, row.outcome)
    return record_hash(
        row.previous,
        row.epoch,
        row.seq,
        row.facts_to,
        row.facts_hash,
        row.type,
        row.tick,
        row.utc_ms,
        row.quality,
        row.body,
    )


def first_broken_fact(
    rows: Iterable[FactRow], expected: int, previous: bytes, epochs: Sequence[EpochRow] = ()
) -> Broken | None:
    """Walk facts that should begin at `expected`, behind `previous`. None if all is whole.

    An epoch may begin at a later number than the next one: then its row says behind which hash.
    """
    bases = {epoch.base_fseq: epoch for epoch in epochs}
    for row in rows:
        if row.fseq != expected and not (row.fseq > expected and row.fseq in bases):
            return Broken("fact", expected, "gap", f"the next row is {row.fseq}")
        if row.fseq in bases and bases[row.fseq].facts_parent != previous:
            return Broken("fact", row.fseq, "epoch", f"epoch {bases[row.fseq].number} names another parent")
        wrong = _wrong(row, previous)
        if wrong:
            return Broken("fact", row.fseq, *wrong)
        expected, previous = row.fseq + 1, row.hash
    return None


def first_broken_record(
    rows: Iterable[tuple[RecordRow, bytes | None]],
    expected: int,
    previous: bytes,
    epochs: Sequence[EpochRow],
    facts_from: int,
) -> Broken | None:
    """Walk records, each with the hash its fact has now (None if there is no such fact). None if all is whole.

    A record may outlive its fact: one before `facts_from`, or one lost to the damage that began a later epoch
    (the fact chain itself says which those are). Then only its own chain is checked.
    """
    bases = {epoch.base_seq: epoch for epoch in epochs}
    for row, fact_now in rows:
        begun = bases.get(row.seq)
        if row.seq != expected and not (row.seq > expected and begun is not None):
            return Broken("record", expected, "gap", f"the next row is {row.seq}")
        if begun is not None and begun.parent != previous:
            return Broken("record", row.seq, "epoch", f"epoch {begun.number} names another parent")
        if row.epoch != _epoch_at(row.seq, epochs):
            return Broken("record", row.seq, "epoch", f"stands in epoch {row.epoch}")
        wrong = _wrong(row, previous)
        if wrong:
            return Broken("record", row.seq, *wrong)
        outlived = fact_now is None and (row.facts_to < facts_from or _lost_before(row, epochs))
        if row.facts_hash != fact_now and not outlived:
            return Broken("record", row.seq, "facts-hash", f"fact {row.facts_to} has another hash or is gone")
        expected, previous = row.seq + 1, row.hash
    return None


def _epoch_at(seq: int, epochs: Sequence[EpochRow]) -> int:
    return max((epoch.number for epoch in epochs if epoch.base_seq <= seq), default=0)


def _lost_before(row: RecordRow, epochs: Sequence[EpochRow]) -> bool:
    return any(epoch.number > row.epoch and row.facts_to < epoch.base_fseq for epoch in epochs)


def _wrong(row: FactRow | RecordRow, previous: bytes) -> tuple[Wrong, str] | None:
    if row.previous != previous:
        return "previous", "does not follow the row before it"
    if row.hash != hash_of(row):
        return "hash", "its content is not what was hashed"
    return None


def _digest(mark: bytes, previous: bytes, columns: Iterable[int | str | bytes]) -> bytes:
    parts = [mark, previous]
    for column in columns:
        data = column if type(column) is bytes else str(column).encode()
        parts.append(len(data).to_bytes(8, "big"))
        parts.append(data)
    return hashlib.sha256(b"".join(parts)).digest()
