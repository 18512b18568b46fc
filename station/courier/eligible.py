"""What the lane reads in courier.db: the local copy of the eligible list and the suspensions. Never writes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.contract.plain import decode
from station.core.facts import EligibleEntry
from station.courier.database import open_for_reading

if TYPE_CHECKING:
    from sqlite3 import Connection
else:
    Connection = Any


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

    def look_up(self, declaration: str) -> LookUpResult:
        """One consistent answer. Raises CourierFileUnusable or sqlite's own error if the file cannot be read."""
        if self._connection is None:
            self._connection = open_for_reading(self._folder)
        if self._connection is None:
            return NO_LIST
        row = self._connection.execute(
            "SELECT (SELECT entry FROM eligible WHERE declaration = ?1),"
            " EXISTS (SELECT 1 FROM suspension WHERE declaration = ?1 AND NOT lifted),"
            " (SELECT number FROM list_in_force), (SELECT issued_ms FROM list_in_force)",
            (declaration,),
        ).fetchone()
        entry = None if row[0] is None else decode(EligibleEntry, row[0])
        return LookUpResult(entry, bool(row[1]), row[2] or 0, row[3] or 0)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
