"""One truck at a time through the core: ends, reasons, acts, and what must not happen."""

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight
from drivers.contract.plain import encode
from drivers.contract.quantities import Tick
from drivers.contract.readings import BoomMoved, BoomPosition
from station.core.effects import GiveBack
from station.core.facts import DeviceLost, DeviceOpened, Suspended
from station.core.records import (
    ActRecorded,
    AlarmRaised,
    CaseOpened,
    CrossingCompleted,
    CrossingDecided,
    CrossingHeld,
    CrossingReleased,
    OrderEnded,
    WeightRecorded,
)
from station.core.state import instruction
from tests.core.script import Script
from tests.core.world import DECLARATION, beginning


def completed(script: Script) -> list[CrossingCompleted]:
    return [record for record in script.records if isinstance(record, CrossingCompleted)]


def raised(script: Script) -> int:
    return sum(isinstance(order, RaiseBoom) for order in script.sent)


def test_green() -> None:
    script = Script()
    script.green()
    (end,) = completed(script)
    assert (end.end, end.verdict, end.released_by, end.touchless) == ("DEPARTED", "PASS", "RULES", True)
    assert (end.plate, end.declaration, end.gross) == ("12C04567", DECLARATION, 42_140_000)
    assert raised(script) == 1
    assert script.state.phase == "IDLE" and script.state.light == "red" and script.state.boom == "down"


def test_a_crossing_and_its_state_stay_within_budget() -> None:
    script = Script()
    sizes = []
    for _ in range(300):
        script.facts = 0
        script.stamped.clear()
        script.green()
        assert script.facts <= 400 and len(script.records) <= 40
        sizes.append(len(encode(script.state)))
    assert max(sizes) <= 16 * 1024
    assert sizes[-1] - sizes[0] <= 32, "L12: only the digits of counters may grow"
    assert script.state.crossings == 300


def test_overweight_is_weighed_again_and_then_referred() -> None:
    script = Script(gross=43_320)
    script.drive_on()
    script.scan()
    assert len(script.of(WeightRecorded)) == 2
    (decided,) = script.of(CrossingDecided)
    assert isinstance(decided, CrossingDecided)
    assert (decided.verdict, decided.reason) == ("REFER_XRAY", "WEIGHT_DEVIATION")
    assert instruction(script.state) == "GO_TO_BAY"
    assert raised(script) == 0
    script.deck(0)  # by the side exit: no loop is touched
    script.wait(1_500)
    assert [(e.end, e.reason) for e in completed(script)] == [("REFERRED", "WEIGHT_DEVIATION")]
    assert script.of(CaseOpened)


def test_reverses_out() -> None:
    script = Script()
    script.drive_on()
    script.loop("entry-loop", occupied=True)
    script.deck(0)
    script.now += 3_000
    script.loop("entry-loop", occupied=False)
    script.wait(1_500)
    assert [(e.end, e.reason) for e in completed(script)] == [("ABORTED", "REVERSED_OUT")]


def test_reverses_out_after_release_the_boom_comes_down_and_the_booking_is_given_back() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    assert script.state.light == "green"
    script.loop("entry-loop", occupied=True)
    script.deck(0)
    script.now += 3_000
    script.loop("entry-loop", occupied=False)
    script.wait(600)
    script.wait(600)
    assert [(e.end, e.reason) for e in completed(script)] == [("ABORTED", "REVERSED_OUT")]
    assert any(isinstance(order, LowerBoom) for order in script.sent)
    assert any(isinstance(effect, GiveBack) for effect in script.effects)


def held() -> Script:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    assert script.state.phase == "HELD"
    return script


def outcome(script: Script) -> tuple[str, str]:
    last = script.of(ActRecorded)[-1]
    assert isinstance(last, ActRecorded)
    return last.outcome, last.refusal


def test_two_persons_release_a_held_truck() -> None:
    script = held()
    script.act("release", "1187", "officer")
    assert outcome(script) == ("proposed", "") and raised(script) == 0
    script.act("release", "1201", "head-of-unit")
    assert outcome(script) == ("effective", "") and raised(script) == 1
    script.drive_off()
    (end,) = completed(script)
    assert (end.end, end.released_by, end.touchless) == ("DEPARTED", "ACTS", False)
    assert end.acts == ("act-1", "act-2")


