"""What comes in on the lanes' topics, right or wrong; a real broker between."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis
from station.centre import queries
from station.centre.receiver import Receiver
from station.centre.running import run_centre
from station.centre.settings import CentreSettings
from station.courier.broker import Broker
from station.courier.mqtt_link import Arrived, MqttLink, Up
from station.messages.envelope import encode_batch, encode_event
from station.messages.receipts import Receipt
from station.messages.states import DownlinkReport, LaneState
from station.messages.topics import LaneTopics
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload
from tests.courier.bench import Keys
from tests.messages.chains import LANE, STATION, chain
from tests.services import Mosquitto, running_mosquitto
from tests.support import wait_until

TOPICS = LaneTopics(STATION, LANE)


class Centre:
    """A receiver, and a lane's connection beside it."""

    def __init__(self, folder: Path, port: int, database: str = "", *, with_key: bool = False) -> None:
        """`with_key`: the station's own key is enrolled too."""
        self.keys = Keys(folder / "keys")
        database = database or f"sqlite:///{folder}/centre.db"
        keys = ((STATION, self.keys.station.public.text),) if with_key else ()
        broker = Broker(port=port)
        self.settings = CentreSettings(database, str(self.keys.centre_key), (STATION,), broker, station_keys=keys)
        self.receiver = Receiver(self.settings)
        self.lane = MqttLink(Broker(port=port), "a-lane", [TOPICS.every_downlink])
        self.receipts: list[Receipt] = []
        self.is_up = False
        self.lane.connect("5")
        self.until(lambda: self.is_up and self.receiver._is_up, "both are connected")

    def turn(self) -> None:
        self.receiver.turn(Millis(5))
        for event in self.lane.take():
            match event:
                case Up():
                    self.is_up = True
                case Arrived(topic=TOPICS.receipt):
                    signed = Signed.from_wire(event.payload)
                    body = self.keys.trusted.verify(signed, "receipt", 2_000_000_000_000)
                    if body["is"] == "Receipt":
                        self.receipts.append(read_payload(Receipt, body))

    def send(self, topic: str, payload: bytes) -> None:
        self.lane.publish(topic, payload)

    def codes(self) -> list[str]:
        return [alarm.code for alarm in queries.alarms(self.receiver.store)]

    def until(self, condition: Callable[[], object], what: str) -> None:
        def turned() -> object:
            self.turn()
            return condition()

        wait_until(turned, 30, what)

    def close(self) -> None:
        self.lane.close()
        self.receiver.close()


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all: nothing here is retained."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def centre(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Centre]:
    made = Centre(tmp_path, mosquitto.port)
    yield made
    made.close()


def test_a_receipt_follows_the_commit_and_names_its_hash(centre: Centre) -> None:
    events = chain(7)
    centre.send(TOPICS.records, encode_batch(map(encode_event, events)))
    centre.until(lambda: centre.receipts, "a receipt")
    receipt = centre.receipts[-1]
    assert (receipt.epoch, receipt.seq, receipt.hash) == (1, 7, events[-1].hash.hex())


def test_batches_out_of_order_are_receipted_when_they_are_whole(centre: Centre) -> None:
    events = chain(30)
    for part in (events[20:], events[:10], events[10:20]):
        centre.send(TOPICS.records, encode_batch(map(encode_event, part)))
    centre.until(lambda: centre.receipts and centre.receipts[-1].seq == 30, "everything is receipted")
    assert centre.codes() == []


def test_a_hole_that_another_receiver_has_filled_is_none(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.centre.receiver.HOLE_PATIENCE", Millis(300))
    events = chain(30)
    centre.send(TOPICS.records, encode_batch(map(encode_event, events[20:])))
    centre.until(lambda: centre.receiver._holes, "the hole is seen")
    centre.receiver.store.store(STATION, LANE, events[:20], 1)
    centre.until(lambda: not centre.receiver._holes, "it is looked at again")
    assert centre.codes() == []


def test_a_hole_that_nobody_fills_is_asked_for(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.centre.receiver.HOLE_PATIENCE", Millis(300))
    centre.send(TOPICS.records, encode_batch(map(encode_event, chain(30)[20:])))
    centre.until(lambda: centre.codes() == ["hole"], "it is an alarm")


def test_a_lane_that_comes_up_hears_where_it_stands(centre: Centre) -> None:
    state = LaneState(STATION, LANE, True, "b1", 0, 0)
    centre.send(TOPICS.state, encode(state))
    centre.until(lambda: centre.receipts, "a receipt")
    assert (centre.receipts[0].epoch, centre.receipts[0].seq) == (0, 0)


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        (TOPICS.records, b"no json", "malformed"),
        (TOPICS.records, b"[" * 50_000, "malformed"),
        (TOPICS.notice, b"[]", "malformed"),
        (TOPICS.state, b'{"is":"LaneState"}', "malformed"),
        (TOPICS.report, b"\xff", "malformed"),
        (TOPICS.day, b"no json", "day-not-json"),
        (TOPICS.records.replace("records", "sausages"), b"", "unknown-topic"),
        (LaneTopics("VNXXX1", LANE).records, b"", "not-enrolled"),
        (LaneTopics(STATION, "L9").records, encode_batch(map(encode_event, chain(1))), "malformed"),
        (TOPICS.records, encode_event(chain(1)[0]), "malformed"),
        (TOPICS.records, encode_batch([encode_event(chain(1)[0]._replace(seq=1, tick=99))]), "hash-mismatch"),
    ],
    ids=[
        "no json",
        "deep",
        "array as notice",
        "state without fields",
        "binary report",
        "day unsigned",
        "unknown topic",
        "not enrolled",
        "another lane's topic",
        "single as batch",
        "changed",
    ],
)
def test_what_is_wrong_is_alarmed_and_the_next_records_are_stored(
    centre: Centre, topic: str, payload: bytes, code: str
) -> None:
    centre.send(topic, payload)
    centre.until(centre.codes, "an alarm")
    assert centre.codes() == [code]
    centre.send(TOPICS.records, encode_batch(map(encode_event, chain(3))))
    centre.until(lambda: centre.receipts and centre.receipts[-1].seq == 3, "the good ones are receipted")


