"""The figures of a comparison, against values worked out by hand."""

import pytest

from station.learning.paired import MOST_SYNTHETIC_LOSS, Compared, Pair, compare, mcnemar_exact, verdict


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (5, 0, 2 / 32),
        (6, 0, 2 / 64),
        (8, 1, 2 * (1 + 9) / 512),
        (1, 8, 2 * (1 + 9) / 512),
        (10, 2, 2 * (1 + 12 + 66) / 4096),
    ],
)
def test_mcnemar_exact(gained: int, lost: int, p: float) -> None:
    assert mcnemar_exact(gained, lost) == pytest.approx(p, abs=1e-12)


def test_thousands_of_pairs_are_no_trouble() -> None:
    assert 0.0 < mcnemar_exact(2_600, 2_400) < 0.005
    assert mcnemar_exact(0, 5_000) == pytest.approx(0.0)


def pairs(both: int, gained: int, lost: int, neither: int, name: str = "") -> list[Pair]:
    outcomes = [(True, True)] * both + [(False, True)] * gained + [(True, False)] * lost + [(False, False)] * neither
    return [Pair(name or f"{number}", *one) for number, one in enumerate(outcomes)]


def test_a_table_by_hand() -> None:
    done = compare(pairs(both=70, gained=12, lost=2, neither=16))
    assert (done.n, done.vehicles, done.shipped, done.candidate, done.gained, done.lost) == (100, 100, 72, 82, 12, 2)
    assert done.p == pytest.approx(2 * (1 + 14 + 91) / 2**14)
    at, low, high = done.share(done.candidate)
    assert at == 0.82 and low == pytest.approx(0.7333, abs=5e-4) and high == pytest.approx(0.8830, abs=5e-4)
    assert done.change == pytest.approx(0.10)


def test_many_pictures_of_one_vehicle_are_one_witness() -> None:
    """Ten gained pictures of one truck would be p = 0.002 if each counted."""
    done = compare([*pairs(0, 10, 0, 0, name="one truck"), *pairs(5, 0, 0, 5)])
    assert (done.gained, done.lost, done.p) == (1, 0, 1.0)
    undecided = compare(pairs(1, 2, 2, 1, name="one truck"))
    assert (undecided.vehicles, undecided.gained, undecided.lost) == (1, 0, 0)


def figures(gained: int, lost: int, n: int = 500, known: int = 400) -> Compared:
    return compare(pairs(known - lost, gained, lost, n - known - gained))


def test_the_verdict() -> None:
    same = figures(0, 0)
    assert verdict(figures(6, 0), same) == "BETTER"
    assert verdict(figures(5, 0), same) == "NOT_SHOWN"  # p = 0.0625
    assert verdict(figures(0, 20), same) == "NOT_SHOWN"  # significant, the wrong way
    assert verdict(same, figures(20, 0)) == "NOT_SHOWN"  # a gain on rendered plates is no gain at the site
    assert verdict(figures(60, 0), figures(0, 10)) == "BETTER"  # exactly the bound
    assert verdict(figures(60, 0), figures(0, 11)) == "FORGOT"
    assert pytest.approx(0.02) == MOST_SYNTHETIC_LOSS


def test_more_vehicles_but_fewer_pictures_is_no_gain() -> None:
    """Six vehicles better by a picture each, one vehicle lost with all of its twenty."""
    mixed = compare([*pairs(0, 30, 0, 0), *pairs(0, 0, 40, 0, name="a truck of forty pictures")])
    assert mixed.p < 0.05 and mixed.gained > mixed.lost
    assert verdict(mixed, figures(0, 0)) == "NOT_SHOWN"
