"""A lane's rows as an auditor takes them up, wherever they are kept: a journal, a centre's database, an export.

Written for `station audit` alone and apart from the code that makes the rows (docs/audit.md tells the format), so that
a fault in the one shows in the other.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Table = Literal["fact", "record", "epoch", "checkpoint", "ticket", "file"]

FIRST = bytes(32)
"""Stands before the first row of the first epoch."""


class Unreadable(Exception):
    """A row, or the whole source, cannot be read: which, and what was seen."""

    def __init__(self, table: Table, row: int, seen: str) -> None:
        self.table: Table = table
        self.row = row
        self.seen = seen
        super().__init__(f"{table} {row}: {seen}")


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened at the gate. `hash` is the stored one."""

    fseq: int
    kind: str
    tick: int
    body: bytes
    outcome: bytes
    hash: bytes

    def hash_behind(self, previous: bytes) -> bytes:
        """What its hash has to be behind this one."""
        return _link(b"\x00", previous, self.fseq, self.kind, self.tick, self.body, self.outcome)


@dataclass(frozen=True, slots=True)
class Record:
    """A legal event. `hash` is the stored one; `previous` the stored hash before it, where the source has one."""

    epoch: int
    seq: int
    facts_to: int
    facts_hash: bytes
    type: str
    tick: int
    utc_ms: int
    quality: str
    body: bytes
    hash: bytes
    previous: bytes | None = None

    def hash_behind(self, previous: bytes) -> bytes:
        """What its hash has to be behind this one."""
        columns = (self.epoch, self.seq, self.facts_to, self.facts_hash, self.type, self.tick, self.utc_ms)
        return _link(b"\x01", previous, *columns, self.quality, self.body)


@dataclass(frozen=True, slots=True)
class Epoch:
    """Where a run of the chains begins, behind which hashes, and why."""

    number: int
    base_seq: int
    parent: bytes
    base_fseq: int
    facts_parent: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """As stored: a signed statement of the station, and the centre's signed word on it (b"" if there is none)."""

    epoch: int
    seq: int
    signed: bytes
    witness: bytes


@dataclass(frozen=True, slots=True)
class Start:
    """Behind which row to begin, and the hashes there. Epoch 0: at the beginning of what the source holds."""

    epoch: int
    seq: int
    hash: bytes
    fseq: int
    fact_hash: bytes


@dataclass(frozen=True, slots=True)
class Book:
    """One lane. `facts` and `records` walk what follows a number, in order, as often as they are asked.

    A centre's has no facts and knows its epochs from the records alone. `prefix` (epoch, seq) is how far the centre
    says that it has stored the stream. `station` is "" where only the checkpoints say whose journal it is.
    """

    kind: Literal["journal", "centre"]
    station: str
    lane: str
    begin: Start
    epochs: tuple[Epoch, ...]
    checkpoints: tuple[CheckpointRow, ...]
    facts: Callable[[int], Iterator[Fact]]
    records: Callable[[int, int], Iterator[Record]]
    """After this epoch and seq."""
    prefix: tuple[int, int] | None = None
    has_checkpoints: bool = True
    """False: the source has no place for them, so that nothing signed speaks for its rows."""


_KINDS: dict[type, tuple[type, ...]] = {
    Fact: (int, str, int, bytes, bytes, bytes),
    Record: (int, int, int, bytes, str, int, int, str, bytes, bytes, bytes),
    Epoch: (int, int, bytes, int, bytes, str),
    CheckpointRow: (int, int, bytes, bytes),
}
Row = TypeVar("Row", Fact, Record, Epoch, CheckpointRow)


def made(cls: type[Row], table: Table, number: int, values: Sequence[object]) -> Row:
    """The row `number` from its columns, each of exactly its type. Raises Unreadable."""
    if any(type(value) is not kind for value, kind in zip(values, _KINDS[cls], strict=False)):
        raise Unreadable(table, number, "a column is of another type than it has to be")
    return cls(*values)  # type: ignore[arg-type]  # checked above


def _link(mark: bytes, previous: bytes, *columns: int | str | bytes) -> bytes:
    """SHA-256 over a mark, the hash before, and each column behind its length (8 bytes, big-endian).

    Numbers as decimal digits, text as UTF-8.
    """
    digest = hashlib.sha256(mark + previous)
    for column in columns:
        data = column if isinstance(column, bytes) else f"{column}".encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.digest()
