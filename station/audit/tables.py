"""Books from databases, with plain SQL and read-only: a lane's journal.db (SQLite), a centre (SQLite or PostgreSQL).

The whole audit sees one moment: one transaction, whatever is written meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from station.audit.book import FIRST, Book, CheckpointRow, Epoch, Fact, Record, Row, Start, Table, Unreadable, made

_FACT = ", ".join(field.name for field in fields(Fact))
_RECORD = ", ".join(field.name for field in fields(Record) if field.name != "previous")
_EPOCH = ", ".join(field.name for field in fields(Epoch))
_CHECKPOINT = "epoch, seq, signed, witness"

_IN_SQLITE = "FROM sqlite_master WHERE type = 'table' AND name = 'checkpoint'"
_IN_POSTGRESQL = "FROM pg_class WHERE oid = to_regclass('checkpoint')"
"""Whether there is a table of checkpoints: releases before them made none, and migrating an old file makes it."""

_MOST = 2**62

Ask = Callable[..., Iterator[tuple[Any, ...]]]
"""SQL with ? marks, and its values; the rows one after another."""


@contextmanager
def journal_book(file: Path) -> Iterator[Book]:
    """The journal in this file. Raises Unreadable if it is none."""
    with _sqlite(file) as ask:
        meta = dict(_rows(ask, "file", "key, value", "FROM meta"))
        try:
            facts_before, records_before = bytes.fromhex(meta["facts_before"]), bytes.fromhex(meta["records_before"])
            begin = Start(0, int(meta["records_from"]) - 1, records_before, int(meta["facts_from"]) - 1, facts_before)
        except (KeyError, ValueError) as error:
            raise Unreadable("file", 0, f"meta does not say where the chains begin: {error}") from error
        epochs = [_of(Epoch, "epoch", row) for row in _rows(ask, "epoch", _EPOCH, "FROM epoch ORDER BY number")]
        has_signed = any(_rows(ask, "file", "1", _IN_SQLITE))
        rows = _rows(ask, "checkpoint", _CHECKPOINT, "FROM checkpoint ORDER BY seq") if has_signed else ()

        def facts(after: int) -> Iterator[Fact]:
            found = _rows(ask, "fact", _FACT, "FROM fact WHERE fseq > ? ORDER BY fseq", after)
            return (_of(Fact, "fact", row) for row in found)

        def records(_: int, after: int) -> Iterator[Record]:
            found = _rows(ask, "record", _RECORD, "FROM record WHERE seq > ? ORDER BY seq", after)
            return (_of(Record, "record", row) for row in found)

        checkpoints = tuple(_of(CheckpointRow, "checkpoint", row) for row in rows)
        yield Book("journal", "", "", begin, tuple(epochs), checkpoints, facts, records, has_checkpoints=has_signed)


@contextmanager
def centre_books(url: str) -> Iterator[list[Book]]:
    """Every lane of a centre's database, `sqlite:///FILE` or `postgresql://...`. Raises Unreadable."""
    is_file = url.startswith("sqlite:")
    with _sqlite(Path(url.removeprefix("sqlite:///"))) if is_file else _postgresql(url) as ask:
        lanes = list(_rows(ask, "file", "DISTINCT station, lane", "FROM record"))
        known = list(_rows(ask, "file", "station, lane", "FROM prefix"))
        has_checkpoints = any(_rows(ask, "file", "1", _IN_SQLITE if is_file else _IN_POSTGRESQL))
        yield [_centre_book(ask, *lane, has_checkpoints=has_checkpoints) for lane in sorted({*lanes, *known})]


def _centre_book(ask: Ask, station: str, lane: str, *, has_checkpoints: bool) -> Book:
    this = "WHERE station = ? AND lane = ?"
    bases = f"FROM record {this} AND seq = epoch_base ORDER BY epoch"
    begun = _rows(ask, "record", "epoch, seq, previous", bases, station, lane)
    epochs = tuple(made(Epoch, "record", row[1], (*row, 0, FIRST, "")) for row in begun)
    signed = f"FROM checkpoint {this} ORDER BY epoch, seq"
    rows = _rows(ask, "checkpoint", _CHECKPOINT, signed, station, lane) if has_checkpoints else ()
    prefixes = list(_rows(ask, "file", "epoch, seq", f"FROM prefix {this}", station, lane))

    def records(epoch: int, after: int) -> Iterator[Record]:
        """What waits behind a hole is no part of the chain yet."""
        behind = "AND (epoch > ? OR (epoch = ? AND seq > ?))"
        up_to = "AND (epoch < ? OR (epoch = ? AND seq <= ?))"
        end = prefixes[0] if prefixes else (_MOST, _MOST)
        rest = f"FROM record {this} {behind} {up_to} ORDER BY epoch, seq"
        values = (station, lane, epoch, epoch, after, end[0], end[0], end[1])
        return (_of(Record, "record", row) for row in _rows(ask, "record", f"{_RECORD}, previous", rest, *values))

    checkpoints = tuple(_of(CheckpointRow, "checkpoint", row) for row in rows)
    begin = Start(0, 0, FIRST, 0, FIRST)
    prefix = prefixes[0] if prefixes else None
    return Book(
        "centre", station, lane, begin, epochs, checkpoints, lambda _: iter(()), records, prefix, has_checkpoints
    )


def _of(cls: type[Row], table: Table, row: tuple[Any, ...]) -> Row:
    """Facts are numbered by their first column, all others by their second."""
    number = row[0] if table in ("fact", "epoch") else row[1]
    return made(cls, table, number if type(number) is int else 0, row)


def _rows(ask: Ask, table: Table, columns: str, rest: str, *values: object) -> Iterator[tuple[Any, ...]]:
    """The rows; bytes as bytes. Raises Unreadable naming the last row that could be read."""
    last = 0
    try:
        for row in ask(f"SELECT {columns} {rest}", *values):
            plain = tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            yield plain
            last = next((value for value in plain if type(value) is int), last)
    except Exception as error:
        if not _is_of_a_driver(error):
            raise
        raise Unreadable(table, last, f"behind this row: {str(error).splitlines()[0][:200]}") from error


def _is_of_a_driver(error: Exception) -> bool:
    return type(error).__module__.startswith(("pysqlite3", "psycopg", "sqlite3"))


@contextmanager
def _sqlite(file: Path) -> Iterator[Ask]:
    from pysqlite3 import dbapi2

    if not file.is_file():
        raise Unreadable("file", 0, f"there is no file {file}")
    connection = dbapi2.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = 1")
        connection.execute("BEGIN")
        yield lambda sql, *values: iter(connection.execute(sql, values))
    except dbapi2.Error as error:
        raise Unreadable("file", 0, f"{file}: {error}") from error
    finally:
        connection.close()


@contextmanager
def _postgresql(url: str) -> Iterator[Ask]:
    import psycopg

    try:
        connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1))
    except psycopg.Error as error:
        raise Unreadable("file", 0, str(error).splitlines()[0]) from error
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        number = iter(range(1_000_000_000))

        def ask(sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
            with connection.cursor(f"audit_{next(number)}") as cursor:  # by portions: a lane may have millions
                cursor.execute(sql.replace("?", "%s"), values)
                yield from cursor

        yield ask
