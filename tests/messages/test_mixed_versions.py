"""Releases meet for months: lanes one release older and newer than their centre, and the other way round.

Journal, courier, broker and receiver are the real ones; the other release is today's corpus with parts taken or added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.plain import parse, to_plain
from drivers.contract.quantities import Tick
from station.centre import queries
from station.centre.publisher import publish_list
from station.core import records
from station.core.facts import TimePassed
from station.core.records import Stamped
from station.courier.loop import Courier, utc_now
from station.courier.talk import DownlinkRefused, ListArrived, Receipted
from station.journal.chain import RecordRow
from station.journal.reader import JournalReader
from station.messages.downlinks import EligibleList, Suspension
from station.messages.envelope import decode_batch, type_and_version
from station.messages.receipts import Receipt
from station.messages.states import LaneState
from station.messages.topics import LaneTopics
from station.trust.keys import load_key
from station.trust.signed import Purpose, sign
from tests.courier.bench import LANE, STATION, Bench, entry, write_records
from tests.messages.contract import frozen
from tests.services import Mosquitto, running_mosquitto

TOPICS = LaneTopics(STATION, LANE)
LATER = utc_now() + 3_600_000
LIST = to_plain(EligibleList(STATION, "15BB", 7, utc_now(), LATER, (entry("D1"),)))
SUSPENSION = to_plain(Suspension(STATION, "D1", False, 3, utc_now(), LATER))
Said = tuple[str, Mapping[str, Any]]
"""Type and body of a record."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all: nothing here is retained but the lane's state, which each test writes anew."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def bench(tmp_path: Path, broker: Mosquitto) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", broker.port) as made:
        yield made


def today() -> list[Said]:
    events = [event for batch in frozen("up/records") for event in decode_batch(batch)]
    return [(event.type, parse(event.body)) for event in events]


def of_the_release_before() -> list[Said]:
    """Without a field that today's closing record has, and without two of today's types."""
    older = [(name, body) for name, body in today() if name not in ("crossing.container", "crossing.scanned")]
    return [(name, {field: value for field, value in body.items() if field != "container"}) for name, body in older]


def of_the_next_release() -> list[Said]:
    """With a new field in every record, a second version of a type, a new code, and a type nobody has heard of."""
    newer: list[Said] = [(name, {**body, "of_the_next": {"axles": [7_100, 9_200]}}) for name, body in today()]
    newer.append(("crossing.weighed.v2", {"is": "AxlesWeighed", "crossing": "c1", "axles": [1, 2]}))
    newer.append(("crossing.decided", {"is": "CrossingDecided", "crossing": "c1", "verdict": "ASK_A_NEIGHBOUR"}))
    return [*newer, ("wagon.shunted", {"is": "WagonShunted", "wagon": "31 81 6659 001-5"})]


def write(bench: Bench, said: list[Said], monkeypatch: pytest.MonkeyPatch) -> int:
    """Through the real journal, as the other release would have; the newest seq."""
    for at, (name, body) in enumerate(said):
        fields = [field for field in body if field != "is"]
        cls = make_dataclass(body["is"], fields, frozen=True)
        monkeypatch.setitem(records.TYPES, cls, name)
        record = cls(**{field: body[field] for field in fields})
        seq = bench.journal.next_seq
        stamped = Stamped(seq, Tick(at), 1_790_000_000_000 + at, "synced", 0, record)
        bench.journal.append([TimePassed(Tick(at))], [stamped], bytes(32))
    return bench.journal.next_seq - 1


def in_journal(bench: Bench) -> list[RecordRow]:
    with JournalReader(bench.folder / "lane") as reader:
        return reader.records(0, 1_000)


class NewerCourier(Courier):
    """Its state has a field more."""

    def _state(self, *, online: bool) -> LaneState:
        state = super()._state(online=online)
        names = [*LaneState.__slots__, "telemetry_number"]
        newer = make_dataclass("LaneState", names, frozen=True)
        made: LaneState = newer(**{name: getattr(state, name, 5) for name in names})
        return made


