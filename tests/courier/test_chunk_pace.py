"""The size of a chunk follows the link: what waits behind one on a narrow way is through soon."""

import base64

import pytest

from drivers.contract.quantities import Millis
from station.courier.chunk_pace import FIRST_CHUNK, LEAST_CHUNK, SLOW, TRIED_AGAIN, Pace, acknowledged, connected
from station.messages.evidence_files import MOST_CHUNK


def times(rate: int, chunks: int) -> list[int]:
    """ms of each chunk, one behind the other, on a way of `rate` bytes a second that takes a third more for base64."""
    pace = Pace()
    found: list[int] = []
    for _ in range(chunks):
        took = Millis(pace.size * 4_000 // (3 * rate))
        found.append(took)
        pace = acknowledged(pace, pace.size, took)
    return found


@pytest.mark.parametrize("rate", [16_000, 32_000, 64_000, 250_000, 1_000_000, 10_000_000])
def test_a_chunk_takes_less_than_a_second_after_the_first(rate: int) -> None:
    assert max(times(rate, 50)[1:]) < 1_000
    assert sum(times(rate, 50)[10:]) > 0


def test_a_wide_way_carries_the_largest_and_a_dead_slow_one_the_least() -> None:
    wide = slow = Pace()
    for _ in range(10):
        wide, slow = acknowledged(wide, wide.size, Millis(5)), acknowledged(slow, slow.size, Millis(20_000))
    assert (wide.size, slow.size) == (MOST_CHUNK, LEAST_CHUNK)


def test_a_broker_that_takes_small_packets_is_sent_small_chunks() -> None:
    pace = connected(Pace(), 100_000, 0)
    for _ in range(2 * TRIED_AGAIN):
        pace = acknowledged(pace, pace.size, Millis(5))
        assert len(base64.b64encode(bytes(pace.size))) + 1_500 < 100_000
    assert pace.size > 64 * 1024


def test_a_size_at_which_the_connection_broke_is_tried_again_much_later() -> None:
    pace = connected(Pace(MOST_CHUNK), 0, MOST_CHUNK)
    sizes: list[int] = []
    for _ in range(TRIED_AGAIN + 10):
        sizes.append(pace.size)
        pace = acknowledged(pace, pace.size, Millis(5))
    assert sizes[0] == LEAST_CHUNK and max(sizes[:TRIED_AGAIN]) == MOST_CHUNK // 2 and sizes[-1] == MOST_CHUNK


def test_the_short_end_of_a_file_says_nothing_about_a_wide_way() -> None:
    assert acknowledged(Pace(), 10, Millis(1)) == Pace(FIRST_CHUNK, since=1)
    assert acknowledged(Pace(), 10, Millis(SLOW + 1)).size < FIRST_CHUNK
