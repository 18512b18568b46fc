import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.centre import queries
from station.centre.joining import Prefix
from station.centre.store import CentreStore, Stored
from station.messages.envelope import NO_HASH, RecordEvent
from tests.centre.databases import BOTH, fresh_url, opened
from tests.messages.chains import LANE, STATION, chain, event

NOW = 1_700_000_000_000


@pytest.fixture(params=BOTH, scope="module")
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    return request.getfixturevalue("postgres").url if request.param == "postgresql" else ""


@pytest.fixture
def url(server_url: str, tmp_path: Path) -> str:
    return fresh_url(server_url, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[CentreStore]:
    yield from opened(url)


def test_receivers_that_start_together_on_an_empty_database_all_start(url: str) -> None:
    """PostgreSQL makes a table twice if two ask at the same moment, and refuses the second."""
    begin, opened_stores = threading.Barrier(4), []

    def start() -> None:
        begin.wait(10)
        opened_stores.append(CentreStore(url))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for store in opened_stores:
        store.close()
    assert len(opened_stores) == 4


def put(store: CentreStore, *events: RecordEvent) -> Stored:
    return store.store(STATION, LANE, events, NOW)


def codes(store: CentreStore) -> list[str]:
    return sorted(alarm.code for alarm in queries.alarms(store))


def stored_seqs(store: CentreStore) -> list[int]:
    return [record.seq for record in queries.records(store, STATION, LANE)]


def test_records_in_order_move_the_prefix(store: CentreStore) -> None:
    events = chain(25)
    assert put(store, *events[:10]) == Stored(Prefix(1, 10, events[9].hash), 10, has_hole=False)
    assert put(store, *events[10:]) == Stored(Prefix(1, 25, events[24].hash), 15, has_hole=False)
    assert queries.prefixes(store) == {(STATION, LANE): Prefix(1, 25, events[24].hash)}
    assert [record.body for record in queries.records(store, STATION, LANE)] == [item.body for item in events]
    assert codes(store) == []


def test_everything_twice_is_stored_once(store: CentreStore) -> None:
    events = chain(12)
    put(store, *events)
    again = put(store, *events, *events)
    assert again == Stored(Prefix(1, 12, events[-1].hash), 0, has_hole=False)
    assert stored_seqs(store) == list(range(1, 13))
    assert codes(store) == []


def test_a_hole_holds_the_prefix_until_it_is_filled(store: CentreStore) -> None:
    events = chain(10)
    put(store, *events[:3])
    assert put(store, *events[5:]) == Stored(Prefix(1, 3, events[2].hash), 5, has_hole=True)
    assert put(store, *events[3:5]) == Stored(Prefix(1, 10, events[9].hash), 2, has_hole=False)


def test_another_record_under_a_stored_number_is_a_fork(store: CentreStore) -> None:
    events = chain(3)
    put(store, *events)
    other = event(2, events[0].hash, body=b'{"crossing":"forged"}')
    after = put(store, other)
    assert after.prefix == Prefix(1, 3, events[2].hash)
    assert codes(store) == ["fork"]
    assert queries.counts(store)["aside"] == 1
    assert queries.records(store, STATION, LANE)[1].hash == events[1].hash


def test_a_false_record_behind_a_hole_makes_room_for_the_true_one(store: CentreStore) -> None:
    events = chain(4)
    false = event(3, bytes(31) + b"x")
    put(store, events[0], false)
    assert put(store, events[1]).prefix.seq == 2
    assert codes(store) == ["chain-break"]
    assert put(store, *events[2:]).prefix == Prefix(1, 4, events[3].hash)


def test_a_false_record_that_came_with_the_true_one_does_not_put_it_aside(store: CentreStore) -> None:
    events = chain(5)
    put(store, *events[:2])
    false = event(3, bytes(31) + b"x")
    after = put(store, false, *events[2:])
    assert (after.prefix, after.has_hole) == (Prefix(1, 5, events[4].hash), False)
    assert codes(store) == ["chain-break"]
    forged = event(5, events[3].hash, body=b'{"crossing":"forged"}')
    assert put(store, events[4], forged).prefix == after.prefix
    assert codes(store) == ["chain-break", "fork"]


def test_a_record_that_is_not_what_was_hashed_is_never_stored(store: CentreStore) -> None:
    events = chain(2)
    after = put(store, events[0], events[1]._replace(body=b'{"changed":1}'))
    assert after == Stored(Prefix(1, 1, events[0].hash), 1, has_hole=False)
    assert codes(store) == ["hash-mismatch"]
    assert put(store, events[1]).prefix.seq == 2


def test_unknown_types_move_the_prefix_byte_for_byte(store: CentreStore) -> None:
    made = event(1, NO_HASH, body=b"\x00\xff\xfe", type_="wagon.shunted.v9")
    strange = made._replace(type="wagon.shunted", version=9)
    assert put(store, strange).prefix.seq == 1
    kept = queries.records(store, STATION, LANE)[0]
    assert (kept.type, kept.version, kept.body) == ("wagon.shunted", 9, b"\x00\xff\xfe")


def test_a_new_epoch_follows_the_old_one(store: CentreStore) -> None:
    first = chain(5)
    second = chain(4, first=6, previous=first[-1].hash, epoch=2)
    put(store, *second[1:])
    put(store, *second[:1])
    assert put(store, *first).prefix == Prefix(2, 9, second[-1].hash)
    assert codes(store) == []


def test_a_new_epoch_that_numbers_again_is_alarmed_and_goes_on(store: CentreStore) -> None:
    first = chain(10)
    put(store, *first)
    second = chain(6, first=8, previous=first[6].hash, epoch=2)
    assert put(store, *second).prefix == Prefix(2, 13, second[-1].hash)
    assert codes(store) == ["epoch-restart"]
    assert len(stored_seqs(store)) == 16


def test_a_new_epoch_with_a_foreign_parent_is_alarmed(store: CentreStore) -> None:
    put(store, *chain(3))
    second = chain(2, first=4, previous=b"?" * 32, epoch=2)
    assert put(store, *second).prefix.seq == 5
    assert codes(store) == ["epoch-unlinked"]


def test_lost_records_are_alarmed_before_the_next_epoch_goes_on(store: CentreStore) -> None:
    first = chain(10)
    put(store, *first[:4])
    second = chain(3, first=11, previous=first[-1].hash, epoch=2)
    assert put(store, *second) == Stored(Prefix(1, 4, first[3].hash), 3, has_hole=True)
    assert store.accept_loss(STATION, LANE, NOW).prefix == Prefix(2, 13, second[-1].hash)
    assert "records-lost" in codes(store)
    late = put(store, *first[4:])
    assert late.prefix == Prefix(2, 13, second[-1].hash)
    assert len(stored_seqs(store)) == 13


def test_a_hole_within_an_epoch_is_never_accepted_as_loss(store: CentreStore) -> None:
    events = chain(5)
    put(store, events[0], *events[2:])
    assert store.accept_loss(STATION, LANE, NOW) == Stored(Prefix(1, 1, events[0].hash), 0, has_hole=True)


def test_lanes_do_not_touch_each_other(store: CentreStore) -> None:
    other = [item._replace(lane="L2") for item in chain(3)]
    put(store, *chain(2))
    store.store(STATION, "L2", other, NOW)
    assert {lane: prefix.seq for (_, lane), prefix in queries.prefixes(store).items()} == {LANE: 2, "L2": 3}


def test_a_notice_is_provisional_until_the_stream_confirms_it(store: CentreStore) -> None:
    events = chain(3)
    store.notice(events[2], NOW)
    store.notice(events[2], NOW)
    assert queries.unconfirmed_notices(store, STATION, LANE) == [(1, 3, "crossing.opened")]
    assert queries.prefixes(store) == {}
    put(store, *events)
    assert queries.unconfirmed_notices(store, STATION, LANE) == []


def test_records_of_a_crossing(store: CentreStore) -> None:
    put(store, *chain(5))
    assert [record.seq for record in queries.records(store, STATION, LANE, crossing="c4")] == [4]


def test_alarms_are_counted_and_any_text_is_kept(store: CentreStore) -> None:
    for _ in range(3):
        store.alarm(STATION, LANE, "malformed", "nul \0 and half \ud800 and Cửa", NOW)
    (alarm,) = queries.alarms(store)
    assert (alarm.code, alarm.times) == ("malformed", 3)
    assert "Cửa" in alarm.detail


def test_the_store_survives_its_process(url: str) -> None:
    events = chain(6)
    lasts = [put(store, *part) for part in (events[:4], events[2:]) for store in opened(url)]
    assert lasts[-1] == Stored(Prefix(1, 6, events[-1].hash), 2, has_hole=False)


def test_receivers_side_by_side_lose_and_double_nothing(url: str) -> None:
    events = chain(120)
    failures: list[BaseException] = []

    def receive(seed: int) -> None:
        parts = [events[at : at + 10] for at in range(0, len(events), 10)]
        random.Random(seed).shuffle(parts)
        store = CentreStore(url)
        try:
            for part in parts:
                put(store, *part)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            store.close()

    CentreStore(url).close()
    threads = [threading.Thread(target=receive, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for store in opened(url):
        assert queries.prefixes(store) == {(STATION, LANE): Prefix(1, 120, events[-1].hash)}
        assert stored_seqs(store) == list(range(1, 121))
        assert codes(store) == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_repetition_end_in_the_same_prefix(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    events = chain(12) + chain(5, first=13, previous=chain(12)[-1].hash, epoch=2)
    order = data.draw(st.permutations(events))
    extra = data.draw(st.lists(st.sampled_from(events), max_size=10))
    cuts = data.draw(st.integers(1, 6))
    for store in opened(f"sqlite:///{tmp_path_factory.mktemp('any')}/centre.db"):
        sequence = [*order, *extra]
        lasts = [put(store, *sequence[at : at + cuts]) for at in range(0, len(sequence), cuts)]
        assert lasts[-1].prefix == Prefix(2, 17, events[-1].hash)
        assert not lasts[-1].has_hole
        assert codes(store) == []


def test_the_records_of_test_crossings_are_asked_for_or_left_out(store: CentreStore) -> None:
    names = ["", "-E1-000001", "-E1-T000002", "-E1-T1000003", "-E1-1000004"]
    put(store, *chain(len(names), crossings=[name and f"{STATION}-{LANE}{name}" for name in names]))
    seqs = {
        test: [record.seq for record in queries.records(store, STATION, LANE, test=test)]
        for test in (None, True, False)
    }
    assert seqs == {None: [1, 2, 3, 4, 5], True: [3, 4], False: [1, 2, 5]}
