"""Who and what may open the gate: the lane named in an act, an ordered mode, a barrier that lost its bounds."""

from dataclasses import replace
from typing import Any, Literal

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import LowerBoom, RaiseBoom
from drivers.contract.quantities import Tick
from drivers.contract.readings import BoomMoved
from station.core.effects import Send, Spend
from station.core.facts import Action, DeviceLost, DeviceOpened, Role, Spent
from station.core.parameters import LaneParameters, Mode
from station.core.records import ActRecorded, CrossingHeld, CrossingReleased
from station.core.shown import evidence_digest
from station.core.step import step
from tests.core.script import Script
from tests.core.world import PARAMETERS, POINTS, UTC, beginning


def last_act(script: Script) -> tuple[str, str]:
    record = script.of(ActRecorded)[-1]
    assert isinstance(record, ActRecorded)
    return record.outcome, record.refusal


def order_mode(script: Script, mode: Mode, **changes: Any) -> None:  # noqa: ANN401 - fields of OfficerAct
    script.act("set-mode", "1201", "head-of-unit", crossing="", digest="", mode=mode, **changes)


@pytest.mark.parametrize("lane", ["", "VN-HN/I2", "VN-HN"])
def test_an_act_signed_for_another_lane_is_refused(lane: str) -> None:
    script = Script()
    order_mode(script, "TEST", lane=lane)
    assert last_act(script) == ("refused", "OTHER_LANE")
    assert script.state.mode == "AUTOMATIC"


def test_an_act_that_asks_to_be_valid_for_long_is_refused() -> None:
    """The lane remembers only the newest acts; an old one must have lost its force before it is forgotten."""
    script = Script()
    order_mode(script, "TEST", not_after_ms=UTC + script.now + 900_001)
    assert last_act(script) == ("refused", "VALID_TOO_LONG")


def test_a_proposal_whose_time_is_over_does_not_count_even_in_the_same_turn() -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    script.act("release", "1187", "officer")
    script.now += PARAMETERS.patience.second_person
    script.act("release", "1201", "head-of-unit")
    assert last_act(script) == ("proposed", "")
    assert script.of(CrossingReleased) == []


def test_an_order_to_close_outlives_a_restart() -> None:
    script = Script()
    order_mode(script, "CLOSED")
    script.now += 1_000
    script.tell(*beginning(script.now))
    assert script.state.mode == "CLOSED"
    order_mode(script, "AUTOMATIC")
    assert last_act(script) == ("refused", "BARRIER_NOT_BOUNDED")


def test_settings_that_ask_for_more_control_win_over_an_ordered_mode() -> None:
    script = Script()
    order_mode(script, "AUTOMATIC")
    script.tell(*beginning(script.now, LaneParameters("VN-HN", "I1", "15BB", "ASSISTED")))
    assert script.state.mode == "ASSISTED"


@pytest.mark.parametrize(("mode", "reason"), [("CLOSED", "LANE_CLOSED"), ("ASSISTED", "ASSISTED")])
def test_a_mode_ordered_while_a_truck_stands_there_stops_its_release(mode: Mode, reason: str) -> None:
    script = Script()
    script.drive_on()
    order_mode(script, mode)
    script.scan()
    assert [held.reason for held in script.of(CrossingHeld) if isinstance(held, CrossingHeld)] == [reason]
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)


def test_a_lane_closed_between_booking_and_release_does_not_raise() -> None:
    script = Script()
    script.drive_on()
    spends = [e for e in _scan_without_booking(script) if isinstance(e, Spend)]
    order_mode(script, "CLOSED")
    script.tell(Spent(Tick(script.now), spends[-1].request_id, accepted=True, reason="", holder=""))
    assert script.state.phase == "HELD"
    assert script.of(CrossingReleased) == []


def _scan_without_booking(script: Script) -> list[object]:
    answers = script._answers
    script._answers = lambda effect: [] if isinstance(effect, Spend) else answers(effect)  # type: ignore[method-assign]
    script.scan()
    return list(script.effects)


def test_a_barrier_that_lost_its_bounds_after_the_decision_needs_a_person() -> None:
    script = Script()
    script.drive_on()
    script.tell(DeviceOpened(Tick(script.now), "barrier", "adam-6060", "", motion_bounded=True))  # boom unknown
    script.scan()
    assert script.state.phase == "RELEASING"
    script.tell(DeviceOpened(Tick(script.now), "barrier", "adam-6060", "", motion_bounded=False))
    script.read("barrier", BoomMoved("down"))
    for point in POINTS:
        script.loop(point, occupied=False)
    assert script.state.phase == "HELD"
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)


