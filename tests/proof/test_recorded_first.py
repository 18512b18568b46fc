"""No motion goes before the sync of its order's record; a lane that performs first is caught."""

from pathlib import Path

import pytest

from tests.proof.measures.recorded_first import PLACES, acts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_every_motion_goes_after_its_record_is_on_the_disk(tmp_path: Path) -> None:
    found = acts(tmp_path / "lane")
    assert {(act.where, act.motion) for act in found} == {(p, m) for p in PLACES for m in ("RaiseBoom", "LowerBoom")}
    assert all(act.recorded for act in found), found


def test_a_lane_that_performs_first_is_caught(tmp_path: Path) -> None:
    assert [act for act in acts(tmp_path / "lane", "early") if not act.recorded]
