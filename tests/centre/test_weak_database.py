"""A database that could lose what it has committed: refused at the start, waited for while running."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from station.__main__ import run
from station.centre.engine import open_engine
from station.centre.refusal import DatabaseWeak
from station.centre.store import CentreStore, Stored
from station.messages.envelope import encode_batch, encode_event
from station.words.language import Language
from tests.centre.databases import fresh_url
from tests.centre.test_receiver import TOPICS, Centre
from tests.commands.premises import station
from tests.courier.bench import Keys
from tests.messages.chains import LANE, STATION, chain
from tests.services import Mosquitto, Postgres
from tests.support import wait_until


def _set(server: Postgres, setting: str, value: str) -> None:
    """As its administrator would. Returns when every session has it before its next statement: the server tells its
    sessions of a new file before it takes another connection.
    """
    address = server.url.replace("+psycopg", "")

    def is_taken() -> bool:
        with psycopg.connect(address) as another:
            return another.execute(f"SHOW {setting}".encode()).fetchone() == (value,)

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET {setting} = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
    wait_until(is_taken, 20, f"the server has {setting} = {value}")


def _is_receipted(centre: Centre, seq: int) -> bool:
    return bool(centre.receipts) and centre.receipts[-1].seq == seq


def test_a_server_that_grows_weaker_is_told_and_not_receipted(
    own_postgres: Postgres,
    mosquitto: Mosquitto,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.WARNING, "station.centre")
    centre, events = Centre(tmp_path, mosquitto.port, own_postgres.url), chain(6)
    store, tried = centre.receiver.store.store, list[int]()

    def counted(*arguments: Any) -> Stored:  # noqa: ANN401 - as they come
        tried.append(len(tried))
        return store(*arguments)

    monkeypatch.setattr(centre.receiver.store, "store", counted)
    try:
        for due, setting, weak in ((3, "synchronous_commit", "local"), (6, "fsync", "off")):
            batch = encode_batch(map(encode_event, events[:due]))
            _set(own_postgres, setting, weak)
            if setting == "fsync":  # weaker after a restart, too
                own_postgres.stop()
                own_postgres.start()
            caplog.clear()
            tried.clear()
            centre.send(TOPICS.records, batch)
            centre.until(lambda: tried, "the receiver would store them")
            centre.turn()
            assert f"{setting} = {weak}, needed on" in caplog.text
            assert max((receipt.seq for receipt in centre.receipts), default=0) == due - 3
            assert not centre.receiver._has_database
            _set(own_postgres, setting, "on")
            centre.until(lambda: centre.receiver._has_database, "it is seen that the database is strong again")
            centre.send(TOPICS.records, batch)
            centre.until(partial(_is_receipted, centre, due), "a receipt")
        assert centre.codes() == []
    finally:
        centre.close()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("the database could lose what it has committed", "next: PostgreSQL: set synchronous_commit and fsync")),
        ("vi", ("cơ sở dữ liệu có thể mất những gì đã ghi xong", "PostgreSQL: đặt synchronous_commit và fsync")),
    ],
)
def test_a_centre_is_refused_at_its_start(
    postgres: Postgres,
    tmp_path: Path,
    language: Language,
    said: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("station.words.language.language", lambda: language)
    url = f"{postgres.url.replace('station@', 'station:secret@')}?options=-csynchronous_commit%3Doff"
    assert run(["centre", "--database", url, "alarms"]) == 78
    told = capsys.readouterr().err
    assert all(words in told for words in said), told
    key = Keys(tmp_path / "keys").centre_key
    receiver = station("centre", "--database", url, "--key", str(key), "--station", "VN-HN")
    assert receiver.returncode == 78
    for text in (told, receiver.stderr):
        assert "synchronous_commit = off, needed on or remote_apply" in text
        assert str(postgres.port) in text and "secret" not in text and "Traceback" not in text


def test_a_pooler_that_stands_before_a_server_that_is_away_is_waited_for(
    own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes every new connection and fails every question."""
    made = open_engine(own_postgres.url)
    try:
        real = psycopg.Connection.execute

        def away(connection: Any, *arguments: Any, **named: Any) -> NoReturn:  # noqa: ANN401 - as they come
            raise psycopg.OperationalError("the server is away")

        monkeypatch.setattr(psycopg.Connection, "execute", away)
        for _ in range(2):
            with pytest.raises(OperationalError, match="the server is away"):
                made.connect()
        monkeypatch.setattr(psycopg.Connection, "execute", real)
        made.connect().close()
    finally:
        made.dispose()


def test_a_database_in_memory_is_weak() -> None:
    with pytest.raises(DatabaseWeak, match="journal_mode = memory, needed wal"):
        open_engine("sqlite:///:memory:")


def test_a_connection_that_dies_while_rows_go_in_is_a_database_that_is_away(postgres: Postgres, tmp_path: Path) -> None:
    """They go past SQLAlchemy there; a receiver waits for what SQLAlchemy calls lost."""
    events, address = chain(4), postgres.url.replace("+psycopg", "")
    blocked = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'record'::regclass"
    with closing(CentreStore(fresh_url(postgres.url, tmp_path))) as store, ThreadPoolExecutor(1) as pool:
        put = partial(store.store, STATION, LANE)
        put(events[:2], 1)
        with psycopg.connect(address, autocommit=True) as other, other.transaction():
            other.execute("LOCK TABLE record IN EXCLUSIVE MODE")
            going_in = pool.submit(put, events[2:], 2)
            wait_until(lambda: other.execute(blocked).fetchone(), 20, "the rows wait for the table")
            other.execute(f"SELECT pg_terminate_backend(pid) FROM ({blocked}) AS one")
            with pytest.raises(OperationalError):
                going_in.result(20)
        assert put(events[2:], 3).prefix.seq == 4
