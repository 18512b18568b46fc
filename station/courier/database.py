"""courier.db: the file, its tables and the pragmas that every connection proves. One writer, the courier."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from station.courier.file_ledger import TABLES as FILE_TABLES
from station.courier.in_force import TABLES as NEWER_TABLES
from station.journal.folder import make_folder

if TYPE_CHECKING:
    from sqlite3 import Connection
else:
    Connection = Any

FILE_NAME = "courier.db"

_LEAST_SQLITE = (3, 51, 3)
_PRAGMAS = {
    "synchronous": 2,  # FULL: an acknowledged downlink and a moved cursor survive a power cut
    "busy_timeout": 5000,
    "cell_size_check": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
    "journal_size_limit": 64 * 1024 * 1024,
}
_TABLES = """
BEGIN;
CREATE TABLE IF NOT EXISTS cursor (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fork (
  epoch INTEGER NOT NULL, seq INTEGER NOT NULL, ours BLOB NOT NULL, theirs BLOB NOT NULL, utc_ms INTEGER NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS inbox (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, sha256 TEXT NOT NULL, utc_ms INTEGER NOT NULL, size INTEGER NOT NULL,
  payload BLOB, path TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS eligible (declaration TEXT PRIMARY KEY, entry BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS list_in_force (
  one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, issued_ms INTEGER NOT NULL,
  entries INTEGER NOT NULL, sha256 TEXT NOT NULL, told INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS suspension (
  declaration TEXT PRIMARY KEY, lifted INTEGER NOT NULL, number INTEGER NOT NULL, sha256 TEXT NOT NULL,
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suspension_seen (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS suspension_prefix (
  one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL
) STRICT;
PRAGMA user_version = 1;
COMMIT;
"""


class CourierFileUnusable(Exception):
    """courier.db cannot be used: names the file, the cause and what to do."""


def open_for_writing(folder: Path) -> Connection:
    """The courier's own connection, tables made. Transactions are explicit. Raises CourierFileUnusable."""
    from pysqlite3 import dbapi2

    if dbapi2.sqlite_version_info < _LEAST_SQLITE:
        raise CourierFileUnusable(
            f"SQLite {dbapi2.sqlite_version} has the WAL-reset bug; install pysqlite3 with 3.51.3 or newer"
        )
    path = folder / FILE_NAME
    try:
        make_folder(folder)
        connection: Connection = dbapi2.connect(str(path), isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except (dbapi2.Error, OSError) as error:
        raise CourierFileUnusable(
            f"{path}: {error}; check disk and rights. The file may be moved away: the centre sends lists again"
        ) from error
    return connection


def file_number(folder: Path) -> int:
    """What tells the file from another one of the same name; 0 while there is none. Raises CourierFileUnusable."""
    path = folder / FILE_NAME
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise CourierFileUnusable(f"{path}: {error}; check disk and rights") from error


def open_for_reading(folder: Path) -> Connection | None:
    """A read-only connection, or None while the courier has not made the file yet. Raises CourierFileUnusable."""
    from pysqlite3 import dbapi2

    path = folder / FILE_NAME
    if not path.exists():
        return None
    try:
        connection: Connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA busy_timeout = 200")
            is_made = connection.execute("PRAGMA user_version").fetchone()[0] != 0  # else the courier is just at it
        except dbapi2.Error:
            connection.close()
            raise
    except dbapi2.Error as error:
        raise CourierFileUnusable(f"{path}: {error}; check disk and rights") from error
    if not is_made:
        connection.close()
        return None
    return connection


def _prepare(connection: Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise CourierFileUnusable(f"{path}: journal mode {mode} instead of wal; is it on a network folder?")
    for name, wanted in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {wanted}")
        got = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if got != wanted:
            raise CourierFileUnusable(f"{path}: PRAGMA {name} is {got} instead of {wanted}")
    connection.executescript(_TABLES)
    connection.executescript(NEWER_TABLES)
    connection.executescript(FILE_TABLES)


@contextmanager
def naming_faults(folder: Path) -> Iterator[None]:
    """What SQLite says while the file is used (a full disk, above all) becomes CourierFileUnusable."""
    from pysqlite3 import dbapi2

    try:
        yield
    except dbapi2.Error as error:
        raise CourierFileUnusable(f"{folder / FILE_NAME}: {error}; check disk and rights") from error


def delivered(folder: Path) -> tuple[int, int, bytes] | None:
    """Epoch, seq and hash of the newest record that the centre has receipted, if any. Raises CourierFileUnusable."""
    from pysqlite3 import dbapi2

    connection = open_for_reading(folder)
    if connection is None:
        return None
    try:
        found: tuple[int, int, bytes] | None = connection.execute("SELECT epoch, seq, hash FROM cursor").fetchone()
    except dbapi2.Error as error:
        raise CourierFileUnusable(f"{folder / FILE_NAME}: {error}; check disk and rights") from error
    finally:
        connection.close()
    return found
