"""Whatever a real lane and its centre say to each other over a real broker keeps to the written contract."""

from collections import Counter
from pathlib import Path

import pytest

from station.centre.publisher import publish_suspension
from station.centre.store import CentreStore
from station.courier.mqtt_link import Arrived, Broker, MqttLink, Up
from station.courier.stream import RecordStream
from station.messages.topics import LaneTopics, lane_of
from tests.messages.validating import faults
from tests.rig.premises import LANE, STATION
from tests.system.bad_gate import SLOW_S, open_gate

pytestmark = pytest.mark.timeout(180)
TOPICS = LaneTopics(STATION, LANE)
NONSENSE = b"no list"


def test_every_message_of_a_real_lane_keeps_to_the_contract(tmp_path: Path) -> None:
    heard: list[Arrived] = []
    is_up: list[Up] = []
    with open_gate(tmp_path / "gate") as gate:
        link = MqttLink(Broker(port=gate.broker.port), "listener", ["bgs/1/#"])

        def count(topic: str) -> int:
            for event in link.take():
                if isinstance(event, Up):
                    is_up.append(event)
                elif isinstance(event, Arrived) and event.payload != NONSENSE:
                    heard.append(event)
            return sum(one.topic == topic for one in heard)

        try:
            link.connect("5")
            gate.wait(lambda: count("") or is_up, SLOW_S, "the listener is connected")
            gate.pass_van()
            link.publish(TOPICS.list, NONSENSE)
            store = CentreStore(f"sqlite:///{gate.premises.database}")
            publish_suspension(store, STATION, "1079000000", 1)
            store.close()
            for topic in (TOPICS.report, TOPICS.suspension, TOPICS.notice, TOPICS.receipt, TOPICS.state):
                gate.wait(lambda topic=topic: count(topic), SLOW_S, topic)  # type: ignore[misc]
            gate.wait(gate.is_settled, SLOW_S, "everything is delivered")
            count("")
        finally:
            link.close()
        stream = RecordStream(gate.premises.data, STATION, LANE)
        whole = stream.after(0, 10_000)
        stream.close()
    judged = [(one.topic, one.payload) for one in heard] + [(TOPICS.notice, record.encoded) for record in whole]
    assert [found for found in ((topic, faults(topic, payload)) for topic, payload in judged) if found[1]] == []
    kinds = Counter(found[1] for one in heard if (found := lane_of(one.topic)))
    assert kinds["up/records"] >= 3 and kinds["state"] >= 1
    assert len(whole) > 20
