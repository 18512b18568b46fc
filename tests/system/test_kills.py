"""The short form of the proof: one seeded fault at each of the ten points, and the three mutants."""

import pytest

from tests.proof.lane_kills import mutants_are_caught, nothing_is_lost_doubled_or_moved_unbidden
from tests.support import needs


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_fault_at_each_point_breaks_nothing() -> None:
    needs("mosquitto")
    lines = list(nothing_is_lost_doubled_or_moved_unbidden("short"))
    assert [line for line in lines if not line.passed] == []


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_mutants_are_caught() -> None:
    needs("mosquitto")
    lines = list(mutants_are_caught("short"))
    assert [line for line in lines if not line.passed] == []
    assert len(lines) == 3
