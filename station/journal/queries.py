"""Reading the journal's tables on an open connection: rows with the hash before them, epochs, anchor, snapshots."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, or_, select

from station.journal import tables
from station.journal.chain import Anchor, Broken, EpochRow, FactRow, RecordRow, first_broken_fact, first_broken_record

CHUNK = 1000
"""Rows per query when walking: a reader's transaction stays short, so the writer's log can be reset."""

_FACT = [tables.fact.c[name] for name in FactRow._fields if name != "previous"]
_RECORD = [tables.record.c[name] for name in RecordRow._fields if name != "previous"]


class SnapshotRow(NamedTuple):
    """A canonical state as it was right after fact `fseq`."""

    fseq: int
    state: bytes
    sha256: bytes

    @property
    def is_whole(self) -> bool:
        """The bytes are the ones that were stored."""
        return sha256(self.state).digest() == self.sha256


class CheckpointRow(NamedTuple):
    """The head at record `seq`, signed by the station; `witness` is the centre's signed word on it, or empty."""

    seq: int
    epoch: int
    signed: bytes
    witness: bytes


def read_meta(connection: Connection) -> dict[str, str]:
    """All of `meta`."""
    return {row.key: row.value for row in connection.execute(select(tables.meta))}


def read_anchor(connection: Connection) -> Anchor:
    """Where the file's chains begin. Raises ValueError if `meta` does not say."""
    meta = read_meta(connection)
    try:
        return Anchor(
            int(meta["facts_from"]),
            bytes.fromhex(meta["facts_before"]),
            int(meta["records_from"]),
            bytes.fromhex(meta["records_before"]),
        )
    except KeyError as error:
        raise ValueError(f"meta has no {error}") from error


def read_epochs(connection: Connection) -> list[EpochRow]:
    """All epochs, oldest first."""
    return [EpochRow(*row) for row in connection.execute(select(tables.epoch).order_by(tables.epoch.c.number))]


def read_versions(connection: Connection) -> list[tuple[int, int]]:
    """(schema version, first fseq written with it)."""
    prefix = "schema."
    meta = read_meta(connection)
    return [(int(key.removeprefix(prefix)), int(value)) for key, value in meta.items() if key.startswith(prefix)]


def read_facts(connection: Connection, after_fseq: int, limit: int) -> list[FactRow]:
    """Up to `limit` facts behind `after_fseq`, in order."""
    table = tables.fact
    query = select(*_FACT).where(table.c.fseq >= after_fseq).order_by(table.c.fseq).limit(limit + 1)
    anchor = read_anchor(connection)
    parents = {row.base_fseq: row.facts_parent for row in read_epochs(connection)}
    parents.setdefault(anchor.facts_from, anchor.facts_before)
    rows: list[FactRow] = []
    before = b""
    for columns in _values(connection, query):
        row = FactRow(*(*columns, parents.get(columns[0], before)))
        before = row.hash
        if row.fseq > after_fseq:
            rows.append(row)
    return rows[:limit]


def read_records(connection: Connection, after_seq: int, limit: int) -> list[RecordRow]:
    """Up to `limit` records behind `after_seq`, in order."""
    return [row for row, _ in read_records_and_facts(connection, after_seq, limit)]


def read_records_and_facts(connection: Connection, after_seq: int, limit: int) -> list[tuple[RecordRow, bytes | None]]:
    """As `read_records`, each with the hash of its fact as it stands in `fact` now (None if it is not there)."""
    table = tables.record
    joined = table.outerjoin(tables.fact, tables.fact.c.fseq == table.c.facts_to)
    query = (
        select(*_RECORD, tables.fact.c.hash.label("fact_now"))
        .select_from(joined)
        .where(table.c.seq >= after_seq)
        .order_by(table.c.seq)
        .limit(limit + 1)
    )
    anchor = read_anchor(connection)
    parents = {row.base_seq: row.parent for row in read_epochs(connection)}
    parents.setdefault(anchor.records_from, anchor.records_before)
    rows: list[tuple[RecordRow, bytes | None]] = []
    before = b""
    for *columns, fact_now in _values(connection, query):
        row = RecordRow(*(*columns, parents.get(columns[0], before)))
        before = row.hash
        if row.seq > after_seq:
            rows.append((row, fact_now))
    return rows[:limit]


