"""Opens the centre's database by URL, SQLite or PostgreSQL, with settings that keep a committed receipt true."""

import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url

from station.centre.tables import metadata

_WAITS = ("on", "remote_apply")
_PRAGMAS: dict[str, Any] = {
    "busy_timeout": 5000,
    "journal_mode": "wal",
    "synchronous": 2,
    "trusted_schema": 0,
    "cell_size_check": 1,
}

_MAKING_TABLES = 0x62677331  # the number of a lock of PostgreSQL: any, but the same for all receivers


def open_engine(url: str) -> Engine:
    """An engine with the tables made. Raises SQLAlchemy's own errors if the database cannot be reached."""
    engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # receivers that start together would make the same tables
            connection.execute(select(func.pg_advisory_xact_lock(_MAKING_TABLES)))
        metadata.create_all(connection)
    return engine


def _postgresql(url: str) -> Engine:
    """Every session has to wait for the disk, and for the standbys that the server names: a receipt says "stored"."""
    engine = create_engine(url, pool_size=2)

    @event.listens_for(engine, "connect")
    def prove(connection: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection
        found = connection.execute("SHOW synchronous_commit").fetchone()[0]
        connection.rollback()
        if found not in _WAITS:
            raise RuntimeError(f"synchronous_commit is {found!r}, needed {' or '.join(_WAITS)}: docs/scale-out.md")

    return engine


def _sqlite(url: str) -> Engine:
    from pysqlite3 import dbapi2

    engine = create_engine(url, module=dbapi2)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.isolation_level = None
        _switch_to_wal(connection)
        for name, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}").close()
            found = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if found != value:
                raise RuntimeError(f"PRAGMA {name} is {found!r}, needed {value!r}; use a local disk")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _switch_to_wal(connection: Any) -> None:  # noqa: ANN401 - a DBAPI connection
    """The one moment at which SQLite itself does not wait for others that open a new file with us."""
    deadline = time.monotonic() + _PRAGMAS["busy_timeout"] / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=wal").close()
        except connection.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
