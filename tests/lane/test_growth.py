"""Days left: measured from what was written lately, less what falls due; nothing is told before a day has passed."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station.core.disk_level import bounds_of
from station.core.retention_records import DiskChanged
from station.lane.growth import MOST_TOLD, UNKNOWN, Growth
from station.settings.tables import Keeping
from tests.core.world import UTC
from tests.lane.kept_lane import DAY_MS, KeptLane

TERMS = Keeping(customs_record_days=400, video_days=3, diagnostic_days=30, reserve_size=1_048_576)


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[KeptLane]:
    with KeptLane(root=tmp_path, keeping=TERMS, picture_bytes=4_000) as made:
        yield made


def count(lane: KeptLane) -> Growth:
    lane.rest(2 * 3_600_000, 60_000)
    return lane.evidence._census.growth


def test_without_a_day_nothing_is_known(lane: KeptLane) -> None:
    lane.green()
    assert count(lane) == Growth()
    assert lane.evidence.figures.days_left == UNKNOWN


def test_what_was_written_in_the_last_days_is_counted_by_class(tmp_path: Path) -> None:
    with KeptLane(root=tmp_path, keeping=replace(TERMS, video_days=30), picture_bytes=4_000) as lane:
        lane.now += 2 * DAY_MS
        lane.green()
        pictures = len(lane.names())
        found = count(lane)
        assert found.days == 2
        a_day = dict(found.bytes_a_day)
        assert a_day["video"] == pictures * 4_000 // 2
        assert 0 < a_day["customs_record"] <= lane.data.journal.stat().st_size
        disk = os.statvfs(lane.root)
        room = disk.f_bavail * disk.f_frsize - bounds_of(disk.f_blocks * disk.f_frsize).read_only
        figures = lane.evidence.figures
        assert figures.days_left == min(MOST_TOLD, room // sum(a_day.values()))
        assert dict(figures.mib_a_day) == {"customs_record": 1, "video": 1}, "rounded up"


def test_what_falls_due_as_fast_as_it_comes_takes_no_days(lane: KeptLane) -> None:
    """In balance: all that lies there is three days old at most and goes in the next three, as much as comes."""
    lane.now += 10 * DAY_MS
    for age in range(3):
        bucket = lane.data.evidence / f"{age:02}"
        bucket.mkdir(parents=True)
        path = bucket / f"{age:064}.jpg"
        path.write_bytes(bytes(50_000))
        written = (UTC + lane.now) / 1000 - age * 86_400
        os.utime(path, (written, written))
    found = count(lane)
    assert found.days == 7
    assert dict(found.bytes_a_day)["video"] == 0


@pytest.mark.parametrize(
    ("growth", "left", "days"),
    [
        (Growth(3, (("video", 600), ("customs_record", 400))), 12_999, 12),
        (Growth(3, (("video", 600),)), -5, 0),
        (Growth(3, ()), 5, MOST_TOLD),
        (Growth(), 5, UNKNOWN),
    ],
)
def test_days_left(growth: Growth, left: int, days: int) -> None:
    assert growth.days_left(left) == days


def test_the_figure_is_a_record_once_a_day(lane: KeptLane) -> None:
    lane.green()
    lane.rest(5 * DAY_MS // 2, 1_800_000)
    said = [record for record in lane.of(DiskChanged) if isinstance(record, DiskChanged)]
    assert len(said) == 2, "not at the start, with room enough"
    assert said[0].days_left == UNKNOWN or said[0].days_left >= 0
    assert said[-1].days_left > 0
