import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.frame_clock import FrameClock
from drivers.contract.quantities import Tick

FRAME_MS = 40
CAMERA_START = 7_000_000  # the tick at which the stream's own time is 0


def settled() -> tuple[FrameClock, int]:
    """A clock that has seen 20 punctual frames, and the stamp of the next."""
    clock = FrameClock()
    for n in range(20):
        clock.due(n * FRAME_MS, Tick(CAMERA_START + n * FRAME_MS))
    return clock, 20 * FRAME_MS


def test_a_punctual_frame_is_due_when_it_comes() -> None:
    clock, stamp = settled()
    assert clock.due(stamp, Tick(CAMERA_START + stamp)) == CAMERA_START + stamp


def test_frames_that_waited_are_due_when_they_would_have_come() -> None:
    clock, stamp = settled()
    read = CAMERA_START + stamp + 2000  # nobody read for two seconds; then all at once
    for n in range(50):
        assert clock.due(stamp + n * FRAME_MS, Tick(read + n)) == CAMERA_START + stamp + n * FRAME_MS


@pytest.mark.parametrize("decoding_ms", [1, 10, 25])
def test_a_stream_that_begins_with_old_frames_tells_nothing_until_they_are_read(decoding_ms: int) -> None:
    clock = FrameClock()
    arrived, stamp, behind = CAMERA_START + 1200, 0, 1200
    while behind > 0:
        assert clock.due(stamp, Tick(arrived)) is None
        stamp, arrived = stamp + FRAME_MS, arrived + decoding_ms
        behind = arrived - CAMERA_START - stamp
    told = [clock.due(s, Tick(CAMERA_START + s)) for s in range(stamp, stamp + 10 * FRAME_MS, FRAME_MS)]
    assert told[-1] == CAMERA_START + stamp + 9 * FRAME_MS


@pytest.mark.parametrize("jump_ms", [-60_000, -100, 5_000])
def test_stamps_that_jump_are_learned_anew(jump_ms: int) -> None:
    clock, stamp = settled()
    arrivals = [CAMERA_START + stamp + n * FRAME_MS for n in range(8)]
    told = [clock.due(stamp + jump_ms + n * FRAME_MS, Tick(arrived)) for n, arrived in enumerate(arrivals)]
    assert told[:3] == [None, None, None]
    assert told[-1] == arrivals[-1]


@pytest.mark.parametrize("drift_ppm", [-200, 200])
def test_a_camera_clock_that_drifts_is_followed(drift_ppm: int) -> None:
    clock = FrameClock()
    for n in range(30_000):  # 20 minutes, by then 240 ms apart
        stamp = n * FRAME_MS
        arrived = CAMERA_START + stamp * (1_000_000 + drift_ppm) // 1_000_000
        due = clock.due(stamp, Tick(arrived))
        assert due is None or 0 <= arrived - due <= 15


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(0, 5_000)), max_size=80))
def test_no_frame_is_ever_due_after_it_came(steps: list[tuple[int, int]]) -> None:
    clock = FrameClock()
    stamp, arrived = 0, CAMERA_START
    for stamp_step, wait in steps:
        stamp, arrived = stamp + stamp_step, arrived + wait
        due = clock.due(stamp, Tick(arrived))
        assert due is None or due <= arrived
