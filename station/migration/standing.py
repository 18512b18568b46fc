"""Where a database stands: which revision its tables are, whatever it says of itself, and what is still to come."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect, select

from station.migration.history import History, Revision
from station.migration.refusal import MigrationRefused
from station.migration.shape import VERSION_TABLE, Shape, breaks

State = Literal["absent", "empty", "behind", "unmarked", "current", "newer"]

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))


@dataclass(frozen=True, slots=True)
class Standing:
    """`revision` is the newest whose tables are all there ("" for none), `pending` what follows it.

    absent: no file. empty: no tables yet. unmarked: the newest tables, without Alembic's mark that says so.
    newer: a later release was here, and this one can work with what it left.
    """

    state: State
    revision: str = ""
    pending: tuple[Revision, ...] = ()


def look(connection: Connection, history: History, shape: Shape, thing: str) -> Standing:
    """Where a database with these tables is. Raises MigrationRefused: they are none of ours, or contradict ours."""
    marked = _marked(connection)
    known = [revision.id for revision in history.revisions]
    if marked and marked not in known:
        return _newer(marked, shape, history, thing)
    if not shape:
        return Standing("empty", pending=history.revisions)
    fitting = [revision for revision in history.revisions if not _faults(history, revision, shape)]
    if not fitting:
        seen = "; ".join(_faults(history, history.revisions[0], shape)[:3])
        raise MigrationRefused("schema-unknown", thing, seen)
    found = fitting[-1]
    if pending := history.after(found.id):
        return Standing("behind", found.id, pending)
    return Standing("current" if marked == found.id else "unmarked", found.id)


def _newer(marked: str, shape: Shape, history: History, thing: str) -> Standing:
    if faults := _faults(history, history.head, shape):
        raise MigrationRefused("schema-contradicts", thing, f"{marked[:40]}: {'; '.join(faults[:3])}")
    return Standing("newer", marked)


def _faults(history: History, revision: Revision, shape: Shape) -> list[str]:
    return breaks(revision.shape, shape, only_tables=history.only_tables)


def _marked(connection: Connection) -> str:
    """What Alembic's table says; "" if there is none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.scalar(select(_version.c.version_num)) or ""
