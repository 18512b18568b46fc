"""The centre on PostgreSQL: the same tables, one migration at a time, receivers that may not make tables."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from drivers.contract.quantities import Millis
from station.centre.store import CentreStore
from station.centre.tables import metadata
from station.migration import databases
from station.migration.databases import Server, centre_database
from station.migration.history import history
from station.migration.refusal import MigrationRefused
from station.migration.shape import read_shape
from station.migration.upgrade import look_at, up
from tests.messages.chains import LANE, STATION, chain
from tests.migration.golden import chain_faults


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    found: str = request.getfixturevalue("postgres").url
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    _clear(made)
    yield made
    _clear(made)
    made.dispose()


def _clear(engine: Engine) -> None:
    metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def _behind(url: str, engine: Engine) -> None:
    """As a centre of the first release left it: twenty records, no checkpoints."""
    store = CentreStore(url)
    store.store(STATION, LANE, chain(20), 1)
    store.close()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE checkpoint"))


def test_an_empty_database_gets_the_tables_that_the_code_has(url: str, engine: Engine) -> None:
    database = centre_database(url)
    assert isinstance(database, Server) and look_at(database).state == "empty"
    assert up(database).state == "empty" and look_at(database).state == "current"
    with engine.connect() as connection:
        migrated = read_shape(connection)
    _clear(engine)
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert read_shape(connection) == migrated == history("centre").head.shape
    assert look_at(database).state == "unmarked"


def test_an_old_one_is_expanded_under_its_receivers(url: str, engine: Engine) -> None:
    _behind(url, engine)
    with engine.connect() as receiver:  # at work meanwhile
        before = receiver.execute(text("SELECT * FROM record ORDER BY seq")).fetchall()
        receiver.commit()
        assert up(centre_database(url)).state == "behind"
        assert receiver.execute(text("SELECT * FROM record ORDER BY seq")).fetchall() == before
    assert look_at(centre_database(url)).state == "current" and chain_faults(url) == []


def test_a_second_migration_gives_up_and_changes_nothing(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _behind(url, engine)
    monkeypatch.setattr(databases, "PATIENCE", Millis(50))
    with engine.begin() as other:
        other.execute(text(f"SELECT pg_advisory_xact_lock({databases._ONE_AT_A_TIME})"))
        with pytest.raises(MigrationRefused, match="centre-busy"):
            up(centre_database(url))
    assert look_at(centre_database(url)).state == "behind"


def test_receivers_need_no_right_to_make_tables(url: str, engine: Engine) -> None:
    """The owner migrates; an account that only reads and writes works, and is refused as a migrator."""
    with engine.begin() as connection:
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text("CREATE ROLE receiver LOGIN"))
    receiver = url.replace("://station@", "://receiver@")
    try:
        with pytest.raises(MigrationRefused, match=r"centre-database: .*permission denied"):
            up(centre_database(receiver))
        up(centre_database(url))
        with engine.begin() as connection:
            connection.execute(text("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO receiver"))
        store = CentreStore(receiver)
        assert store.store(STATION, LANE, chain(3), 1).prefix.seq == 3
        store.close()
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY receiver"))
            connection.execute(text("DROP ROLE receiver"))
