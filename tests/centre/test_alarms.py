"""Whatever a station sends, the table of alarms stays small, every kind of alarm stays, and nothing goes uncounted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.centre import alarms, queries
from station.centre.queries import Alarm
from station.centre.store import CentreStore
from station.messages.checkpoints import Checkpoint
from station.messages.days import DayStatement
from station.messages.envelope import encode_batch, encode_event
from station.messages.topics import LaneTopics
from station.trust.signed import sign
from tests.centre.databases import BOTH, fresh_url, opened
from tests.centre.test_receiver import TOPICS, Centre
from tests.messages.chains import LANE, STATION, chain
from tests.services import Mosquitto, running_mosquitto

NOW = 1_700_000_000_000
MOST = 8
MANY = 3 * MOST


@pytest.fixture(autouse=True)
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller table takes less time to be filled."""
    for name in ("MOST_OF_A_CODE", "MOST_LANES", "MOST_STRANGERS"):
        assert getattr(alarms, name) > MOST
        monkeypatch.setattr(alarms, name, MOST)


@pytest.fixture(params=BOTH, scope="module")
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    return request.getfixturevalue("postgres").url if request.param == "postgresql" else ""


@pytest.fixture
def store(server_url: str, tmp_path: Path) -> Iterator[CentreStore]:
    yield from opened(fresh_url(server_url, tmp_path))


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all: nothing here is retained."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def centre(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Centre]:
    made = Centre(tmp_path, mosquitto.port, with_key=True)
    yield made
    made.close()


def of_code(store: CentreStore, code: str) -> list[Alarm]:
    return [alarm for alarm in queries.alarms(store) if alarm.code == code]


def test_the_newest_of_a_code_are_kept_and_the_others_counted(store: CentreStore) -> None:
    store.alarm(STATION, LANE, "records-lost", "an honest one", NOW, epoch=2, seq=7)
    for seq in range(1, MANY + 1):
        store.alarm(STATION, LANE, "fork", f"number {seq}", NOW + seq, epoch=1, seq=seq)
    store.alarm(STATION, LANE, "fork", "again", NOW + 2 * MANY, epoch=1, seq=MANY)
    (total, *rows) = sorted(of_code(store, "fork"), key=lambda alarm: alarm.seq)
    assert [row.seq for row in rows] == list(range(MANY - MOST + 1, MANY + 1))
    assert (rows[-1].detail, rows[-1].times) == ("again", 2)
    assert (total.epoch, total.seq, total.times) == (0, 0, MANY - MOST)
    assert total.detail == "earlier ones, only counted, the first of record 1 of epoch 1"
    assert [alarm.detail for alarm in of_code(store, "records-lost")] == ["an honest one"], "every kind stays"
    store.alarm(STATION, "L2", "fork", "of another lane", NOW, epoch=1, seq=1)
    assert len(of_code(store, "fork")) == MOST + 2


def test_the_count_begins_with_the_first_whenever_it_is_counted(store: CentreStore) -> None:
    """One that came first and was repeated is counted after others."""
    for seq in range(1, MOST + 2):
        store.alarm(STATION, LANE, "fork", f"number {seq}", NOW + seq, epoch=1, seq=seq)
        store.alarm(STATION, LANE, "fork", "again", NOW + seq, epoch=1, seq=1)
    for seq in range(MOST + 2, 2 * MOST + 3):
        store.alarm(STATION, LANE, "fork", f"number {seq}", NOW + seq, epoch=1, seq=seq)
    total = next(alarm for alarm in of_code(store, "fork") if alarm.seq == 0)
    assert total.detail == "earlier ones, only counted, the first of record 1 of epoch 1"


def test_without_the_bound_they_grow(store: CentreStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests here can see."""
    monkeypatch.setattr(alarms, "_fold", lambda *_: None)
    for seq in range(MANY):
        store.alarm(STATION, LANE, "fork", "", NOW, epoch=1, seq=seq + 1)
    assert len(queries.alarms(store)) == MANY


def test_a_table_that_is_too_large_already_is_folded_with_the_next_one(
    store: CentreStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unbounded:
        unbounded.setattr(alarms, "_fold", lambda *_: None)
        for seq in range(1, MANY + 1):
            store.alarm(STATION, LANE, "fork", "", NOW + seq, epoch=1, seq=seq)
    store.alarm(STATION, LANE, "fork", "", NOW + MANY + 1, epoch=1, seq=MANY + 1)
    rows = of_code(store, "fork")
    assert len(rows) == MOST + 1 and sum(row.times for row in rows) == MANY + 1
    assert "the first of record 1 of" in next(row.detail for row in rows if row.seq == 0)


def test_a_hostile_station_that_is_enrolled_cannot_fill_the_table(centre: Centre) -> None:
    """Forks, checkpoints and days against its own word, and lanes that it makes up: signed, hashed and well formed."""
    store, true = centre.receiver.store, chain(MANY)
    false = chain(MANY, crossings=["another"] * MANY)
    centre.send(TOPICS.records, encode_batch(map(encode_event, true)))
    centre.until(lambda: centre.receipts and centre.receipts[-1].seq == MANY, "the true ones are stored")
    centre.send(TOPICS.state, b"an honest mistake")
    centre.send(TOPICS.records, encode_batch(map(encode_event, false)))
    key = centre.keys.station
    for event in true:
        head = Checkpoint(STATION, LANE, 1, event.seq, "f" * 64, event.facts_to, "e" * 64, NOW)
        centre.send(TOPICS.checkpoint, sign("checkpoint", head, key).to_wire())
    for number in range(MANY):
        for cases in ((), ("a case",)):
            day = f"20{10 + number // 12}-{1 + number % 12:02}-01"
            stated = DayStatement(STATION, LANE, day, (), (), (), cases)
            centre.send(TOPICS.day, sign("day", stated, key).to_wire())
    for number in range(MANY):
        centre.send(LaneTopics(STATION, f"X{number}").records, b"no records")

    def times(code: str) -> int:
        return sum(alarm.times for alarm in of_code(store, code))

    heard = MOST - 1
    centre.until(lambda: times("malformed") == heard + 1, "what the lanes say has come, and is counted")
    centre.until(lambda: times("too-many-lanes") == MANY - heard, "names beyond those are not heard")
    assert {code: times(code) for code in ("fork", "checkpoint-fork", "day-restated")} == dict.fromkeys(
        ("fork", "checkpoint-fork", "day-restated"), MANY
    )
    assert len(queries.alarms(store)) <= 4 * (MOST + 1)
    assert ("malformed", LANE) in {(alarm.code, alarm.lane) for alarm in queries.alarms(store)}


def test_stations_that_are_not_enrolled_cannot_fill_it_either(centre: Centre) -> None:
    store = centre.receiver.store
    centre.send(TOPICS.state, b"an honest mistake")
    for number in range(MANY):
        centre.send(LaneTopics(f"VNX{number:03}", "L1").records, b"")
    centre.until(lambda: sum(row.times for row in of_code(store, "not-enrolled")) == MANY, "all have come")
    rows = of_code(store, "not-enrolled")
    assert len(rows) == MOST + 1
    (counted,) = [row for row in rows if row.station == ""]
    assert counted.times == MANY - MOST and "the first of VNX" in counted.detail  # which, in one turn, is no matter
    assert [row.lane for row in of_code(store, "malformed")] == [LANE]
