"""The boom's physics: movement, limits, safety loop, faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barrier.boom_model import BoomModel
from drivers.contract.quantities import Millis, Tick


def pulse(boom: BoomModel, name: str, ms: int = 500) -> None:
    setattr(boom, f"{name}_input", True)
    boom.advance(ms)
    setattr(boom, f"{name}_input", False)
    boom.advance(0)


def phase(boom: BoomModel) -> str:
    return boom.phase  # through a function, so that mypy does not take the last comparison for granted


def raised() -> BoomModel:
    boom = BoomModel()
    pulse(boom, "raise")
    boom.advance(1500)
    assert phase(boom) == "up"
    return boom


def test_a_pulse_raises_in_two_seconds_and_reports_exact_times() -> None:
    seen: list[tuple[Tick, str]] = []
    boom = BoomModel(on_phase=lambda tick, phase: seen.append((tick, phase)))
    boom.now = Tick(1000)
    boom.advance(70)
    pulse(boom, "raise")
    assert (boom.up_limit, boom.down_limit) == (False, False)
    boom.advance(10_000)
    assert seen == [(1070, "rising"), (3070, "up")]
    assert (boom.up_limit, boom.down_limit) == (True, False)
    assert boom.now == 11_570


def test_lowering_brings_it_down_again() -> None:
    boom = raised()
    pulse(boom, "lower")
    boom.advance(1499)
    assert phase(boom) == "lowering"
    boom.advance(1)
    assert (phase(boom), boom.down_limit, boom.up_limit) == ("down", True, False)


def test_both_inputs_never_lower() -> None:
    boom = raised()
    boom.raise_input = boom.lower_input = True
    boom.advance(5000)
    boom.raise_input = False
    boom.advance(5000)  # a lower input that never went off again is no new command
    assert phase(boom) == "up"


def test_an_obstacle_turns_a_lowering_arm_round_and_a_new_pulse_is_needed() -> None:
    boom = raised()
    boom.lower_input = True
    boom.advance(600)
    boom.obstacle = True
    boom.advance(100)
    assert (phase(boom), boom.reversals) == ("rising", 1)
    boom.advance(500)
    boom.obstacle = False
    boom.advance(5000)
    assert phase(boom) == "up"
    boom.lower_input = False
    boom.advance(10)
    pulse(boom, "lower")
    boom.advance(2000)
    assert phase(boom) == "down"


def test_it_does_not_start_down_over_an_obstacle() -> None:
    boom = raised()
    boom.obstacle = True
    pulse(boom, "lower")
    boom.obstacle = False
    boom.advance(3000)
    assert phase(boom) == "up"


def test_faults() -> None:
    boom = BoomModel()
    boom.stuck = True
    pulse(boom, "raise")
    boom.advance(5000)
    assert (phase(boom), boom.down_limit, boom.up_limit) == ("rising", True, False)
    boom.stuck = False
    boom.advance(2000)
    assert phase(boom) == "up"
    boom.both_switches = True
    assert boom.up_limit
    assert boom.down_limit


def test_only_an_arm_that_is_there_and_low_blocks_the_way() -> None:
    boom = BoomModel()
    broken = BoomModel()
    broken.arm_broken = True
    assert (boom.blocks_way, broken.blocks_way) == (True, False)
    pulse(boom, "raise", 1499)
    before = boom.blocks_way
    boom.advance(1)
    assert (before, boom.blocks_way) == (True, False)


def test_held_times_count_each_input() -> None:
    boom = BoomModel()
    pulse(boom, "raise", 500)
    boom.advance(100)
    pulse(boom, "raise", 200)
    held = boom.held_ms["raise"]
    assert (held.longest_ms, held.times, held.current_ms) == (500, 2, 0)
    assert boom.held_ms["lower"].times == 0


def test_a_travel_time_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="travel time above 0 ms, not 0"):
        BoomModel(Millis(0))


STEPS = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 3000))


@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_it_never_lowers_while_raise_is_held_or_over_an_obstacle(
    steps: list[tuple[bool, bool, bool, bool, int]],
) -> None:
    boom = BoomModel()
    for boom.raise_input, boom.lower_input, boom.obstacle, boom.stuck, ms in steps:
        before = boom.now
        boom.advance(ms)
        assert boom.now == before + ms
        assert not (phase(boom) == "lowering" and (boom.raise_input or boom.obstacle))
        assert not (boom.up_limit and boom.down_limit)
        assert phase(boom) != "up" or boom.up_limit
        assert phase(boom) != "down" or boom.down_limit


def test_an_open_stop_circuit_halts_and_overrides_and_nothing_goes_on_by_itself() -> None:
    boom = raised()
    pulse(boom, "lower")
    boom.stop_open = True
    boom.advance(100)
    assert (phase(boom), boom.up_limit, boom.down_limit) == ("halted", False, False)
    boom.raise_input = boom.lower_input = True
    boom.advance(5000)
    assert phase(boom) == "halted"
    boom.raise_input = False
    boom.stop_open = False
    boom.advance(5000)
    assert phase(boom) == "halted"
    boom.lower_input = False
    boom.advance(0)
    pulse(boom, "lower", 2000)
    assert phase(boom) == "down"


@pytest.mark.parametrize(("arm_falls", "where"), [(False, "halted"), (True, "down")])
def test_without_power_the_arm_stays_or_falls_and_obeys_nobody(arm_falls: bool, where: str) -> None:
    boom = BoomModel()
    pulse(boom, "raise")
    boom.cut_power(arm_falls=arm_falls)
    pulse(boom, "raise", 5000)
    assert phase(boom) == where
    boom.restore_power()
    boom.advance(5000)
    assert phase(boom) == where
    pulse(boom, "raise", 5000)
    assert phase(boom) == "up"


def test_an_arm_that_is_unlocked_and_lifted_by_hand_shows_at_its_switches() -> None:
    boom = BoomModel()
    boom.by_hand(1000)
    assert (phase(boom), boom.up_limit, boom.blocks_way) == ("up", True, False)
    boom.by_hand(500)
    assert (phase(boom), boom.up_limit, boom.down_limit) == ("halted", False, False)
