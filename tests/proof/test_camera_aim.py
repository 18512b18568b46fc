"""The proof of the aim can be run, and can fail: one camera of it."""

import pytest

from station.vision import aim, aim_measures
from station.vision.aim import Cause
from tests.proof.measures.camera_aim import Bench
from tests.proof.measures.drawn_aims import STRENGTHS, bad_setting, good_setting

_SEED = 0


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def _told(bench: Bench, cause: Cause) -> str:
    return bench.cause(bad_setting(_SEED, cause, STRENGTHS[cause][2]), _SEED, 3)


@pytest.mark.slow
@pytest.mark.parametrize("cause", ["LOW", "ROLLED", "ASKEW", "STEEP", "MOTION", "UNSHARP", "GLARE", "DARK"])
def test_a_strong_fault_is_named(bench: Bench, cause: Cause) -> None:
    assert _told(bench, cause) == cause


@pytest.mark.slow
def test_a_good_camera_is_told_nothing(bench: Bench) -> None:
    assert bench.cause(good_setting(_SEED), _SEED, 3) == ""


@pytest.mark.slow
def test_measures_that_know_no_direction_of_blur_fail_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    true = aim_measures._blur
    monkeypatch.setattr(aim_measures, "_blur", lambda plate, contrast: (sum(true(plate, contrast)[:2]), 0.0, 0.0))
    assert _told(bench, "MOTION") != "MOTION"


@pytest.mark.slow
def test_causes_that_are_swapped_fail_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(aim._CAUSES, "top", "LOW")
    monkeypatch.setitem(aim._CAUSES, "bottom", "HIGH")
    assert _told(bench, "LOW") != "LOW"