def test_a_released_truck_under_a_raised_boom_cannot_be_released_again() -> None:
    """Its crossing would begin anew, end as one that stayed, and give its booking back."""
    script = Script(mute={LowerBoom})
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.wait(PARAMETERS.patience.clear + 1)
    assert script.state.phase == "HELD"
    script.act("release", "1187", "officer")
    assert last_act(script) == ("refused", "BOOM_NOT_DOWN")


def test_acts_before_the_settings_change_nothing() -> None:
    started = step(Script().state, beginning(9_000)[:1]).state
    script = Script()
    script.state = started
    script.act("release", "1187", "officer")
    assert last_act(script) == ("refused", "OTHER_LANE")
    assert not any(isinstance(effect, Send) and isinstance(effect.order, RaiseBoom) for effect in script.effects)


@pytest.mark.parametrize("mode", ["AUTOMATIC", "ASSISTED", "TEST"])
def test_only_a_head_of_unit_opens_a_closed_lane(mode: Mode) -> None:
    script = Script()
    order_mode(script, "CLOSED")
    script.act("set-mode", "3001", "technician", crossing="", digest="", mode=mode)
    assert last_act(script) == ("refused", "ROLE")
    assert script.state.mode == "CLOSED"
    order_mode(script, mode)
    assert last_act(script) == ("effective", "")
    script.act("set-mode", "3001", "technician", crossing="", digest="", mode="TEST")
    assert last_act(script) == ("effective", "")
    script.act("set-mode", "3001", "technician", crossing="", digest="", mode="CLOSED")
    assert last_act(script) == ("effective", "")


def test_only_a_head_of_unit_allows_learning_and_anybody_forbids_it() -> None:
    script = Script()
    cases: tuple[tuple[Action, str, Role, tuple[str, str]], ...] = (
        ("allow-learning", "1187", "officer", ("refused", "ROLE")),
        ("allow-learning", "3001", "technician", ("refused", "ROLE")),
        ("allow-learning", "1201", "head-of-unit", ("effective", "")),
        ("forbid-learning", "3001", "technician", ("effective", "")),
    )
    for action, actor, role, outcome in cases:
        script.act(action, actor, role, crossing="", digest="")
        assert last_act(script) == outcome, (action, role)


def test_two_persons_from_afar_release_what_is_identified_and_stands() -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    (held,) = script.of(CrossingHeld)
    assert isinstance(held, CrossingHeld) and script.state.crossing is not None
    assert held.evidence == evidence_digest(script.state.crossing), "the centre is told what an act must name"
    script.act("release", "1187", "officer", remote=True)
    assert last_act(script) == ("proposed", "")
    script.act("release", "1201", "head-of-unit", remote=True)
    assert last_act(script) == ("effective", "")
    assert len(script.of(CrossingReleased)) == 1
    assert all(isinstance(act, ActRecorded) and act.remote for act in script.of(ActRecorded))


@pytest.mark.parametrize("verdict", ["REVIEW", "UNREADABLE"])
def test_from_afar_nobody_releases_a_truck_that_is_not_identified(verdict: Literal["REVIEW", "UNREADABLE"]) -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    crossing = script.state.crossing
    assert crossing is not None and crossing.plate is not None
    script.state = replace(script.state, crossing=replace(crossing, plate=replace(crossing.plate, verdict=verdict)))
    script.act("release", "1187", "officer", remote=True)
    assert last_act(script) == ("refused", "NOT_IDENTIFIED")
    script.act("release", "1187", "officer")
    assert last_act(script) == ("proposed", ""), "who stands beside it may"


def test_from_afar_nobody_releases_a_truck_that_is_not_seen_to_stand() -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    script.tell(DeviceLost(Tick(script.now), "scale", Fault("silent", "scale", "no frame", "check the cable")))
    script.act("release", "1187", "officer", remote=True)
    assert last_act(script) == ("refused", "NOT_STANDING")
    script.act("return", "1187", "officer", remote=True)
    assert last_act(script) == ("effective", "")


@pytest.mark.parametrize("action", ["acknowledge", "set-mode", "erase", "allow-learning"])
def test_from_afar_nothing_but_a_crossing_is_decided(action: Action) -> None:
    script = Script()
    script.act(action, "1201", "head-of-unit", remote=True, crossing="c" if action == "erase" else "", mode="TEST")
    assert last_act(script) == ("refused", "NOT_FROM_AFAR")
