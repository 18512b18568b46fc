"""How far the evidence files have come, in courier.db: up to which record all are settled, and those settled beyond.

Settled is delivered or passed over. What is forgotten far behind is asked for again at most once: the centre has it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite3 import Connection
else:
    Connection = Any

TABLES = """
CREATE TABLE IF NOT EXISTS file_place (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS file_settled (
  sha256 TEXT PRIMARY KEY, seq INTEGER NOT NULL, reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

REMEMBERED = 1_000
"""Records behind the place whose files are remembered: a crossing names the same picture in several of its forty."""

_PRUNE_EVERY = 100


class FileLedger:
    """On the store's connection. Every method that changes something returns after the commit is on disk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self) -> tuple[int, int]:
        """(epoch, seq) of the record up to which every named file is settled; zeros before the first."""
        row = self._connection.execute("SELECT epoch, seq FROM file_place").fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def is_settled(self, sha256: str) -> bool:
        """Whether this file need not be sent (again)."""
        wanted = "SELECT EXISTS (SELECT 1 FROM file_settled WHERE sha256 = ?)"
        return bool(self._connection.execute(wanted, (sha256,)).fetchone()[0])

    def settle(self, sha256: str, seq: int, reason: str) -> None:
        """The file that record `seq` names is delivered (reason ""), or passed over for this reason."""
        self._connection.execute("INSERT OR REPLACE INTO file_settled VALUES (?, ?, ?)", (sha256, seq, reason))

    def move(self, epoch: int, seq: int) -> None:
        """All files that records up to this one name are settled."""
        before = self.place()[1]
        self._connection.execute("INSERT OR REPLACE INTO file_place VALUES (1, ?, ?)", (epoch, seq))
        if seq // _PRUNE_EVERY != before // _PRUNE_EVERY:
            self._connection.execute("DELETE FROM file_settled WHERE seq < ?", (seq - REMEMBERED,))