@pytest.mark.parametrize(
    ("actor", "role", "changes", "refusal"),
    [
        ("1187", "head-of-unit", {}, "SAME_PERSON"),
        ("1201", "head-of-unit", {"key_id": "key of 1187"}, "SAME_PERSON"),  # the key changed hands, or its account
        ("1188", "officer", {}, "NO_HEAD_OF_UNIT"),
        ("1201", "technician", {}, "ROLE"),
        ("1201", "head-of-unit", {"digest": "0" * 64}, "OTHER_EVIDENCE"),
        ("1201", "head-of-unit", {"seen_seq": 1}, "CHANGED_SINCE_SEEN"),
        ("1201", "head-of-unit", {"crossing": "VN-HN-I1-E1-000099"}, "NO_SUCH_CROSSING"),
        ("1201", "head-of-unit", {"not_after_ms": 1}, "STALE"),
        ("1201", "head-of-unit", {"act_id": "act-1"}, "REPEATED"),
    ],
)
def test_a_second_act_that_does_not_fit_is_refused(
    actor: str, role: str, changes: dict[str, object], refusal: str
) -> None:
    script = held()
    script.act("release", "1187", "officer")
    script.act("release", actor, role, **changes)  # type: ignore[arg-type]
    assert outcome(script) == ("refused", refusal)
    assert raised(script) == 0
    assert script.state.phase == "HELD"


def test_the_first_word_lapses() -> None:
    script = held()
    script.act("release", "1187", "officer")
    script.wait(300_001)
    script.act("release", "1201", "head-of-unit")
    assert outcome(script) == ("proposed", "")
    assert raised(script) == 0


def test_a_suspension_cannot_be_overridden() -> None:
    script = Script(suspended=True)
    script.drive_on()
    script.scan()
    script.act("release", "1187", "officer")
    assert outcome(script) == ("refused", "NOT_OVERRIDABLE")


def test_a_suspension_in_flight_stops_the_truck_before_it_moves() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    assert script.state.light == "green"
    script.tell(Suspended(Tick(script.now), DECLARATION, lifted=False, number=7))
    assert script.state.light == "red"
    script.wait(600)
    holds = [record.reason for record in script.records if isinstance(record, CrossingHeld)]
    assert holds == ["SUSPENDED"]
    assert script.state.boom == "down" and script.state.phase == "HELD"


def test_a_suspension_after_departure_began_is_an_alarm_with_both_times() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.tell(Suspended(Tick(script.now), DECLARATION, lifted=False, number=7))
    assert "PASSED_BEFORE_NOTICE" in [r.code for r in script.records if isinstance(r, AlarmRaised)]


def test_a_restart_interrupts_and_never_releases_by_itself() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    assert raised(script) == 1
    script.tell(*beginning(script.now + 1_000))
    ends = completed(script)
    assert [(e.end, e.reason) for e in ends] == [("INTERRUPTED", "RESTART")]
    assert script.state.motion is None and raised(script) == 1


def test_the_truck_of_an_interrupted_crossing_is_taken_up_again_and_linked() -> None:
    script = Script()
    script.drive_on()
    interrupted = script.state.crossing
    script.tell(*beginning(script.now + 1_000))
    from tests.core.world import all_open

    script.tell(*list(all_open(script.now + 2_000))[:-1])
    script.now += 3_000
    script.deck(42_140)
    crossing = script.state.crossing
    assert crossing is not None and interrupted is not None
    assert crossing.previous == interrupted.crossing


def lose_and_find_the_barrier(script: Script, boom: BoomPosition, stands_still: int = 0) -> None:
    """The barrier's worker stands still, is found out and replaced; what passes meanwhile is not seen."""
    fault = Fault("silent", "barrier", "no sign of life", "look at the log")
    script.mute.add(LowerBoom)
    if stands_still:
        script.deck(0)
        script.wait(stands_still)
    script.tell(DeviceLost(Tick(script.now), "barrier", fault))
    script.mute.discard(LowerBoom)
    script.deck(0)
    script.now += 2_000
    script.tell(DeviceOpened(Tick(script.now), "barrier", "adam-6060", "", motion_bounded=True))
    script.read("barrier", BoomMoved(boom))
    for point in ("entry-loop", "under-boom-loop", "exit-loop"):
        script.loop(point, occupied=False)


