"""What is wrong with a journal file, and what of a damaged one can still be believed.

A row is believed if its hash and its place in the chain hold. Nothing is written to the damaged file.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError

from drivers.contract.quantities import Millis
from station.journal import queries, tables
from station.journal.chain import GENESIS, EpochRow, FactRow, RecordRow, first_broken_fact, first_broken_record
from station.journal.engine import open_engine
from station.journal.folder import Mark
from station.journal.queries import CheckpointRow, SnapshotRow
from station.journal.refusals import StoreFault, cause_of

TAIL_ROWS = 1000
"""So many of the newest rows of each chain are checked at every opening."""

CARRIED_RECORDS = 60_000
"""So many of the newest records go into the next file: 1,500 crossings of 40 records, three days without a link."""

_QUICK_CHECK_BYTES = 256 * 1024 * 1024
_PATIENCE = Millis(1000)
_DAMAGE = (DBAPIError, sqlite.Error, ValueError, TypeError)
_Row = TypeVar("_Row")
_T = TypeVar("_T")


def fault_of(connection: Connection, path: Path, mark: Mark | None) -> str:
    """What is wrong with the newest part of the journal; an empty text if it holds. Only damage is told, not raised."""
    try:
        return _fault_of(connection, path, mark)
    except _DAMAGE as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        cause, seen = cause_of(origin)
        if cause not in ("corrupt", "database-error"):
            raise
        return seen


def _fault_of(connection: Connection, path: Path, mark: Mark | None) -> str:
    wanted = set(tables.journal.tables) - {table.name for table in tables.ADDED}
    missing = wanted - set(inspect(connection).get_table_names())
    if missing:
        return f"table {', '.join(sorted(missing))} is missing"
    if path.stat().st_size <= _QUICK_CHECK_BYTES:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            return str(verdict)
    fseq, seq = queries.newest(connection)
    if mark is not None and (mark.seq > seq or mark.fseq > fseq or mark.epoch > _newest_epoch(connection)):
        return f"ends at fact {fseq}, record {seq}; it had come to fact {mark.fseq}, record {mark.seq}"
    broken = queries.first_broken(connection, fseq - TAIL_ROWS, seq - TAIL_ROWS)
    if broken is not None:
        return str(broken)
    torn = [row.fseq for row in queries.read_snapshots(connection) if not row.is_whole]
    if torn:
        return f"the snapshot at fact {torn[0]} is damaged"
    last = queries.read_facts(connection, fseq - 1, 1)
    return f"fact {fseq} does not end a turn" if last and not last[0].outcome else ""


@dataclass(slots=True)
class Salvaged:
    """The part of a damaged journal that goes into the next one. `faults` says what could not be read."""

    epochs: list[EpochRow] = field(default_factory=list)
    versions: list[tuple[int, int]] = field(default_factory=list)
    records: list[RecordRow] = field(default_factory=list)
    snapshot: SnapshotRow | None = None
    fact_before: bytes = GENESIS
    facts: list[FactRow] = field(default_factory=list)
    checkpoints: list[CheckpointRow] = field(default_factory=list)
    newest_seq: int = 0
    newest_fseq: int = 0
    faults: list[str] = field(default_factory=list)


def salvage(path: Path) -> Salvaged:
    """Read what can be believed: the newest run of records, a whole snapshot and the facts behind it. Never raises."""
    found = Salvaged()
    engine = open_engine(path, _PATIENCE, read_only=True)
    try:
        with engine.connect() as connection:
            _collect(connection, found)
    except (*_DAMAGE, StoreFault) as error:
        found.faults.append(str(error).splitlines()[0])
    finally:
        engine.dispose()
    return found


def _collect(connection: Connection, found: Salvaged) -> None:
    def attempt(read: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return read()
        except _DAMAGE as error:
            found.faults.append(str(error).splitlines()[0])
            return otherwise

    found.newest_seq = attempt(lambda: connection.scalar(select(func.max(tables.record.c.seq))) or 0, 0)
    found.newest_fseq = attempt(lambda: connection.scalar(select(func.max(tables.fact.c.fseq))) or 0, 0)
    found.epochs = attempt(lambda: queries.read_epochs(connection), [])
    found.versions = attempt(lambda: queries.read_versions(connection), [])
    found.records = attempt(lambda: _good_records(connection, found.newest_seq), [])
    found.checkpoints = attempt(lambda: _checkpoints(connection), [])
    snapshots: list[SnapshotRow] = attempt(lambda: queries.read_snapshots(connection), [])
    for snapshot in snapshots:
        anchored = attempt(partial(_good_hash, connection, snapshot), None) if snapshot.is_whole else None
        if anchored is not None:
            found.snapshot, found.fact_before = snapshot, anchored
            found.facts = attempt(partial(_good_facts, connection, snapshot.fseq, anchored), [])
            break


def _checkpoints(connection: Connection) -> list[CheckpointRow]:
    """All that can be read, also those of records that are lost: they say so, signed."""
    if not inspect(connection).has_table(tables.checkpoint.name):
        return []
    return [CheckpointRow(*row) for row in connection.execute(select(tables.checkpoint))]


def _good_records(connection: Connection, newest: int) -> list[RecordRow]:
    """The newest records up to the first one that does not hold, CARRIED_RECORDS at most."""
    anchor, epochs = queries.read_anchor(connection), queries.read_epochs(connection)
    after = max(newest - CARRIED_RECORDS, anchor.records_from - 1)
    rows = list(_readable(queries.walk_records(connection, after)))
    if not rows:
        return []
    first = rows[0][0]
    broken = first_broken_record(rows, first.seq, first.previous, epochs, anchor.facts_from)
    return [row for row, _ in rows if broken is None or row.seq < broken.row]


def _good_facts(connection: Connection, after: int, previous: bytes) -> list[FactRow]:
    """The facts behind `after`, whose hash is `previous`, up to the first one that does not hold, whole turns only."""
    rows = list(_readable(queries.walk_facts(connection, after)))
    broken = first_broken_fact(rows, after + 1, previous, queries.read_epochs(connection))
    good = [row for row in rows if broken is None or row.fseq < broken.row]
    while good and not good[-1].outcome:
        good.pop()
    return good


def _good_hash(connection: Connection, snapshot: SnapshotRow) -> bytes | None:
    """The hash that the facts behind a snapshot follow; None if the fact it stands on does not hold.

    A snapshot carried over from an older file stands before the first fact of this one.
    """
    anchor = queries.read_anchor(connection)
    if snapshot.fseq == anchor.facts_from - 1:
        return anchor.facts_before
    rows = queries.read_facts(connection, snapshot.fseq - 1, 1)
    if not rows or first_broken_fact(rows, snapshot.fseq, rows[0].previous) is not None:
        return None
    return rows[0].hash


def _readable(rows: Iterable[_Row]) -> Iterator[_Row]:
    """The rows up to the page that cannot be read; the chain then says where the good part ends."""
    walk = iter(rows)
    while True:
        try:
            row = next(walk)
        except (StopIteration, *_DAMAGE):
            return
        yield row


def _newest_epoch(connection: Connection) -> int:
    return connection.scalar(select(func.max(tables.epoch.c.number))) or 0
