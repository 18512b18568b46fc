"""A broker that speaks only MQTT 3.1.1 is understood without being told."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.centre.publisher import publish_list
from station.courier.broker import Version
from station.courier.mqtt_link import next_version
from station.courier.talk import LinkIs, ListArrived, Receipted
from tests.courier.bench import STATION, Bench, entry, write_records
from tests.services import end_process
from tests.support import free_port, is_port_open, wait_until


@pytest.fixture
def old_broker() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.courier.amqtt_broker", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: is_port_open(port), 20, "amqtt listens")
        yield port
    finally:
        end_process(process)


def test_a_3_1_1_broker_carries_records_receipts_and_lists(tmp_path: Path, old_broker: int) -> None:
    with Bench(tmp_path / "bench", old_broker, "5") as bench:
        newest = write_records(bench.journal, 60, per_turn=10)
        receiver = bench.start_receiver()
        courier = bench.start_courier()
        assert bench.lane is not None
        bench.pump(lambda: bench.lane and Receipted(1, newest) in bench.lane.of(Receipted), "everything is receipted")
        assert courier._connecting.version == "3.1.1"
        assert bench.lane.of(LinkIs) == [LinkIs(up=True)]
        publish_list(receiver.store, STATION, "15BB", [entry("D1")], 1)
        bench.pump(lambda: bench.lane and bench.lane.of(ListArrived), "the list has come")


@pytest.mark.parametrize(
    ("wanted", "last", "refused", "then"),
    [
        ("5", "5", True, "3.1.1"),
        ("5", "5", False, "5"),
        ("5", "3.1.1", True, "5"),
        ("5", "3.1.1", False, "5"),
        ("3.1.1", "3.1.1", True, "3.1.1"),
    ],
)
def test_the_older_version_is_only_tried_right_after_a_refusal(
    wanted: Version, last: Version, refused: bool, then: Version
) -> None:
    assert next_version(wanted, last, refused) == then
