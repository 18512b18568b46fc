"""What the lane reads in courier.db: the local copy of the eligible list and the suspensions. Never writes."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.contract.plain import NotPlain, decode
from station.core.facts import EligibleEntry
from station.courier.database import CourierFileUnusable, file_number, open_for_reading

if TYPE_CHECKING:
    from sqlite3 import Connection
else:
    Connection = Any


class ListUnavailable(Exception):
    """The local copy cannot be read now; names the file and the cause."""


class LookUpResult(NamedTuple):
    """`entry` is None if the list in force has no such declaration; number and time are 0 without any list."""

    entry: EligibleEntry | None
    suspended: bool
    list_number: int
    list_issued_ms: int


NO_LIST = LookUpResult(None, False, 0, 0)


class EligibleTable:
    """Read-only look-ups. `folder` holds courier.db, which need not exist yet: then nothing is eligible."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection: Connection | None = None
        self._file = 0

    def look_up(self, declaration: str) -> LookUpResult:
        """One consistent answer. Raises ListUnavailable; the next call opens the file again.

        A file that was moved away and made anew is noticed: the old one would answer for ever, without suspensions.
        """
        from pysqlite3 import dbapi2

        try:
            found = file_number(self._folder)
            if self._connection is None or found != self._file:
                self.close()
                self._connection, self._file = open_for_reading(self._folder), found
            return NO_LIST if self._connection is None else _look_up(self._connection, declaration)
        except (CourierFileUnusable, dbapi2.Error, NotPlain) as error:
            self.close()
            raise ListUnavailable(f"{self._folder}: {error}") from error

    def is_watched(self, marks: Iterable[str]) -> bool:
        """Whether one of these marks stands in the watchlist. Raises ListUnavailable."""
        from pysqlite3 import dbapi2

        try:
            self.look_up("")  # opens the file
            query = "SELECT 1 FROM watch WHERE mark = ?"
            one = self._connection
            return one is not None and any(one.execute(query, (mark,)).fetchone() for mark in marks)
        except dbapi2.Error as error:
            self.close()
            raise ListUnavailable(f"{self._folder}: {error}") from error

    def whole(self) -> tuple[int, int, tuple[EligibleEntry, ...], tuple[str, ...]]:
        """Number and issue time of the list in force, its entries, and the suspended declarations, both in order.

        Raises ListUnavailable.
        """
        from pysqlite3 import dbapi2

        try:
            self.look_up("")  # opens the file
            return (0, 0, (), ()) if self._connection is None else _whole(self._connection)
        except (dbapi2.Error, NotPlain) as error:
            self.close()
            raise ListUnavailable(f"{self._folder}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _look_up(connection: Connection, declaration: str) -> LookUpResult:
    row = connection.execute(
        "SELECT (SELECT entry FROM eligible WHERE declaration = ?1),"
        " EXISTS (SELECT 1 FROM suspension WHERE declaration = ?1 AND NOT lifted),"
        " (SELECT number FROM list_in_force), (SELECT issued_ms FROM list_in_force)",
        (declaration,),
    ).fetchone()
    entry = None if row[0] is None else decode(EligibleEntry, row[0])
    return LookUpResult(entry, bool(row[1]), row[2] or 0, row[3] or 0)


def _whole(connection: Connection) -> tuple[int, int, tuple[EligibleEntry, ...], tuple[str, ...]]:
    """One consistent view: what is read here belongs together."""
    connection.execute("BEGIN")
    try:
        row = connection.execute("SELECT number, issued_ms FROM list_in_force").fetchone() or (0, 0)
        entries = connection.execute("SELECT entry FROM eligible ORDER BY declaration").fetchall()
        stopped = connection.execute("SELECT declaration FROM suspension WHERE NOT lifted ORDER BY 1").fetchall()
    finally:
        connection.execute("ROLLBACK")
    return row[0], row[1], tuple(decode(EligibleEntry, entry) for (entry,) in entries), tuple(n for (n,) in stopped)
