"""A container number that is read wrongly and for certain never opens the barrier; the measure can fail."""

import pytest

from station.core import container_consensus, rules
from tests.proof.measures.wrong_containers import WRONG, right_reads_raised, tallies

_N = 12


def test_no_wrong_number_raises_the_boom_and_a_person_is_asked() -> None:
    measured = list(tallies(_N))
    assert [tally.wrong for tally in measured] == list(WRONG)
    assert [(tally.raised, tally.held) for tally in measured] == [(0, _N)] * len(WRONG)


def test_the_right_number_raises_it() -> None:
    assert right_reads_raised(3) == 3


def test_a_lane_that_does_not_compare_containers_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(rule for rule in rules.RULES if rule.__name__ != "_container")
    assert len(others) == len(rules.RULES) - 1
    monkeypatch.setattr(rules, "RULES", others)
    assert all(tally.raised == tally.n for tally in tallies(2))


def test_a_lane_that_hears_one_of_two_views_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_consensus, "_against", lambda *_: "")
    assert any(tally.raised for tally in tallies(8) if tally.wrong == "two views disagree")
