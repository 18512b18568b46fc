"""The disk's figures on their way: from the lane's loop to its courier, retained at the broker, kept by the centre."""

from pathlib import Path

import pytest

from drivers.contract.quantities import Tick
from station.centre.lane_states import LaneStanding, standings
from station.courier.talk import DiskIs
from station.lane.courier_process import CourierProcess
from tests.courier.bench import Bench
from tests.journeys.gate import ToldCourier
from tests.lane.kept_lane import KeptLane
from tests.services import Mosquitto


def test_the_state_tells_room_and_days_and_again_when_they_change(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Bench(tmp_path / "bench", mosquitto.port) as bench:
        receiver = bench.start_receiver()

        def told() -> tuple[bool, str, int, int] | None:
            return next(map(_figures, standings(receiver.store)), None)

        bench.start_courier()
        bench.pump(lambda: told() == (True, "", -1, -1), "a courier that nobody has told anything")
        assert bench.lane is not None
        bench.lane.say(DiskIs("OK", 40_000, 90))
        bench.pump(lambda: told() == (True, "OK", 40_000, 90), "the figures")
        bench.lane.say(DiskIs("CRITICAL", 900, 2))
        bench.pump(lambda: told() == (True, "CRITICAL", 900, 2), "the news")
        bench.stop_receiver()
        receiver = bench.start_receiver()
        bench.pump(lambda: told() == (True, "CRITICAL", 900, 2), "they are retained")
        bench.stop_courier()
        bench.pump(lambda: told() == (False, "CRITICAL", 900, 2), "the link is gone, the figures stay")


def _figures(one: LaneStanding) -> tuple[bool, str, int, int]:
    assert one.state is not None
    return one.online, one.state.disk, one.state.free_mib, one.state.days_left


class Heard(CourierProcess):
    """Remembers what it was told; `hears` says whether it could take it."""

    def __init__(self) -> None:
        super().__init__(lambda _: [])
        self.hears = True
        self.heard: list[object] = []

    def say(self, message: object) -> bool:
        if self.hears:
            self.heard.append(message)
        return self.hears


def test_only_news_is_said_and_to_each_new_courier(monkeypatch: pytest.MonkeyPatch) -> None:
    courier = Heard()
    courier.say_disk(DiskIs())
    assert courier.heard == [], "not known yet"
    said = [DiskIs("OK", 1_000, -1), DiskIs("OK", 1_000, 30), DiskIs("LOW", 990, 30), DiskIs("LOW", 700, 30)]
    for disk in said:
        courier.say_disk(disk)
        courier.say_disk(disk)
        courier.say_disk(DiskIs(disk.level, disk.free_mib - 20, disk.days_left))
    assert courier.heard == said
    courier.hears = False
    courier.say_disk(DiskIs("CRITICAL", 10, 1))
    courier.hears = True
    courier.say_disk(DiskIs("CRITICAL", 10, 1))
    assert courier.heard[-1] == DiskIs("CRITICAL", 10, 1), "what was not heard is said again"
    monkeypatch.setattr(CourierProcess, "_spawn", lambda _: (None, None))
    courier._start(Tick(5))
    courier.say_disk(DiskIs("CRITICAL", 10, 1))
    assert courier.heard[-2:] == [DiskIs("CRITICAL", 10, 1)] * 2


def test_a_lane_says_how_full_its_disk_is(tmp_path: Path) -> None:
    with KeptLane(root=tmp_path) as lane:
        courier = ToldCourier()
        lane.loop_._courier = courier
        lane.rest(3_000)
        said = [message for message in courier.heard if isinstance(message, DiskIs)]
        assert len(said) == 1 and said[0].level == lane.evidence.figures.level and said[0].free_mib > 0
        assert said[0].days_left == -1, "unknown before a day has passed"
