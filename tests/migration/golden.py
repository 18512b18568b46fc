"""The golden databases of past releases: unpacked, migrated, compared, and lived in once more."""

import hashlib
import json
import tarfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from station.audit.sources import open_books
from station.audit.walk import Auditor
from station.migration.databases import Database, centre_database, lane_databases
from station.migration.history import history

FOLDER = Path(__file__).parents[1] / "data" / "golden"
GOLDEN = sorted(path.name.removesuffix(".tar.xz") for path in FOLDER.glob("*.tar.xz"))
HISTORIES = ("journal", "personal", "courier", "ledger", "centre")

Rows = dict[str, list[tuple[Any, ...]]]


def unpack(name: str, folder: Path) -> Path:
    """The files of a golden release in a data folder of their own."""
    target = folder / name
    with tarfile.open(FOLDER / f"{name}.tar.xz") as archive:
        archive.extractall(target, filter="data")
    return target


def databases(data: Path) -> list[Database]:
    return [*lane_databases(data, data / "ledger.db"), centre_database(f"sqlite:///{data / 'centre.db'}")]


def rows(file: Path) -> Rows:
    """Every row of every table but Alembic's, as SQLite stores it."""
    with closing(sqlite.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return _rows(connection)


def _rows(connection: Any) -> Rows:  # noqa: ANN401 - a DBAPI connection
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = [name for name in sorted(names) if name != "alembic_version"]
    return {name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in kept}


def digest(found: Rows) -> str:
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def chain_faults(source: str) -> list[str]:
    """What the independent verifier finds."""
    with open_books(source) as books:
        return [str(finding) for book in books for finding in Auditor(book, {}, {}).findings()]


def live_again(data: Path, name: str, change: Callable[[Any], None] = lambda _: None) -> Rows:
    """On empty tables of *this* release: what the old release did in its life, statement by statement; the rows after.

    `change` alters the tables first. Raises SQLite's error for the first statement that fails.
    """
    statements = json.loads((data / "statements.json").read_text())[f"{name}.db"]
    with closing(sqlite.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(_tables(name))
        change(connection)
        for sql in statements:
            if not sql.lstrip().startswith("CREATE"):  # the tables are there
                connection.execute(sql).fetchall()
        return _rows(connection)


@cache
def _tables(name: str) -> str:
    """The tables of the newest revision, as SQLite keeps them."""
    engine = create_engine("sqlite://", module=sqlite, poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            history(name).run(connection)
            made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars().all()
    finally:
        engine.dispose()
    return ";".join(made)