@pytest.mark.parametrize("stands_still", [0, 2_300])
def test_a_released_truck_that_leaves_while_the_loops_are_lost_keeps_its_booking(stands_still: int) -> None:
    script = Script()
    script.drive_on()
    script.scan()
    lose_and_find_the_barrier(script, "up", stands_still)
    script.wait(1_000)
    script.wait(3_000)
    assert [(e.end, e.reason) for e in completed(script)] == [("INTERRUPTED", "LOST_SIGHT")]
    assert not any(isinstance(effect, GiveBack) for effect in script.effects)
    assert script.state.boom == "down" and script.state.interrupted == ""


def test_a_truck_lost_under_the_boom_is_not_held_and_keeps_its_booking() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    lose_and_find_the_barrier(script, "up")
    script.wait(2_500)
    script.wait(3_000)
    assert [(e.end, e.reason) for e in completed(script)] == [("INTERRUPTED", "LOST_SIGHT")]
    assert not any(isinstance(record, CrossingHeld) for record in script.records)
    assert not any(isinstance(effect, GiveBack) for effect in script.effects)


def test_a_released_truck_that_leaves_by_the_side_gives_its_booking_back() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    script.deck(0)
    script.wait(1_000)
    script.wait(3_000)
    assert [(e.end, e.reason) for e in completed(script)] == [("ABORTED", "LEFT_DECK")]
    assert any(isinstance(effect, GiveBack) for effect in script.effects)


def test_an_open_gate_is_loud_and_nothing_is_released_until_it_is_down() -> None:
    script = Script(mute={LowerBoom})
    script.read("barrier", BoomMoved("up"))
    assert script.state.siren == "on" and script.state.light == "red"
    script.loop("entry-loop", occupied=True)
    assert script.state.crossing is None and raised(script) == 0
    script.mute.clear()
    script.read("barrier", BoomMoved("down"))
    assert script.state.siren == "off"
    assert script.state.crossing is not None, "the truck that waits is taken up"


def test_a_tail_gater_gets_a_crossing_of_its_own() -> None:
    script = Script(mute={LowerBoom})
    script.drive_on()
    script.scan()
    script.drive_off()
    assert script.state.phase == "CLEARING"
    script.loop("under-boom-loop", occupied=True)
    assert script.state.siren == "on"
    assert any(isinstance(order, DropMotion) for order in script.sent)
    script.loop("under-boom-loop", occupied=False)
    script.mute.clear()
    script.wait(3_000)
    script.wait(3_000)
    ends = completed(script)
    assert [(e.end, e.reason) for e in ends] == [("DEPARTED", ""), ("UNAUTHORISED", "TAILGATING")]
    assert ends[0].crossing != ends[1].crossing


def test_a_boom_that_does_not_rise_is_tried_three_times_and_then_held() -> None:
    script = Script(mute={RaiseBoom})
    script.drive_on()
    script.scan()
    for _ in range(12):
        script.wait(4_500)
    assert [r.reason for r in script.records if isinstance(r, CrossingHeld)] == ["BOOM_FAULT"]
    assert sum(isinstance(r, CrossingReleased) for r in script.records) == 3
    assert {r.outcome for r in script.records if isinstance(r, OrderEnded)} == {"not-confirmed"}


def test_a_barrier_that_does_not_bound_its_motion_is_never_automatic() -> None:
    script = Script()
    script.tell(DeviceOpened(Tick(script.now), "barrier", "adam-6060", "", motion_bounded=False))
    script.read("barrier", BoomMoved("down"))
    for point in ("under-boom-loop", "exit-loop"):
        script.loop(point, occupied=False)
    script.drive_on()
    script.scan()
    assert [r.reason for r in script.records if isinstance(r, CrossingHeld)] == ["ASSISTED"]
    assert raised(script) == 0


def test_a_lost_scale_holds_the_truck_and_says_why() -> None:
    script = Script()
    fault = Fault("silent", "scale", "no frame for 2 s", "check the cable")
    script.tell(DeviceLost(Tick(script.now), "scale", fault))
    script.loop("entry-loop", occupied=True)
    script.wait(180_001)
    (hold,) = [record for record in script.records if isinstance(record, CrossingHeld)]
    assert hold.reason.startswith("MISSING_") and "WEIGHT" in hold.reason
    assert "DEVICE_DEGRADED" in [r.code for r in script.records if isinstance(r, AlarmRaised)]


def test_lights_never_say_go_before_the_boom_is_up() -> None:
    script = Script()
    script.green()
    lights = [order.colour for order in script.sent if isinstance(order, ShowLight)]
    assert lights == ["green", "red"]