def _values(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """The result's rows as plain sequences, in the order of the columns asked for."""
    yield from connection.execute(query)


def read_newest_of(connection: Connection, type_: str, before_seq: int, holding: bytes) -> RecordRow | None:
    """The newest record of a type before `before_seq` whose body holds these bytes, if there is one."""
    table = tables.record
    query = select(func.max(table.c.seq)).where(
        table.c.type == type_, table.c.seq < before_seq, func.instr(table.c.body, holding) > 0
    )
    seq = connection.scalar(query)
    return None if seq is None else read_records(connection, seq - 1, 1)[0]


def read_of_type(connection: Connection, type_: str, after_seq: int, limit: int) -> list[RecordRow]:
    """Up to `limit` records of a type behind `after_seq`, in order, without the hashes before them."""
    table = tables.record
    query = select(*_RECORD).where(table.c.seq > after_seq, table.c.type == type_).order_by(table.c.seq).limit(limit)
    return [RecordRow(*(*columns, b"")) for columns in _values(connection, query)]


def read_holding(connection: Connection, holding: bytes, first: int, last: int) -> list[RecordRow]:
    """The records from `first` to `last` whose bodies hold these bytes, without the hashes before them."""
    table = tables.record
    wanted = table.c.seq.between(first, last), func.instr(table.c.body, holding) > 0
    query = select(*_RECORD).where(*wanted).order_by(table.c.seq)
    return [RecordRow(*(*columns, b"")) for columns in _values(connection, query)]


def read_types_holding(connection: Connection, types: Sequence[str], holding: Sequence[bytes]) -> list[RecordRow]:
    """The records of these types whose bodies hold any of these bytes, in order, without the hashes before them."""
    table = tables.record
    held = or_(*(func.instr(table.c.body, part) > 0 for part in holding))
    query = select(*_RECORD).where(table.c.type.in_(types), held).order_by(table.c.seq)
    return [RecordRow(*(*columns, b"")) for columns in _values(connection, query)]


def walk_facts(connection: Connection, after_fseq: int) -> Iterator[FactRow]:
    """All facts behind `after_fseq`, a chunk at a time."""
    while rows := read_facts(connection, after_fseq, CHUNK):
        yield from rows
        after_fseq = rows[-1].fseq


def walk_records(connection: Connection, after_seq: int) -> Iterator[tuple[RecordRow, bytes | None]]:
    """All records behind `after_seq` with their facts' hashes, a chunk at a time."""
    while rows := read_records_and_facts(connection, after_seq, CHUNK):
        yield from rows
        after_seq = rows[-1][0].seq


def read_snapshots(connection: Connection) -> list[SnapshotRow]:
    """All snapshots, newest first."""
    table = tables.snapshot
    return [SnapshotRow(*row) for row in connection.execute(select(table).order_by(table.c.fseq.desc()))]


def newest(connection: Connection) -> tuple[int, int]:
    """(newest fseq, newest seq); one less than the first of an empty table."""
    anchor = read_anchor(connection)
    epochs = read_epochs(connection)
    fseq = connection.scalar(select(func.max(tables.fact.c.fseq)))
    seq = connection.scalar(select(func.max(tables.record.c.seq)))
    begun_fseq = max((row.base_fseq for row in epochs), default=anchor.facts_from) - 1
    begun_seq = max((row.base_seq for row in epochs), default=anchor.records_from) - 1
    return max(fseq or 0, begun_fseq), max(seq or 0, begun_seq)


def last_hashes(connection: Connection) -> tuple[bytes, bytes]:
    """The hashes that the next fact and the next record follow."""
    fseq, seq = newest(connection)
    latest: Sequence[EpochRow] = read_epochs(connection)[-1:]
    facts, records = read_facts(connection, fseq - 1, 1), read_records(connection, seq - 1, 1)
    anchor = read_anchor(connection)
    fact_hash = facts[-1].hash if facts else (latest[0].facts_parent if latest else anchor.facts_before)
    record_hash = records[-1].hash if records else (latest[0].parent if latest else anchor.records_before)
    return fact_hash, record_hash


def first_broken(connection: Connection, facts_after: int = -1, records_after: int = -1) -> Broken | None:
    """Walk both chains behind these numbers (default: all) and give the first row that does not hold."""
    anchor, epochs = read_anchor(connection), read_epochs(connection)
    if facts_after < anchor.facts_from:
        facts_after, facts_before = anchor.facts_from - 1, anchor.facts_before
    else:
        facts_before = _hash_at(read_facts(connection, facts_after - 1, 1), facts_after)
    if records_after < anchor.records_from:
        records_after, records_before = anchor.records_from - 1, anchor.records_before
    else:
        records_before = _hash_at(read_records(connection, records_after - 1, 1), records_after)
    return first_broken_fact(
        walk_facts(connection, facts_after), facts_after + 1, facts_before, epochs
    ) or first_broken_record(
        walk_records(connection, records_after), records_after + 1, records_before, epochs, anchor.facts_from
    )


def _hash_at(rows: Sequence[FactRow] | Sequence[RecordRow], number: int) -> bytes:
    """The hash of row `number`; b"" if there is none, which no row can follow."""
    row = rows[0] if rows else None
    if row is None:
        return b""
    return row.hash if (row.fseq if isinstance(row, FactRow) else row.seq) == number else b""
