"""Tallies add up column by column, and say what they counted."""

from dataclasses import dataclass

from tests.rig import books, judge
from tests.rig.tally import Tally


@dataclass(frozen=True, slots=True)
class Eggs(Tally):
    broken: int = 0
    laid_elsewhere: int = 0


def test_tallies_add_up_and_speak() -> None:
    total = sum((Eggs(1), Eggs(2, 3)), Eggs())
    assert total == Eggs(3, 3) and type(total) is Eggs
    assert str(total) == "broken 3, laid elsewhere 3"
    assert Eggs().is_clean and not Eggs(laid_elsewhere=1).is_clean


def test_both_judges_count_in_one() -> None:
    assert issubclass(books.Counts, Tally) and issubclass(judge.Counts, Tally)
    assert str(books.Counts(out_of_order=1)).startswith("lost 0, doubled 0, out of order 1")
