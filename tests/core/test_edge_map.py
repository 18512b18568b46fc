"""Maps of edges: where they agree, where they went, what became of them block by block."""

import random

import pytest

from drivers.contract.quantities import Permille
from station.core.edge_map import CELLS, Gone, agreement, agreements, counted, gone, lasting, read_map, write_map
from tests.core.views import as_map, background

BACKGROUND = as_map(set(background()))


def shifted(right: int, down: int) -> int:
    return as_map({(c + right, r + down) for c, r in background() if 0 <= c + right < 64 and 0 <= r + down < 36})


def test_a_map_is_written_and_read_alike() -> None:
    assert read_map(write_map(BACKGROUND)) == BACKGROUND
    assert write_map(as_map({(0, 0)}))[0] == "8"


@pytest.mark.parametrize("text", ["", "ff", "g" * (CELLS // 4), "-" + "0" * (CELLS // 4 - 1), "0" * (CELLS // 4 + 1)])
def test_what_is_no_map_is_an_empty_one(text: str) -> None:
    assert read_map(text) == 0


@pytest.mark.parametrize(("right", "down"), [(0, 0), (3, 0), (-7, 2), (12, -7)])
def test_a_shifted_view_agrees_at_its_shift(right: int, down: int) -> None:
    assert agreement(BACKGROUND, shifted(right, down), right, down) == 1000
    here, there = agreements(BACKGROUND, shifted(right, down))
    assert (here == 1000) == (max(abs(right), abs(down)) <= 1)
    assert max(here, there) == 1000


def test_blocks_tell_a_cover_from_other_edges() -> None:
    chance = random.Random(2)
    others = chance.getrandbits(CELLS) & ~BACKGROUND
    assert gone(BACKGROUND, BACKGROUND) == Gone(gone(BACKGROUND, 0).judged, Permille(0), Permille(0))
    assert gone(BACKGROUND, 0).covered == 1000
    assert gone(BACKGROUND, others).displaced > 900
    assert gone(0, BACKGROUND) == Gone(0, Permille(0), Permille(0))


def test_counts_rise_and_fall_within_one_digit() -> None:
    counts = ""
    for _ in range(20):
        counts = counted(counts, BACKGROUND)
    assert lasting(counts, 15) == BACKGROUND
    for _ in range(20):
        counts = counted(counts, 0)
    assert set(counts) == {"0"}
    assert lasting("", 1) == 0
