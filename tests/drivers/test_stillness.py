"""Stillness of a deck from what it shows, and nothing else."""

from drivers.contract.quantities import Tick, kilograms
from drivers.weighbridge.stillness import Stillness


def _moving(shown: list[tuple[int, int]], band_kg: int = 20) -> list[bool]:
    """Of (millisecond, kilograms)."""
    stillness = Stillness(kilograms(band_kg))
    return [stillness.is_moving(kilograms(kilos), Tick(at)) for at, kilos in shown]


def test_a_deck_is_still_after_a_whole_second_within_the_band() -> None:
    course = _moving([(at, 20_000 + at // 100 % 2 * 20) for at in range(0, 1500, 100)])
    assert course == [True] * 10 + [False] * 5


def test_one_mass_beyond_the_band_counts_for_a_second() -> None:
    course = _moving([(at, 20_040 if at == 1500 else 20_000) for at in range(0, 3500, 100)])
    assert [n * 100 for n, moving in enumerate(course) if moving] == [*range(0, 1000, 100), *range(1500, 2600, 100)]


def test_a_slow_creep_beyond_the_band_in_a_second_is_motion() -> None:
    assert all(_moving([(at, 20_000 + at * 30 // 1000) for at in range(0, 5000, 100)]))
    assert not _moving([(at, 20_000 + at * 10 // 1000) for at in range(0, 5000, 100)])[-1]


def test_a_gap_begins_the_second_anew() -> None:
    course = _moving([(at, 20_000) for at in (*range(0, 1300, 100), *range(1700, 2900, 100))])
    assert course == [True] * 10 + [False] * 15, "half a second without frames is allowed"
    course = _moving([(at, 20_000) for at in (*range(0, 1300, 100), *range(1701, 2900, 100))])
    assert course == [True] * 10 + [False] * 3 + [True] * 10 + [False] * 2


def test_frames_that_are_rarer_than_the_gap_are_never_still() -> None:
    assert all(_moving([(at, 20_000) for at in range(0, 10_000, 600)]))
