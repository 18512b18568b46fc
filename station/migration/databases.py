"""Which databases there are, and how one is opened to be looked at or to be migrated.

A lane's files have one writer, so migrating them takes the lane's lock. The ledger and the centre have many writers by
design: there a migration is one more short transaction among theirs.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from drivers.contract.quantities import Millis
from station.journal.engine import open_engine, translated
from station.journal.folder import DataFolder, WriterLock
from station.journal.refusals import StoreFault
from station.migration.refusal import Cause, MigrationRefused

PATIENCE = Millis(2000)
"""For a lock. Whoever waits for a whole table stands before all who come later: better to give up and come again."""

_LOCK_NOT_AVAILABLE = "55P03"
_ONE_AT_A_TIME = 0x626F72646572
"""The number of our migrations' advisory lock in PostgreSQL ("border")."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """`history` names its revisions, `lane` the folder whose lock keeps every other writer out."""

    history: str
    path: Path
    lane: DataFolder | None = None
    makes_tables = False  # whoever owns the file makes them, with its first rows

    @property
    def where(self) -> str:
        """The file."""
        return str(self.path)

    @property
    def exists(self) -> bool:
        """Whether there is anything to look at."""
        return self.path.exists() and self.path.stat().st_size > 0

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A transaction that changes nothing. Raises StoreFault."""
        with ExitStack() as held:
            held.enter_context(translated(StoreFault, self.path))
            engine = open_engine(self.path, PATIENCE, read_only=True)
            held.callback(engine.dispose)
            yield held.enter_context(engine.connect())

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction, all or nothing, on a file that holds. Raises StoreFault, MigrationRefused."""
        self._refuse_other_account()
        with ExitStack() as held:
            if self.lane is not None:
                held.callback(WriterLock(self.lane).release)
            held.enter_context(translated(StoreFault, self.path))
            self._refuse_damage()
            engine = open_engine(self.path, PATIENCE)
            held.callback(engine.dispose)
            yield held.enter_context(engine.begin())

    def _refuse_damage(self) -> None:
        with self.looking() as connection:
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise StoreFault("corrupt", self.path, str(verdict))

    def _refuse_other_account(self) -> None:
        """What another account makes here (root, above all), lock or log, could keep the lane out at its next start."""
        owner = self.path.stat().st_uid
        if owner != os.geteuid():
            raise MigrationRefused("other-account", self.where, f"owner {owner}, we are {os.geteuid()}")


@dataclass(frozen=True, slots=True)
class Server:
    """The centre's PostgreSQL."""

    url: str
    history = "centre"
    makes_tables = True
    exists = True

    @property
    def where(self) -> str:
        """The address, without its password."""
        return make_url(self.url).render_as_string(hide_password=True)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A transaction that changes nothing. Raises MigrationRefused."""
        with self._begun({"postgresql_readonly": True}) as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction, all or nothing; no other migration runs. Raises MigrationRefused."""
        with self._begun({}) as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
            yield connection

    @contextmanager
    def _begun(self, options: dict[str, bool]) -> Iterator[Connection]:
        engine = create_engine(self.url, poolclass=NullPool, execution_options=options)
        try:
            with engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            is_locked = getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE
            cause: Cause = "centre-busy" if is_locked else "centre-database"
            raise MigrationRefused(cause, self.where, str(error.orig).splitlines()[0]) from error
        finally:
            engine.dispose()


Database = SqliteFile | Server


def lane_databases(data: Path, ledger: Path) -> tuple[Database, ...]:
    """Those of one lane, and the ledger that it shares."""
    folder = DataFolder(data)
    return (
        SqliteFile("journal", folder.journal, folder),
        SqliteFile("personal", folder.personal, folder),
        SqliteFile("courier", folder.courier, folder),
        SqliteFile("ledger", ledger),
    )


def centre_database(url: str) -> Database:
    """The centre's, by its address. Raises MigrationRefused for what is none."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise MigrationRefused("centre-database", "--database", str(error)) from error
    if address.get_backend_name() != "sqlite":
        return Server(url)
    if not address.database:
        raise MigrationRefused("centre-database", url, "no file")
    return SqliteFile("centre", Path(address.database))
