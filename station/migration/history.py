"""The revisions of one database, oldest first, and the shape that each leaves it in.

They are Alembic's, in a folder per database under revisions/, in one line without branches.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from station.migration.shape import Shape, read_shape

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of a release, and the tables after it."""

    id: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class History:
    """`only_tables`: older releases write some table without naming columns, so revisions may only add tables."""

    folder: Path
    revisions: tuple[Revision, ...]
    only_tables: bool = False

    @property
    def head(self) -> Revision:
        """The newest one that this release knows."""
        return self.revisions[-1]

    def after(self, id_: str) -> tuple[Revision, ...]:
        """The revisions that follow this one."""
        return self.revisions[[revision.id for revision in self.revisions].index(id_) + 1 :]

    def mark(self, connection: Connection, id_: str) -> None:
        """Say that the database is at this revision; its tables are not touched. In the caller's transaction."""
        command.stamp(_config(self.folder, connection), id_, purge=True)

    def run(self, connection: Connection) -> None:
        """Every revision behind the one that is marked. In the caller's transaction."""
        command.upgrade(_config(self.folder, connection), "head")


@lru_cache
def history(name: str) -> History:
    """That of `journal`, `personal`, `ledger`, `courier` or `centre`."""
    return read_history(_HERE / "revisions" / name, only_tables=name == "courier")


def read_history(folder: Path, *, only_tables: bool = False) -> History:
    """Run the revisions in `folder` on an empty database in memory to learn the shapes."""
    found: list[Revision] = []
    engine = create_engine("sqlite://", module=sqlite, poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            config = _config(folder, connection)

            def after_each(*, step: MigrationInfo, **_: object) -> None:
                found.append(Revision(str(step.up_revision_id), read_shape(connection)))

            config.attributes["after_each"] = after_each
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return History(folder, tuple(found), only_tables)


def _config(folder: Path, connection: Connection) -> Config:
    config = Config()
    for name, value in {"script_location": _HERE, "version_locations": folder, "path_separator": "newline"}.items():
        config.set_main_option(name, str(value).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
