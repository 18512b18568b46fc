"""Whatever courier and centre say to each other over a real broker keeps to the written contract."""

import json
import time
from collections import Counter
from pathlib import Path

from drivers.contract.quantities import Tick
from station.centre.publisher import publish_list, publish_suspension
from station.conform.examples import Examples
from station.core.facts import TimePassed
from station.core.records import NOTICES, TYPES, Stamped
from station.courier.mqtt_link import Arrived, MqttLink, Up
from station.courier.talk import DownlinkRefused, ListArrived, Notify, Receipted, SuspensionArrived
from station.messages.topics import LaneTopics, lane_of
from tests.courier.bench import LANE, STATION, Bench, entry
from tests.courier.pictured import content, keep, name
from tests.messages.validating import faults
from tests.services import Mosquitto

TOPICS = LaneTopics(STATION, LANE)
NONSENSE = b"no list"


class Listener:
    """A third party that may read everything."""

    def __init__(self, bench: Bench) -> None:
        self.link = MqttLink(bench.broker, "listener", ["bgs/1/#"])
        self.heard: list[Arrived] = []
        self.is_up = False
        self.link.connect("5")

    def listen(self) -> "Counter[str]":
        """How many messages of each topic there have been; a topic without its lane."""
        for event in self.link.take():
            self.is_up = self.is_up or isinstance(event, Up)
            if isinstance(event, Arrived) and event.payload not in (b"", NONSENSE):
                self.heard.append(event)
        return Counter(found[1] for event in self.heard if (found := lane_of(event.topic)))


def write_one_of_each(bench: Bench) -> list[int]:
    """Every record type through the real journal; the numbers of those that are also noticed."""
    noticed: list[int] = []
    for at, cls in enumerate(TYPES):
        seq = bench.journal.next_seq
        record = Examples(STATION, LANE).one_of(cls, 0)
        stamped = Stamped(seq, Tick(at), 1_790_000_000_000 + at, "synced", 0, record)
        bench.journal.append([TimePassed(Tick(at))], [stamped], bytes(32))
        noticed += [seq] if cls in NOTICES else []
    return noticed


def test_every_message_keeps_to_the_contract(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Bench(tmp_path / "bench", mosquitto.port) as bench:
        listener = Listener(bench)
        try:
            bench.evidence = str(tmp_path / "evidence")
            bench.pump(lambda: listener.listen() is not None and listener.is_up, "the listener is connected")
            store = bench.start_receiver().store
            courier = bench.start_courier()
            lane = bench.lane
            assert lane is not None
            bench.pump(lambda: courier._box.connected, "connected")
            noticed = write_one_of_each(bench)
            for seq in noticed:
                lane.say(Notify(seq))
            publish_list(store, STATION, "15BB", [entry("D1"), entry("D2")], time.time_ns() // 1_000_000)
            publish_suspension(store, STATION, "D1", time.time_ns() // 1_000_000)
            listener.link.publish(TOPICS.list, NONSENSE)
            bench.pump(lambda: Receipted(1, len(TYPES)) in lane.of(Receipted), "everything is receipted")
            for kind in (ListArrived, SuspensionArrived, DownlinkRefused):
                bench.pump(lambda kind=kind: lane.of(kind), kind.__name__)  # type: ignore[misc]
            bench.pump(lambda: listener.listen()["up/report"], "the report")
            picture = keep(bench.folder / "lane", content(1, 200_000))
            newest = name(bench.journal, [picture])
            bench.pump(lambda: courier._store.files.place()[1] == newest, "the picture has come")
            bench.stop_courier()
            bench.pump(lambda: listener.listen() and b'"online":false' in listener.heard[-1].payload, "goodbye")
        finally:
            listener.link.close()
    assert [wrong for one in listener.heard if (wrong := faults(one.topic, one.payload))] == []
    told = Counter(found[1] for event in listener.heard if (found := lane_of(event.topic)))
    assert told["up/notice"] == len(noticed) == len(NOTICES)
    of_files = [json.loads(one.payload)["is"] for one in listener.heard if one.topic == TOPICS.evidence]
    assert set(of_files) == {"FileChunk", "FileGone"}
    assert told["up/records"] >= len(TYPES) // 10 and told["state"] >= 2
    assert all(told[rest] for rest in ("up/report", "down/receipt", "down/list", "down/suspension"))