@pytest.mark.parametrize(
    ("said", "courier"),
    [(of_the_release_before(), Courier), (of_the_next_release(), NewerCourier)],
    ids=["a lane N-1", "a lane N+1"],
)
def test_the_centre_keeps_a_lane_of_another_release_byte_for_byte(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, said: list[Said], courier: type[Courier]
) -> None:
    newest = write(bench, said, monkeypatch)
    store = bench.start_receiver().store
    publish_list(store, STATION, "15BB", [entry("D1")], utc_now())
    bench.start_courier(courier)
    lane = bench.lane
    assert lane is not None
    bench.pump(lambda: Receipted(1, newest) in lane.of(Receipted), "everything is receipted")
    bench.pump(lambda: lane.of(ListArrived), "its state was understood: it has been sent the list")
    stored = queries.records(store, STATION, LANE)
    assert [(one.seq, one.type, one.version, one.body, one.hash) for one in stored] == [
        (row.seq, *type_and_version(row.type), row.body, row.hash) for row in in_journal(bench)
    ]
    assert [(one.type, parse(one.body)) for one in stored] == [(type_and_version(name)[0], body) for name, body in said]
    # The corpus holds a change of the station's key that nobody signed: a person is told, and the record is kept.
    assert {alarm.code for alarm in queries.alarms(store)} == {"station-key-unknown"}
    assert lane.of(DownlinkRefused) == []


def _signed(bench: Bench, purpose: Any, body: Mapping[str, Any]) -> bytes:  # noqa: ANN401 - also of another release
    return sign(purpose, dict(body), load_key(bench.keys.centre_key)).to_wire()


def _without(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in body.items() if field != name}


@pytest.mark.parametrize(
    ("topic", "purpose", "body", "reason"),
    [
        (TOPICS.list, "list", {**LIST, "routes": []}, "malformed"),
        (TOPICS.list, "list", _without(LIST, "office"), "malformed"),
        (TOPICS.list, "list", {**LIST, "entries": [{**LIST["entries"][0], "channel": "violet"}]}, "malformed"),
        (TOPICS.list, "list", {**LIST, "entries": [{**LIST["entries"][0], "axles": 5}]}, "malformed"),
        (TOPICS.list, "list", {**LIST, "is": "DeltaList"}, "unknown-type"),
        (TOPICS.list, "watchlist", LIST, "wrong-purpose"),
        (TOPICS.list.replace("list", "update"), "update", {"is": "Update"}, "unknown-type"),
        (TOPICS.suspension, "suspension", {**SUSPENSION, "only_lanes": ["L2"]}, "malformed"),
        (TOPICS.suspension, "suspension", _without(SUSPENSION, "lifted"), "malformed"),
        (TOPICS.decision, "decision", {"is": "Decision", "action": "teleport"}, "malformed"),
        (TOPICS.receipt, "receipt", {"is": "Checkpoint", "size": 7}, "malformed"),
    ],
)
def test_what_another_release_orders_is_refused_and_reported(
    bench: Bench, topic: str, purpose: Purpose, body: Mapping[str, Any], reason: str
) -> None:
    store = bench.start_receiver().store
    courier = bench.start_courier()
    lane = bench.lane
    assert lane is not None
    bench.pump(lambda: courier._box.connected, "connected")
    courier._link.publish(topic, _signed(bench, purpose, body))
    bench.pump(lambda: lane.of(DownlinkRefused), "the lane hears of it")
    refused = lane.of(DownlinkRefused)[0]
    assert isinstance(refused, DownlinkRefused) and (refused.reason, bool(refused.next_step)) == (reason, True)
    bench.pump(lambda: queries.alarms(store), "the centre hears of it")
    assert [alarm.code for alarm in queries.alarms(store)] == [f"refused-{reason}"]
    newest = write_records(bench.journal, 2)
    publish_list(store, STATION, "15BB", [entry("D2")], utc_now())
    bench.pump(lambda: Receipted(1, newest) in lane.of(Receipted) and lane.of(ListArrived), "the link goes on")


def test_a_receipt_with_a_field_of_the_next_release_delivers(bench: Bench) -> None:
    """It tells, it orders nothing: a lane that took none would deliver nothing until it is renewed."""
    newest = write_records(bench.journal, 3)
    courier = bench.start_courier()
    lane = bench.lane
    assert lane is not None
    bench.pump(lambda: courier._box.sent == newest, "sent")
    last = in_journal(bench)[-1]
    receipt = to_plain(Receipt(STATION, LANE, last.epoch, last.seq, last.hash.hex(), utc_now()))
    courier._link.publish(TOPICS.receipt, _signed(bench, "receipt", {**receipt, "witness": {"size": 3}}))
    bench.pump(lambda: lane.of(Receipted), "delivered")
    assert lane.of(Receipted) == [Receipted(1, newest)]
    assert lane.of(DownlinkRefused) == []
