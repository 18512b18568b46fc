"""A lane's day by commands: stated and signed at the lane, reconciled at the centre."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.courier.broker import Broker
from station.courier.mqtt_link import Arrived, MqttLink
from station.journal.store import Journal
from tests.centre.gate import DAY, KEY, RECORDS, Gate, removed
from tests.commands.premises import Premises, Told
from tests.courier.bench import LANE, STATION
from tests.services import Mosquitto
from tests.support import free_port, wait_until

Command = Callable[..., Told]


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path / "gate")
    yield made
    made.store.close()


def test_a_missing_range_is_named(gate: Gate, tmp_path: Path, command: Command) -> None:
    file = tmp_path / "day.signed"
    file.write_bytes(gate.state())
    gate.tamper(removed)
    centre = ("centre", "--database", f"sqlite:///{gate.file}", "--station-key", f"{STATION}:{KEY.public.text}")
    told = command(*centre, "reconcile", "--day", DAY, "--statement", file)
    assert told.status == 1
    assert "0 of 1 lanes agree" in told.out and "missing 3" in told.out
    assert f"{STATION}/{LANE}: records 120..122 of epoch 1: the lane has them" in told.out
    told = command(*centre, "reconcile", "--day", DAY, "--json")
    (lane,) = json.loads(told.out)["lanes"]
    assert (lane["verdict"], lane["missing"], lane["stated"]["records"]) == ("missing", 3, RECORDS)
    assert command(*centre, "reconcile", "--day", "2999-01-01").status == 2


@pytest.mark.parametrize(("language", "words"), [("en", "0 records"), ("vi", "0 bản ghi")])
def test_a_lane_states_its_day(place: Premises, tmp_path: Path, command: Command, language: str, words: str) -> None:
    file = tmp_path / "day.signed"
    Journal.open(place.data).close()
    told = command("day", "--settings", place.settings, "--day", "2001-02-03", "--out", file, language=language)
    assert told.status == 0 and words in told.out
    assert json.loads(json.loads(file.read_bytes())["payload"])["day"] == "2001-02-03"
    assert command("day", "--settings", place.settings, "--day", "2001-02-03", "--out", file).status == 74


def test_a_day_that_is_not_over_is_refused(place: Premises, command: Command) -> None:
    for day in ("2999-01-01", "2001-02-30", "today"):
        assert command("day", "--settings", place.settings, "--day", day).status == 2


def test_a_day_is_sent_to_the_broker(place: Premises, command: Command, mosquitto: Mosquitto) -> None:
    Journal.open(place.data).close()
    with place.settings.open("a") as file:
        file.write(f'[link]\nhost = "127.0.0.1"\nport = {mosquitto.port}\n')
    centre = MqttLink(Broker(port=mosquitto.port), "a-centre", ["bgs/1/+/+/up/day"])
    heard: list[object] = []

    def count() -> int:
        heard.extend(centre.take())
        return len(heard)

    centre.connect("5")
    try:
        wait_until(count, 10, "the centre is connected")
        told = command("day", "--settings", place.settings, "--day", "2001-02-03", "--send")
        assert told.status == 0 and "The broker has taken" in told.out
        wait_until(lambda: count() > 1, 10, "it has come")
    finally:
        centre.close()
    assert [event.topic for event in heard if isinstance(event, Arrived)] == ["bgs/1/VN-HN/I1/up/day"]


def test_a_broker_that_is_away_is_named(place: Premises, command: Command) -> None:
    Journal.open(place.data).close()
    with place.settings.open("a") as file:
        file.write(f'[link]\nhost = "127.0.0.1"\nport = {free_port()}\n')
    told = command("day", "--settings", place.settings, "--day", "2001-02-03", "--send")
    assert told.status == 69 and "127.0.0.1" in told.err
