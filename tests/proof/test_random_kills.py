"""Two kills of the proof's two hundred: the rig that is forked works, and its witnesses see what they must."""

import pytest

from tests.proof.measures.random_kills import killed
from tests.support import needs


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_lane_killed_at_any_moment_keeps_what_it_recorded() -> None:
    needs("mosquitto")
    found = killed(2, seed=5)
    assert found.counts.is_clean, found.counts
    assert (found.unsaid, found.crashes, found.replay) == (0, (), "")
    assert found.said > 10
