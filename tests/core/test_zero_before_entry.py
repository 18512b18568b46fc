"""What the empty deck showed before a truck came decides whether its weight counts."""

import pytest

from station.core.records import CrossingCompleted, RefusalRecorded, WeightRecorded
from tests.core.script import Script


def _driven(zero: int | None) -> Script:
    script = Script(zero=zero)
    script.drive_on()
    script.scan()
    script.wait(1_500)
    return script


@pytest.mark.parametrize("zero", [None, 0, 20, -20])
def test_a_weight_from_a_good_zero_counts_and_so_does_one_whose_zero_was_not_seen(zero: int | None) -> None:
    script = _driven(zero)
    assert [record.gross for record in script.records if isinstance(record, WeightRecorded)] == [42_140_000]
    assert not [record for record in script.records if isinstance(record, RefusalRecorded)]


@pytest.mark.parametrize("zero", [40, -40])
def test_a_scale_whose_zero_has_drifted_gives_no_weight_and_the_truck_is_referred(zero: int) -> None:
    script = _driven(zero)
    assert not [record for record in script.records if isinstance(record, WeightRecorded)]
    refusals = [record.reason for record in script.records if isinstance(record, RefusalRecorded)]
    assert refusals == [f"zero-drift {zero * 1000} g"] * script.parameters.limits.weighing_rounds
    ends = [record for record in script.records if isinstance(record, CrossingCompleted)]
    assert all(end.end == "REFERRED" for end in ends)
    assert script.state.phase != "RELEASING"
    assert not script.state.crossing or not script.state.crossing.released
