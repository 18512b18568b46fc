"""Opens the centre's database by URL, SQLite or PostgreSQL, with settings that keep a committed receipt true."""

import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

from station.centre.refusal import DatabaseWeak
from station.centre.tables import metadata

_NEEDED = {"synchronous_commit": ("on", "remote_apply"), "fsync": ("on",)}
_SETTINGS = "SELECT " + ", ".join(f"current_setting('{name}')" for name in _NEEDED)
_ASKED = "asked in vain"
_PRAGMAS: dict[str, Any] = {
    "busy_timeout": 5000,
    "journal_mode": "wal",
    "synchronous": 2,
    "trusted_schema": 0,
    "cell_size_check": 1,
}

_MAKING_TABLES = 0x62677331  # the number of a lock of PostgreSQL: any, but the same for all receivers


def open_engine(url: str) -> Engine:
    """An engine with the tables made. Raises SQLAlchemy's own errors if the database cannot be reached.

    Raises DatabaseWeak, now and in each later transaction, if it could lose what it commits.
    """
    engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # receivers that start together would make the same tables
            connection.execute(select(func.pg_advisory_xact_lock(_MAKING_TABLES)))
        metadata.create_all(connection)
    return engine


def _postgresql(url: str) -> Engine:
    """Every transaction has to wait for the disk, and for the standbys that the server names: a receipt says "stored".

    Asked before each one, since a server takes either setting at any time. It is also how a lost connection shows.
    """
    engine = create_engine(url, pool_size=2)

    @event.listens_for(engine, "checkout")
    def prove(connection: Any, record: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection and the pool's
        try:
            connection.autocommit = True  # else a transaction would be open already
            found = connection.execute(_SETTINGS).fetchone()
            connection.autocommit = False
        except engine.dialect.loaded_dbapi.Error as error:
            if record.record_info.pop(_ASKED, False):  # a new one is no better: somebody stands before the server
                raise OperationalError(_SETTINGS, None, error) from error
            record.record_info[_ASKED] = True
            raise DisconnectionError(str(error)) from error  # the pool makes a new one
        record.record_info.pop(_ASKED, None)
        for (name, good), value in zip(_NEEDED.items(), found, strict=True):
            if value not in good:
                raise DatabaseWeak(_plain(url), f"{name} = {value}, needed {' or '.join(good)}")

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
                raise DatabaseWeak(_plain(url), f"{name} = {found}, needed {value}")

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


def _plain(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
