"""A hundred power cuts lose nothing that was acknowledged; a careless product loses, and is caught."""

import pytest

from tests.powercut import stories
from tests.proof.measures.power_cuts import MUTANTS, caught, tallies
from tests.support import needs


@pytest.mark.timeout(300)
def test_a_hundred_power_cuts_lose_nothing() -> None:
    needs("strace")
    found = list(tallies(1))
    assert sum(tally.n for tally in found) == 100
    assert [cut for tally in found for cut in tally.found] == []
    assert sum(tally.acknowledged for tally in found) > 500, "the cuts fall where something has been acknowledged"


@pytest.mark.parametrize("mutant", list(MUTANTS))
def test_a_mutant_is_caught(mutant: str) -> None:
    needs("strace")
    assert caught(mutant) is not None


@pytest.mark.parametrize("options", [(), ("killed",)])
def test_the_centre_keeps_every_file_that_it_has_answered(options: tuple[str, ...]) -> None:
    needs("strace")
    cuts = list(stories.evidence(*options).cuts(40, 1))
    assert [cut.found for cut in cuts if cut.found] == []
    assert sum(cut.said for cut in cuts) > 50


@pytest.mark.parametrize("mutant", ["unsynced", "trusting"])
def test_who_trusts_what_a_kill_has_left_is_caught(mutant: str) -> None:
    needs("strace")
    assert stories.evidence("killed", mutant).first_found(200, 1) is not None
