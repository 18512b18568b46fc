"""Whom `up` makes way for, what it refuses and takes back, and what an older release does with newer tables."""

import os
import subprocess
import sys
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from drivers.contract.quantities import Millis
from station.journal.folder import DataFolder
from station.journal.ledger import Ledger
from station.journal.refusals import StoreFault
from station.journal.store import Journal
from station.migration import databases
from station.migration.databases import SqliteFile, centre_database
from station.migration.history import read_history
from station.migration.refusal import MigrationRefused
from station.migration.upgrade import look_at, up
from tests.journal.made import append_turn
from tests.migration.golden import chain_faults, rows, unpack
from tests.migration.mutants import HONEST, third
from tests.support import wait_until

OLDEST, NEWEST = "2026-11-22-43939dc", "2026-11-29T1731-6bb5775"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return unpack(OLDEST, tmp_path)


@pytest.fixture
def journal(data: Path) -> SqliteFile:
    return SqliteFile("journal", data / "journal.db", DataFolder(data))


def test_a_lane_that_runs_is_left_alone_and_may_be_looked_at(data: Path, journal: SqliteFile) -> None:
    running = Journal.open(data)
    assert look_at(journal).state == "unmarked", "it made the table that was missing"
    for name in ("journal", "courier"):
        with pytest.raises(StoreFault, match="second-writer: process"):
            up(SqliteFile(name, data / f"{name}.db", DataFolder(data)))
    append_turn(running, 10**7)
    running.close()
    assert up(journal).state == "unmarked" and look_at(journal).state == "current"
    assert chain_faults(str(data)) == []


def test_the_ledger_goes_on_under_its_lanes(data: Path) -> None:
    file = SqliteFile("ledger", data / "ledger.db")
    with Ledger(file.path) as ledger:
        assert ledger.spend("1", "one").accepted
        up(file)
        assert not ledger.spend("1", "two").accepted and ledger.spend("2", "two").accepted
    assert look_at(file).state == "current"


def test_who_holds_the_file_is_not_waited_for_long(
    data: Path, journal: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", Millis(50))
    holder = sqlite.connect(str(journal.path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFault, match="locked"):
        up(journal)
    holder.close()
    assert look_at(journal).state == "behind"


def test_a_damaged_file_is_refused_and_left_to_the_lane(journal: SqliteFile) -> None:
    content = bytearray(journal.path.read_bytes())
    content[-3_000:] = bytes(3_000)
    journal.path.write_bytes(content)
    with pytest.raises(StoreFault, match="corrupt"):
        up(journal)
    assert journal.path.read_bytes() == content


def test_a_file_that_is_no_database_is_refused(journal: SqliteFile) -> None:
    journal.path.write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreFault, match="corrupt"):
        look_at(journal)


def test_tables_of_somebody_else_are_refused_by_name(data: Path) -> None:
    foreign = SqliteFile("journal", data / "courier.db", DataFolder(data))
    with pytest.raises(MigrationRefused, match="schema-unknown: table epoch is missing; table fact is missing"):
        up(foreign)


def test_another_account_is_refused(journal: SqliteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's lock file would keep the lane out."""
    ours = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: ours + 1)
    with pytest.raises(MigrationRefused, match="other-account"):
        up(journal)
    assert not journal.path.with_name("journal.lock").exists()


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    for database in (SqliteFile("ledger", tmp_path / "ledger.db"), centre_database(f"sqlite:///{tmp_path}/centre.db")):
        assert up(database).state == "absent"
    (tmp_path / "ledger.db").touch()
    assert up(SqliteFile("ledger", tmp_path / "ledger.db")).state == "absent"
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
    for nonsense in ("centre", "sqlite://"):
        with pytest.raises(MigrationRefused, match="centre-database"):
            centre_database(nonsense)


def test_an_older_release_works_on_the_tables_of_a_newer_one(data: Path, journal: SqliteFile, tmp_path: Path) -> None:
    newer = read_history(third("journal", "\n    ".join(HONEST), tmp_path / "newer"))
    assert up(journal, newer).state == "behind"
    standing = up(journal)
    assert (standing.state, standing.revision) == ("newer", "third"), "this release knows two"
    opened = Journal.open(data)
    assert opened.opening.kind == "continued"
    append_turn(opened, 10**7)
    opened.close()
    assert chain_faults(str(data)) == []
    assert look_at(journal, newer).state == "current", "and the newer one goes on"


def test_newer_tables_that_contradict_are_refused(journal: SqliteFile, tmp_path: Path) -> None:
    up(journal, read_history(third("journal", HONEST[0], tmp_path / "newer")))
    with sqlite.connect(str(journal.path)) as connection:
        connection.execute("ALTER TABLE record RENAME COLUMN quality TO clock")
    connection.close()
    with pytest.raises(MigrationRefused, match=r"schema-contradicts: third: column record\.quality is missing"):
        up(journal)


def test_a_revision_that_would_alter_is_taken_back_whole(journal: SqliteFile, tmp_path: Path) -> None:
    """Even where no linter stood in its way."""
    body = f'{HONEST[0]}; from alembic import op; op.drop_column("record", "quality")'
    harmful = read_history(third("journal", body, tmp_path / "newer"))
    before = rows(journal.path)
    with pytest.raises(MigrationRefused, match=r"migration-failed: column record\.quality is missing"):
        up(journal, harmful)
    assert rows(journal.path) == before and look_at(journal).state == "behind"


def test_a_migration_that_is_killed_leaves_the_file_as_it_was(data: Path, journal: SqliteFile, tmp_path: Path) -> None:
    there = tmp_path / "there"
    stop = f"{HONEST[0]}; from alembic import op; from pathlib import Path; _wait(op, Path({str(there)!r}))"
    waiting = """

def _wait(op, there):
    if op.get_bind().exec_driver_sql("PRAGMA database_list").fetchone()[2]:
        there.touch()
        import signal
        signal.pause()
"""
    folder = third("journal", stop, tmp_path / "newer")
    with (folder / "r0003_third.py").open("a") as file:
        file.write(waiting)
    script = (
        "from pathlib import Path; from station.journal.folder import DataFolder\n"
        "from station.migration.databases import SqliteFile; from station.migration.history import read_history\n"
        "from station.migration.upgrade import up\n"
        f"data = Path({str(data)!r})\n"
        f"up(SqliteFile('journal', data / 'journal.db', DataFolder(data)), read_history(Path({str(folder)!r})))\n"
    )
    before = rows(journal.path)
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        wait_until(there.exists, 30, "the migration is in its midst")
    finally:
        process.kill()
        process.wait(10)
    assert rows(journal.path) == before and look_at(journal).state == "behind"
    assert up(journal).state == "behind" and look_at(journal).state == "current", "and the next one is not locked out"