def test_reasons_that_a_lane_makes_up_are_one_alarm(centre: Centre) -> None:
    for reason in ("retained", *(f"made-up-{number}" for number in range(20))):
        centre.send(TOPICS.report, encode(DownlinkReport(STATION, LANE, "list 7", reason, "send it again", 1)))
    centre.until(
        lambda: "made-up-19" in " ".join(alarm.detail for alarm in queries.alarms(centre.receiver.store)), "the last"
    )
    assert sorted(centre.codes()) == ["refused-other", "refused-retained"]


def test_a_database_that_is_away_is_outlived_and_lanes_hear_when_it_is_back(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = chain(6)
    real, refused = centre.receiver.store.engine.begin, []

    def away() -> NoReturn:
        refused.append(True)
        raise OperationalError("BEGIN", {}, OSError("the server closed the connection"))

    monkeypatch.setattr(centre.receiver.store.engine, "begin", away)
    centre.send(TOPICS.state, encode(LaneState(STATION, LANE, True, "b1", 0, 0)))
    centre.send(TOPICS.records, encode_batch(map(encode_event, events)))
    centre.until(lambda: refused, "the database is asked")
    assert [receipt for receipt in centre.receipts if receipt.seq] == []
    monkeypatch.setattr(centre.receiver.store.engine, "begin", real)
    heard = len(centre.receipts)
    centre.send(TOPICS.records, encode_batch(map(encode_event, events)))
    centre.until(lambda: len(centre.receipts) > heard and centre.receipts[-1].seq == 6, "a receipt")
    centre.until(lambda: not centre.receiver._owes_word, "every lane has heard where it stands")
    assert centre.receiver._has_database


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([TOPICS.records, TOPICS.notice, TOPICS.state, TOPICS.report, "bgs/1/x", ""]),
    payload=st.binary(max_size=120) | st.text(max_size=60).map(str.encode),
)
def test_no_message_stops_the_receiver(centre: Centre, kind: str, payload: bytes) -> None:
    centre.receiver._on_message(Arrived(kind, payload, retained=False), {(STATION, LANE): []})


def test_a_message_larger_than_any_of_ours_is_not_read(centre: Centre) -> None:
    state = encode(LaneState(STATION, LANE, True, "b1", 0, 0))
    centre.receiver._on_message(Arrived(TOPICS.state, state + b" " * 1024 * 1024, retained=False), {})
    centre.receiver._alarms.write()
    assert [(alarm.code, alarm.times) for alarm in queries.alarms(centre.receiver.store)] == [("malformed", 1)]
    assert (STATION, LANE) not in centre.receiver._states


def test_a_key_others_can_read_is_refused(tmp_path: Path, mosquitto: Mosquitto) -> None:
    keys = Keys(tmp_path / "keys")
    keys.centre_key.chmod(0o644)
    with pytest.raises(Untrusted, match="key-file-exposed"):
        Receiver(CentreSettings("sqlite://", str(keys.centre_key), (STATION,), Broker(port=mosquitto.port)))


def test_run_centre_ends_when_told(tmp_path: Path, mosquitto: Mosquitto) -> None:
    keys = Keys(tmp_path / "keys")
    settings_ = CentreSettings(
        f"sqlite:///{tmp_path}/centre.db", str(keys.centre_key), (STATION,), Broker(port=mosquitto.port)
    )
    stop = threading.Event()
    thread = threading.Thread(target=run_centre, args=(settings_, stop))
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
