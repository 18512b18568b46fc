"""A wrong plate at the rear, a trailer's in front, or a wrong ground never raises the boom; the measure can fail."""

import pytest

from station.core import rules
from tests.proof.measures.wrong_trailers import WRONG, right_reads_raised, tallies

_N = 6


def test_nothing_wrong_raises_the_boom_and_a_person_is_asked() -> None:
    measured = list(tallies(_N))
    assert [tally.wrong for tally in measured] == list(WRONG)
    assert [(tally.raised, tally.held) for tally in measured] == [(0, _N)] * len(WRONG)


def test_the_right_plates_raise_it() -> None:
    assert right_reads_raised(3) == 3


@pytest.mark.parametrize("rule", ["_trailer", "_colour"])
def test_a_lane_without_the_rule_is_caught(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(one for one in rules.RULES if one.__name__ != rule)
    assert len(others) == len(rules.RULES) - 1
    monkeypatch.setattr(rules, "RULES", others)
    assert any(tally.raised for tally in tallies(3))
