"""Every revision only expands, and together they make the tables that the code has. One that does more is refused."""

from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.pool import StaticPool

from station.centre import tables as centre
from station.courier.database import open_for_writing
from station.journal import tables
from station.migration.history import history, read_history
from station.migration.shape import added, read_shape
from tests.migration.golden import HISTORIES
from tests.migration.linting import faults, said
from tests.migration.mutants import HONEST, MUTANTS, third

METADATA = {
    "journal": tables.journal,
    "personal": tables.personal_data,
    "ledger": tables.ledger_data,
    "centre": centre.metadata,
}


@pytest.mark.parametrize("name", HISTORIES)
def test_every_revision_only_expands(name: str) -> None:
    known = history(name)
    assert faults(known.folder, only_tables=known.only_tables) == []
    assert [revision.id for revision in known.revisions] == [
        f"{name}_{number:04}" for number in range(1, len(known.revisions) + 1)
    ]


@pytest.mark.parametrize(("name", "body", "seen"), MUTANTS, ids=[seen for _, _, seen in MUTANTS])
def test_one_that_does_more_is_refused(tmp_path: Path, name: str, body: str, seen: str) -> None:
    found = faults(third(name, body, tmp_path / "revisions"), only_tables=history(name).only_tables)
    assert any(seen in fault for fault in found), found
    assert said(tmp_path / "revisions") == [] or not body.startswith("new_"), (
        "words of expansion are no fault by themselves"
    )


def test_one_that_expands_is_not_refused(tmp_path: Path) -> None:
    folder = third("journal", "\n    ".join(HONEST), tmp_path / "revisions")
    assert faults(folder) == []
    old, new = history("journal").head.shape, read_history(folder).head.shape
    assert added(old, new) == [
        ("table", "beside"),
        ("column", "record.lane"),
        ("column", "record.copies"),
        ("index", "record_type"),
    ]


@pytest.mark.parametrize("name", METADATA)
def test_the_newest_tables_are_those_that_the_code_has(name: str) -> None:
    migrated, made = _made(history(name).run), _made(METADATA[name].create_all)
    missing = "" if migrated == made else _missing(name, METADATA[name])
    assert migrated == made, f"write the next revision of {name}, in the words of expand.py: {missing}"


def test_the_couriers_newest_tables_are_those_that_its_code_has(tmp_path: Path) -> None:
    open_for_writing(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path}/courier.db", module=sqlite)
    with engine.connect() as connection:
        made = _flags(connection), read_shape(connection)
    engine.dispose()
    assert _made(history("courier").run) == made, "write the next revision of courier"


def test_only_tables_that_are_missing_are_made_at_opening() -> None:
    """So a journal of the first revision is no damaged one."""
    first = set(history("journal").revisions[0].shape)
    assert set(tables.journal.tables) - first == {table.name for table in tables.ADDED}


def _made(make: Callable[[Connection], None]) -> tuple[object, object]:
    engine = create_engine("sqlite://", module=sqlite, poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            make(connection)
            return _flags(connection), read_shape(connection)
    finally:
        engine.dispose()


def _flags(connection: Connection) -> dict[str, tuple[int, int]]:
    """WITHOUT ROWID and STRICT, which the shape does not tell."""
    rows = connection.exec_driver_sql("PRAGMA table_list").fetchall()
    return {row[1]: (row[4], row[5]) for row in rows if not row[1].startswith(("sqlite_", "alembic_"))}


def _missing(name: str, metadata: MetaData) -> str:
    """What Alembic itself would write."""
    engine = create_engine("sqlite://", module=sqlite, poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            history(name).run(connection)
            found = produce_migrations(MigrationContext.configure(connection), metadata)
        return render_python_code(found.upgrade_ops) if found.upgrade_ops else ""
    finally:
        engine.dispose()
