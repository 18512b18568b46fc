"""Lists and suspensions from the centre: applied once, in whole, or refused by name; and nothing stops the loop."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.centre import queries
from station.centre.publisher import publish_decision, publish_list, publish_suspension
from station.courier.downlink import MOST_BYTES, DownlinkUnacceptable, Judge
from station.courier.eligible import NO_LIST, EligibleTable
from station.courier.store import CourierStore, Held
from station.courier.talk import (
    CourierBeat,
    DecisionArrived,
    DownlinkRefused,
    ListArrived,
    Receipted,
    SuspensionArrived,
)
from station.messages.downlinks import Decision, EligibleList, Suspension
from station.messages.topics import LaneTopics
from station.trust.chain import next_statement
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import Purpose, sign
from tests.courier.bench import FAR_MS, LANE, STATION, Bench, Keys, entry, write_records
from tests.services import Mosquitto, running_mosquitto

TOPICS = LaneTopics(STATION, LANE)
NOW = time.time_ns() // 1_000_000
LIST = EligibleList(STATION, "15BB", 7, NOW, FAR_MS, (entry("D1"), entry("D2")))
SUSPENSION = Suspension(STATION, "D1", False, 3, NOW, FAR_MS)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all: nothing here is retained but the lane's state, which each test writes anew."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def bench(tmp_path: Path, broker: Mosquitto) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", broker.port) as made:
        yield made


def heard(bench: Bench, kind: type) -> list[object]:
    return [message for message in bench.heard() if isinstance(message, kind)]


def connect(bench: Bench) -> None:
    """Both ends are there: what a lane reports before the centre listens is told to nobody."""
    courier, receiver = bench.start_courier(), bench.receiver
    bench.pump(lambda: courier._box.connected and (receiver is None or receiver._is_up), "connected")


def send(bench: Bench, topic: str, payload: bytes, *, retain: bool = False) -> None:
    assert bench.courier is not None
    bench.courier._link.publish(topic, payload, retain=retain)


def signed(bench: Bench, purpose: Purpose, thing: object) -> bytes:
    return sign(purpose, thing, load_key(bench.keys.centre_key)).to_wire()


@contextlib.contextmanager
def table(bench: Bench) -> Iterator[EligibleTable]:
    opened = EligibleTable(bench.folder / "lane")
    try:
        yield opened
    finally:
        opened.close()


def test_without_a_courier_nothing_is_eligible(tmp_path: Path) -> None:
    assert EligibleTable(tmp_path).look_up("D1") == NO_LIST


def test_a_published_list_reaches_the_lane_and_is_replaced_whole(bench: Bench) -> None:
    store = bench.start_receiver().store
    connect(bench)
    with table(bench) as eligible:
        assert publish_list(store, STATION, "15BB", [entry("D1"), entry("D2")], NOW) == 1
        bench.pump(lambda: heard(bench, ListArrived), "the list")
        assert heard(bench, ListArrived) == [ListArrived(1, NOW, 2)]
        assert eligible.look_up("D1") == (entry("D1"), False, 1, NOW)
        publish_list(store, STATION, "15BB", [entry("D2", goods=1), entry("D3")], NOW + 5)
        bench.pump(lambda: len(heard(bench, ListArrived)) == 2, "the second list")
        assert eligible.look_up("D1") == (None, False, 2, NOW + 5)
        assert eligible.look_up("D2").entry == entry("D2", goods=1)
    assert heard(bench, DownlinkRefused) == []


def test_a_suspension_and_its_lifting_reach_the_lane(bench: Bench) -> None:
    store = bench.start_receiver().store
    connect(bench)
    publish_suspension(store, STATION, "D1", NOW)
    bench.pump(lambda: heard(bench, SuspensionArrived), "the suspension")
    with table(bench) as eligible:
        assert eligible.look_up("D1").suspended
        assert not eligible.look_up("D2").suspended
        publish_suspension(store, STATION, "D1", NOW, lifted=True)
        bench.pump(lambda: len(heard(bench, SuspensionArrived)) == 2, "the lifting")
        assert not eligible.look_up("D1").suspended
    assert heard(bench, SuspensionArrived) == [SuspensionArrived("D1", False, 1), SuspensionArrived("D1", True, 2)]


def test_what_was_published_while_the_lane_was_away_comes_when_it_is_back(bench: Bench) -> None:
    store = bench.start_receiver().store
    for number in range(1, 4):
        publish_suspension(store, STATION, f"D{number}", NOW)
        publish_list(store, STATION, "15BB", [entry(f"D{number}")], NOW)
    connect(bench)
    bench.pump(lambda: heard(bench, ListArrived) and len(heard(bench, SuspensionArrived)) == 3, "all of it")
    assert heard(bench, ListArrived) == [ListArrived(3, NOW, 1)]
    assert heard(bench, DownlinkRefused) == []


def test_a_large_list_is_spooled_and_applied(bench: Bench) -> None:
    store = bench.start_receiver().store
    connect(bench)
    publish_list(store, STATION, "15BB", [entry(f"D{number}") for number in range(2_000)], NOW)
    bench.pump(lambda: heard(bench, ListArrived), "the list")
    with table(bench) as eligible:
        assert eligible.look_up("D1999").entry == entry("D1999")
    assert list((bench.folder / "lane" / "spool").iterdir()) == []


def test_the_lane_is_told_even_if_the_courier_dies_in_between(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    store = CourierStore(tmp_path / "lane")
    payload = sign("list", LIST, load_key(keys.centre_key)).to_wire()
    row = store.receive(TOPICS.list, payload, NOW)
    store.close()
    store = CourierStore(tmp_path / "lane")
    assert store.unjudged() == [row]
    store.apply_list(row, LIST)
    store.close()
    store = CourierStore(tmp_path / "lane")
    assert store.unjudged() == []
    assert store.untold() == [ListArrived(7, NOW, 2)]
    store.told(ListArrived(7, NOW, 2))
    assert store.untold() == []
    store.close()


_DECISION = Decision(STATION, LANE, "an act", 5, NOW, NOW + 86_400_000)


def test_a_decision_reaches_the_lane_once_and_no_older_one_follows(bench: Bench) -> None:
    store = bench.start_receiver().store
    connect(bench)
    for thing in (_DECISION, _DECISION, replace(_DECISION, act="another act"), replace(_DECISION, number=4)):
        send(bench, TOPICS.decision, signed(bench, "decision", thing))
    bench.pump(lambda: len(heard(bench, DownlinkRefused)) == 2, "two refusals")
    assert heard(bench, DecisionArrived) == [DecisionArrived(5, "an act")]
    reasons = [said.reason for said in bench.heard() if isinstance(said, DownlinkRefused)]
    assert reasons == ["outdated", "outdated"]
    bench.pump(lambda: "refused-outdated" in [alarm.code for alarm in queries.alarms(store)], "the centre is told")


def test_what_the_centre_decided_is_sent_until_the_lane_says_that_it_has_it(bench: Bench) -> None:
    store = bench.start_receiver().store
    connect(bench)
    now_ms = time.time_ns() // 1_000_000
    publish_decision(store, STATION, LANE, "too late", now_ms - 1, now_ms)
    publish_decision(store, STATION, "I9", "for another lane", now_ms + 60_000, now_ms)
    number = publish_decision(store, STATION, LANE, "an act", now_ms + 60_000, now_ms)
    bench.pump(lambda: heard(bench, DecisionArrived), "the decision")
    receiver = bench.receiver
    assert receiver is not None
    bench.pump(lambda: receiver._states[STATION, LANE].decision_number == number, "the state says so")
    assert heard(bench, DecisionArrived) == [DecisionArrived(number, "an act")]


_REFUSED: dict[str, tuple[str, object, Purpose, str]] = {
    "foreign station": (TOPICS.list, replace(LIST, station="VNXXX1"), "list", "wrong-station"),
    "expired": (TOPICS.list, replace(LIST, valid_until_ms=NOW - 1), "list", "expired"),
    "signed for another channel": (TOPICS.list, LIST, "suspension", "wrong-purpose"),
    "a suspension as a list": (TOPICS.list, SUSPENSION, "list", "unknown-type"),
    "an unknown kind": (TOPICS.list, {"is": "Recipe", "number": 1}, "list", "unknown-type"),
    "a field too many": (TOPICS.suspension, {"is": "Suspension", "extra": 1}, "suspension", "malformed"),
    "an unknown topic": (TOPICS.list + "/more", LIST, "list", "unknown-type"),
    "doubled entries": (TOPICS.list, replace(LIST, entries=(entry("D1"), entry("D1"))), "list", "malformed"),
    "a number beyond all": (TOPICS.list, replace(LIST, number=2**70), "list", "malformed"),
    "number zero": (TOPICS.suspension, replace(SUSPENSION, number=0), "suspension", "malformed"),
    "a decision for the next lane": (TOPICS.decision, replace(_DECISION, lane="I9"), "decision", "wrong-station"),
    "a decision by the list key's right": (TOPICS.decision, _DECISION, "list", "wrong-purpose"),
}


@pytest.mark.parametrize("case", list(_REFUSED))
def test_a_rightly_signed_but_wrong_downlink_is_refused_by_name(bench: Bench, case: str) -> None:
    topic, thing, purpose, reason = _REFUSED[case]
    store = bench.start_receiver().store
    connect(bench)
    send(bench, topic, signed(bench, purpose, thing))
    bench.pump(lambda: heard(bench, DownlinkRefused), "the refusal")
    (refusal,) = heard(bench, DownlinkRefused)
    assert isinstance(refusal, DownlinkRefused)
    assert refusal.reason == reason
    assert refusal.next_step
    bench.pump(
        lambda: f"refused-{reason}" in [alarm.code for alarm in queries.alarms(store)], "the centre is told as well"
    )
    with table(bench) as eligible:
        assert eligible.look_up("D1") == NO_LIST


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"not json", "not-json"),
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"[" * 20_000, "not-json"),
        (b"9" * 6_000, "not-json"),
        (b'{"payload":"1","payload":"2"}', "not-json"),
        (b'{"payload":1.5}', "not-json"),
        (b"[]", "unsigned"),
        (json.dumps({"number": 9}).encode(), "unsigned"),
        (b" " * (MOST_BYTES + 1), "oversize"),
    ],
    ids=["text", "empty", "binary", "deep", "huge number", "doubled keys", "float", "array", "unsigned", "oversize"],
)
def test_an_unsigned_or_unreadable_downlink_is_refused_by_name(bench: Bench, payload: bytes, reason: str) -> None:
    connect(bench)
    send(bench, TOPICS.list, payload)
    bench.pump(lambda: heard(bench, DownlinkRefused), "the refusal")
    assert [refusal.reason for refusal in heard(bench, DownlinkRefused) if isinstance(refusal, DownlinkRefused)] == [
        reason
    ]
    send(bench, TOPICS.list, signed(bench, "list", LIST))
    bench.pump(lambda: heard(bench, ListArrived), "a good list still arrives")


def test_a_foreign_key_is_refused_and_a_revoked_one_too(bench: Bench) -> None:
    connect(bench)
    send(bench, TOPICS.list, sign("list", LIST, PrivateKey.make()).to_wire())
    bench.pump(lambda: heard(bench, DownlinkRefused), "the foreign key is refused")
    bench.stop_courier()
    centre = load_key(bench.keys.centre_key)
    revoked = next_statement(bench.keys.trusted, bench.keys.root, NOW, revoke=centre.key_id)
    bench.keys.trusted = bench.keys.trusted.renewed(revoked)
    connect(bench)
    send(bench, TOPICS.list, signed(bench, "list", LIST))
    bench.pump(lambda: heard(bench, DownlinkRefused), "the revoked key is refused")
    assert [m.reason for m in heard(bench, DownlinkRefused) if isinstance(m, DownlinkRefused)] == ["key-revoked"]


def test_a_retained_list_is_refused(bench: Bench) -> None:
    connect(bench)
    send(bench, TOPICS.list, signed(bench, "list", LIST), retain=True)
    bench.pump(lambda: heard(bench, ListArrived), "published while connected it is a live message")
    bench.stop_courier()
    connect(bench)
    bench.pump(lambda: heard(bench, DownlinkRefused), "the retained copy is refused")
    assert [(m.thing, m.reason) for m in heard(bench, DownlinkRefused) if isinstance(m, DownlinkRefused)] == [
        ("list", "retained")
    ]
    send(bench, TOPICS.list, b"", retain=True)  # an empty message takes the retained one away
    bench.pump(lambda: len(heard(bench, DownlinkRefused)) == 2, "the empty message has passed")


def test_an_older_list_is_refused_and_the_same_one_again_is_nothing(bench: Bench) -> None:
    connect(bench)
    send(bench, TOPICS.list, signed(bench, "list", LIST))
    send(bench, TOPICS.list, signed(bench, "list", replace(LIST, valid_until_ms=FAR_MS)))
    send(bench, TOPICS.list, signed(bench, "list", replace(LIST, number=6)))
    send(bench, TOPICS.list, signed(bench, "list", replace(LIST, entries=())))
    bench.pump(lambda: len(heard(bench, DownlinkRefused)) == 2, "the refusals")
    assert [m.reason for m in heard(bench, DownlinkRefused) if isinstance(m, DownlinkRefused)] == ["outdated"] * 2
    assert heard(bench, ListArrived) == [ListArrived(7, NOW, 2)]


def test_a_flood_of_garbage_is_cut_to_a_few_words_and_records_go_on(bench: Bench) -> None:
    write_records(bench.journal, 20)
    bench.start_receiver()
    connect(bench)
    for number in range(300):
        send(bench, TOPICS.suspension, b"garbage %d" % number)
    newest = write_records(bench.journal, 5)
    bench.pump(lambda: Receipted(1, newest) in heard(bench, Receipted), "the records are receipted")
    bench.pump(lambda: len(heard(bench, DownlinkRefused)) == 20, "twenty words")
    beats = len(heard(bench, CourierBeat))
    assert beats == 0
    last = heard(bench, DownlinkRefused)[-1]
    assert isinstance(last, DownlinkRefused)
    assert last.reason == "too-many"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_downlink_is_judged_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Also rightly signed nonsense: whoever holds the key may still have another software version."""
    keys = _shared_keys(tmp_path_factory)
    judge = Judge(TOPICS, keys.trusted)
    key = load_key(keys.centre_key)
    good = json.loads(sign("list", LIST, key).to_wire())
    body = json.loads(good["payload"])
    fields = st.dictionaries(st.sampled_from(sorted(body)), _JSON, max_size=3)
    payload = data.draw(
        st.binary(max_size=200)
        | _JSON.map(lambda value: json.dumps(value).encode())
        | st.dictionaries(st.sampled_from(sorted(good)), st.text(max_size=30), max_size=2).map(
            lambda changes: json.dumps({**good, **changes}).encode()
        )
        | fields.map(lambda changes: sign("list", {**body, **changes}, key).to_wire())
    )
    try:
        thing = judge.judge(TOPICS.list, payload, Held(0, "", {}), NOW)
    except DownlinkUnacceptable as refusal:
        thing = None
        named = bool(refusal.reason and refusal.next_step)
    else:
        named = isinstance(thing, EligibleList)
    assert named


_KEYS: list[Keys] = []


def _shared_keys(factory: pytest.TempPathFactory) -> Keys:
    if not _KEYS:
        _KEYS.append(Keys(factory.mktemp("keys")))
    return _KEYS[0]
