"""The proof of the camera's health can be run, and can fail: one camera of it."""

import pytest

from station.core import camera_view
from tests.proof.measures import camera_faults


@pytest.mark.slow
def test_one_camera_finds_every_strong_fault_and_no_healthy_truck() -> None:
    found = {(one.fault, one.strength): one for one in camera_faults.faults(1)}
    strong = [found[fault, strengths[2]] for fault, strengths in camera_faults.STRENGTHS.items()]
    assert [one.fault for one in strong if one.named != 1] == []
    assert camera_faults.healthy(1, 8) == camera_faults.FalseAlarms(8, 0, 1, 0)


@pytest.mark.slow
def test_a_core_that_suspects_nothing_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_view, "suspect", lambda *_: None)
    assert sum(one.raised for one in camera_faults.faults(1)) == 0
