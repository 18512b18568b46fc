"""Rules of the centre: they narrow the station's own limits, in an empty lane, and nothing ever widens them."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Permille, Tick
from station.core import ruling
from station.core.facts import RulesArrived, SettingsApplied
from station.core.instructed_records import RulesInForce
from station.core.parameters import Limits
from station.core.records import CrossingDecided
from station.core.ruling import LISTED, fault_of, narrowed
from station.core.state import LaneState
from station.core.step import step
from tests.core.script import Script
from tests.core.world import PARAMETERS, beginning

TIGHT = (("weight_refer", 30), ("weight_review", 5))


def told(script: Script, number: int, *values: tuple[str, int]) -> None:
    script.tell(RulesArrived(Tick(script.now), number, values))


def limits(script: Script) -> Limits:
    assert script.state.parameters is not None
    return script.state.parameters.limits


def test_rules_take_force_in_an_empty_lane_and_are_recorded() -> None:
    script = Script()
    told(script, 3, *TIGHT)
    assert limits(script) == replace(PARAMETERS.limits, weight_refer=Permille(30), weight_review=Permille(5))
    assert script.of(RulesInForce) == [RulesInForce(3, TIGHT)]
    told(script, 3, *TIGHT)
    told(script, 2, ("weight_refer", 20))
    assert script.of(RulesInForce) == [RulesInForce(3, TIGHT)], "told again, or late: nothing"


def test_a_truck_in_the_lane_is_judged_by_the_rules_under_which_it_came() -> None:
    script = Script(gross=43_000)  # 1,000 kg of 22,000 too much: 45 permille
    script.loop("entry-loop", occupied=True)
    script.drive_on()
    told(script, 1, ("weight_refer", 30))
    assert limits(script) == PARAMETERS.limits and script.of(RulesInForce) == []
    script.scan()
    script.wait(20_000)
    (decided,) = script.of(CrossingDecided)
    assert isinstance(decided, CrossingDecided) and decided.verdict == "REFER_REMOTE"


def test_rules_outlive_a_restart_and_the_settings_may_be_stricter() -> None:
    script = Script()
    told(script, 1, ("weight_refer", 30), ("plate_frames", 2))
    script.tell(*beginning(script.now, PARAMETERS))
    assert limits(script).weight_refer == 30
    assert limits(script).plate_frames == PARAMETERS.limits.plate_frames, "the station's own three are more control"
    own = replace(PARAMETERS, limits=replace(PARAMETERS.limits, weight_refer=Permille(10)))
    script.tell(SettingsApplied(Tick(script.now), own))
    assert limits(script).weight_refer == 10
    told(script, 2)
    assert limits(script) == own.limits, "rules that are taken back leave the station's own"
    state = decode(LaneState, encode(script.state))
    assert state == script.state


_VALUES = st.lists(st.tuples(st.sampled_from([*LISTED, "presence", "no_such"]), st.integers(-10, 10**9)), max_size=8)


@given(_VALUES)
def test_no_values_ever_widen_a_limit(values: list[tuple[str, int]]) -> None:
    own = Limits()
    made = narrowed(own, values)
    for limit in fields(Limits):
        before, after = getattr(own, limit.name), getattr(made, limit.name)
        bounds = LISTED.get(limit.name)
        if bounds is None:
            assert after == before
        else:
            assert after <= before if bounds.stricter == "lower" else after >= before


def test_the_mutant_that_takes_the_centres_figure_as_it_is_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def obeyed(own: Limits, values: list[tuple[str, int]]) -> Limits:
        return replace(own, **dict(values))  # type: ignore[arg-type]

    monkeypatch.setattr(ruling, "narrowed", obeyed)
    script = Script()
    told(script, 1, ("weight_refer", 1_000))
    assert limits(script).weight_refer > PARAMETERS.limits.weight_refer


def test_faults_are_named() -> None:
    assert fault_of(TIGHT) == "" and fault_of(()) == ""
    assert fault_of((("presence", 1),)) == "limit-not-listed"
    assert fault_of((("weight_refer", 0),)) == "out-of-bounds"
    assert set(LISTED) <= {field.name for field in fields(Limits)}


def test_the_core_stays_total_for_values_that_no_judge_let_through() -> None:
    done = step(LaneState(), [*beginning(0, PARAMETERS), RulesArrived(Tick(1), 9, (("x", -1), ("weight_refer", -5)))])
    assert done.state.parameters is not None and done.state.parameters.limits == PARAMETERS.limits
