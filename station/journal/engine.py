"""How every connection to a database of ours is opened: one SQLite, one set of pragmas, asserted, not hoped for."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from drivers.contract.quantities import Millis
from station.journal.refusals import Cause, StoreFault, cause_of

OLDEST_SQLITE = (3, 51, 3)
"""Older ones may corrupt a database when the write-ahead log is reset (sqlite.org/wal.html, "the WAL-reset bug")."""

_SET: Mapping[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit that returned survives a power cut
    "foreign_keys": 1,
    "cell_size_check": 1,
    "trusted_schema": 0,
    "mmap_size": 0,  # an I/O error is an error code, not a SIGBUS
    "journal_size_limit": 64 * 1024 * 1024,
    "wal_autocheckpoint": 1000,
    "secure_delete": 0,
}
_OS_CAUSES: Mapping[int, Cause] = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EFBIG: "disk-full",
    errno.EIO: "io-error",
}
_READER_ONLY: Mapping[str, int | str] = {"query_only": 1}


def open_engine(
    path: Path, patience: Millis, *, read_only: bool = False, extra: Mapping[str, int | str] | None = None
) -> Engine:
    """An engine on `path`; writers begin with BEGIN IMMEDIATE. `patience` is how long a lock is waited for.

    Every connection has the pragmas above (and `extra`), read back. Raises StoreFault when connecting.
    """
    wanted = {**_SET, "busy_timeout": int(patience), **(_READER_ONLY if read_only else {}), **(extra or {})}
    uri = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> Any:  # noqa: ANN401 - a DBAPI connection
        return sqlite.connect(uri, uri=True, isolation_level=None, timeout=patience / 1000, cached_statements=64)

    engine = create_engine("sqlite://", module=sqlite, creator=connect, poolclass=NullPool)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection
        try:
            _assert_version(path)
            _assert_pragmas(connection, wanted, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def translated(kind: type[StoreFault], path: Path) -> Iterator[None]:
    """Turn whatever SQLite, SQLAlchemy or the system says into a `kind` that names `path`."""
    try:
        yield
    except (DBAPIError, sqlite.Error) as error:
        raise kind(*_named(error, path)) from error
    except OSError as error:
        raise kind(_OS_CAUSES.get(error.errno or 0, "not-writable"), path, str(error)) from error
    except StoreFault as fault:
        if isinstance(fault, kind):
            raise
        raise kind(fault.cause, fault.thing, fault.seen) from fault


def _named(error: Exception, path: Path) -> tuple[Cause, Path, str]:
    cause, seen = cause_of(error.orig if isinstance(error, DBAPIError) else error)
    return cause, path, seen


def _assert_version(path: Path) -> None:
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise StoreFault("sqlite-too-old", path, f"SQLite {sqlite.sqlite_version}, needed {oldest} or newer")


def _assert_pragmas(
    connection: Any,  # noqa: ANN401 - a DBAPI connection
    wanted: Mapping[str, int | str],
    path: Path,
    *,
    read_only: bool,
) -> None:
    for name, value in wanted.items():
        if not (read_only and name == "journal_mode"):  # a property of the file, which a reader only checks
            connection.execute(f"PRAGMA {name}={value}").close()
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise StoreFault("unsafe-settings", path, f"PRAGMA {name} is {found!r}, needed {value!r}")
