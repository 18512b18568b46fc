"""A read rate that falls is raised; a quiet lane, a bad day from the beginning and five foreign trucks are not."""

import random

import pytest

from station.core.camera_reads import LONG_RUN, WINDOW, ReadShare, stopped


def run(reads: ReadShare, share: float, stops: int, seed: int = 1) -> ReadShare:
    chance = random.Random(seed)
    for _ in range(stops):
        reads = stopped(reads, was_read=chance.random() < share)
    return reads


def test_a_fall_is_raised_and_cleared_only_near_the_long_run() -> None:
    reads = run(ReadShare(), 0.92, 400)
    assert not reads.is_falling
    reads = run(reads, 0.3, WINDOW)
    assert reads.is_falling
    share = reads.share
    assert run(reads, 0.5, 200).is_falling
    assert run(reads, 0.5, 200).share == share, "a fall is not learned"
    assert not run(reads, 0.97, 2 * WINDOW).is_falling


@pytest.mark.parametrize("share", [0.95, 0.8, 0.65])
def test_a_steady_share_raises_nothing(share: float) -> None:
    reads = ReadShare()
    for seed in range(20):
        reads = run(reads, share, 100, seed)
        assert not reads.is_falling


def test_a_quiet_lane_raises_nothing() -> None:
    assert not run(run(ReadShare(), 1.0, LONG_RUN), 0.0, WINDOW * 3 // 10).is_falling
    assert not run(ReadShare(), 0.0, LONG_RUN - 1).is_falling


def test_a_camera_that_never_read_has_nothing_to_fall_from() -> None:
    assert not run(run(ReadShare(), 0.2, 300), 0.0, 300).is_falling


def test_a_fall_over_thousands_of_stops_is_raised_too() -> None:
    reads = run(ReadShare(), 0.95, 600)
    for step in range(95):
        reads = run(reads, 0.95 - step / 100, 60, step)
    assert reads.is_falling
    assert reads.best > 900_000


def test_its_memory_is_small() -> None:
    assert run(ReadShare(), 0.9, 5_000).newest < 1 << (WINDOW + 1)
