"""The short form of the shapes: the bounds hold with every light barrier, and broken judgements are caught."""

from functools import cache

import pytest

from station.core import interlock, passage
from station.core.state import Crossing, LaneState, Loop
from tests.proof.measures.shapes import LONE, NO_BEAMS, SCENES, Scene, Tally, measure

FEW = 20


@cache
def tally_of(scene: Scene) -> Tally:
    """At a lane with every light barrier; measured once."""
    return measure(scene, FEW)


@pytest.mark.parametrize("scene", SCENES)
def test_the_boom_never_comes_down_on_anything_and_one_vehicle_is_one(scene: Scene) -> None:
    tally = tally_of(scene)
    assert tally.lowered_on == 0
    assert tally.false_followers == 0 and (scene not in LONE or tally.wrong_weights == 0)
    assert tally.first_ends == {"DEPARTED": FEW}


@pytest.mark.parametrize("scene", ["follower-1m", "motorcycle-behind"])
def test_who_follows_is_called_out_in_time(scene: Scene) -> None:
    tally = tally_of(scene)
    assert tally.caught == FEW
    assert all(one.gap_m is not None and 0.7 < one.gap_m < 1.3 for one in tally.passes), "nobody followed that close"


def test_without_light_barriers_a_follower_is_called_out_too_late() -> None:
    """Loops that are longer than the gap see one vehicle; that a second one has come shows when both are gone."""
    tally = measure("follower-1m", FEW, NO_BEAMS)
    assert tally.caught < FEW // 2 < tally.called_out_at_all


def test_a_core_that_does_not_count_fronts_misses_the_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage, "_look_for_second", lambda _: None)
    assert measure("follower-1m", 5).caught < 5


def test_a_core_that_believes_the_loop_under_the_boom_lowers_onto_a_high_bed(monkeypatch: pytest.MonkeyPatch) -> None:
    def loop_is_free(state: LaneState, _: Crossing) -> bool:
        return state.under_boom.presence == "free"

    def loop_alone(state: LaneState) -> Loop:
        return state.under_boom

    monkeypatch.setattr(passage, "is_through", loop_is_free)
    monkeypatch.setattr(interlock, "below", loop_alone)
    assert measure("high-bed", FEW).lowered_on > 0
