"""The level of a disk: worse at once, better only with room, and never flapping at a bound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.disk_level import LEVELS, Bounds, DiskLevel, bounds_of, judge

BOUNDS = Bounds(low=1_000, critical=500, read_only=100)


@pytest.mark.parametrize(
    ("before", "usable", "now"),
    [
        ("OK", 1_000, "OK"),
        ("OK", 999, "LOW"),
        ("OK", 499, "CRITICAL"),
        ("OK", -5, "READ_ONLY"),
        ("LOW", 1_249, "LOW"),
        ("LOW", 1_250, "OK"),
        ("CRITICAL", 624, "CRITICAL"),
        ("CRITICAL", 625, "LOW"),
        ("READ_ONLY", 124, "READ_ONLY"),
        ("READ_ONLY", 125, "CRITICAL"),
        ("READ_ONLY", 5_000, "OK"),
    ],
)
def test_each_bound_has_a_quarter_of_room(before: DiskLevel, usable: int, now: DiskLevel) -> None:
    assert judge(before, usable, BOUNDS) == now


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(LEVELS), st.integers(-100, 3_000), st.integers(-100, 3_000))
def test_less_room_is_never_better_and_a_level_that_was_judged_stands(before: DiskLevel, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert LEVELS.index(judge(before, less, BOUNDS)) >= LEVELS.index(judge(before, more, BOUNDS))
    now = judge(before, one, BOUNDS)
    assert judge(now, one, BOUNDS) == now


def test_a_large_disk_does_not_keep_a_tenth_free() -> None:
    assert bounds_of(64_000_000) == Bounds(6_400_000, 3_200_000, 640_000)
    assert bounds_of(10**13) == Bounds(4 << 30, 2 << 30, 64 << 20)
