"""The radiation portal: whom its alarm stops, who may end it, and a portal that cannot be relied on."""

from drivers.contract.faults import Fault
from drivers.contract.orders import LowerBoom, RaiseBoom
from drivers.contract.quantities import Tick
from drivers.contract.readings import (
    BoomMoved,
    ButtonEdge,
    ContactEdge,
    PortalAlarm,
    PortalOccupied,
    PortalPassed,
    PortalTrouble,
)
from station.core.effects import Spend
from station.core.facts import DeviceLost, LaneStarted, SettingsApplied, Spent, Suspended
from station.core.records import CaseOpened, CrossingCompleted, CrossingHeld, CrossingReleased
from station.core.state import instruction
from tests.core.fitted import alarms, fitted, held_for
from tests.core.script import Script
from tests.core.world import DECLARATION, FITTED, UTC, all_open

ALARM = PortalAlarm("gamma", (410, 395, 51, 47))


def test_radiation_before_the_lane_holds_the_truck_that_arrives() -> None:
    script = fitted()
    script.read("portal", PortalOccupied(occupied=True))
    script.read("portal", ALARM)
    assert alarms(script) == ["RADIATION_ALARM"]
    script.read("portal", PortalPassed(17, gamma_alarm=True, neutron_alarm=False, samples=9))
    script.drive_on()
    assert (script.state.phase, held_for(script)) == ("HELD", "RADIATION_ALARM")
    assert instruction(script.state) == "GO_TO_ISOLATION"
    assert script.state.light == "red"


def test_a_load_that_radiates_and_leaves_for_the_bay_before_the_deck_is_a_case() -> None:
    script = fitted()
    script.read("portal", ALARM)
    script.loop("entry-loop", occupied=True)
    assert held_for(script) == "RADIATION_ALARM"
    script.now += 5_000
    script.loop("entry-loop", occupied=False)
    script.wait(1_100)
    (case,) = script.of(CaseOpened)
    assert isinstance(case, CaseOpened)
    assert (case.reason, case.owner) == ("RADIATION_ALARM", "head-of-unit")
    assert alarms(script) == ["RADIATION_ALARM"]


def test_radiation_while_gathering_holds_at_once_and_never_ends_by_itself() -> None:
    script = fitted()
    script.drive_on()
    script.read("portal", ALARM)
    (held,) = script.of(CrossingHeld)
    assert isinstance(held, CrossingHeld)
    assert (held.reason, held.owner) == ("RADIATION_ALARM", "head-of-unit")
    script.scan()
    for _ in range(20):
        script.wait(300_000)
    assert held_for(script) == "RADIATION_ALARM"
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)


def test_radiation_replaces_a_weaker_hold() -> None:
    script = fitted()
    script.listed = False
    script.drive_on()
    script.scan()
    assert held_for(script) == "NOT_ELIGIBLE"
    script.read("portal", ALARM)
    script.read("portal", PortalAlarm("neutron", (9, 8, 0, 0)))
    assert held_for(script) == "RADIATION_ALARM"
    assert len(script.of(CrossingHeld)) == 2


def test_radiation_after_the_release_brings_the_boom_down_before_a_truck_that_has_not_moved() -> None:
    script = fitted()
    script.drive_on()
    script.scan()
    assert (script.state.phase, script.state.light) == ("RELEASING", "green")
    script.read("portal", ALARM)
    assert script.state.light == "red"
    script.wait(1_000)
    assert any(isinstance(order, LowerBoom) for order in script.sent)
    assert (script.state.boom, held_for(script)) == ("down", "RADIATION_ALARM")
    assert instruction(script.state) == "GO_TO_ISOLATION"


def test_radiation_while_a_release_is_taken_back_is_what_the_truck_is_held_for() -> None:
    script = fitted()
    script.drive_on()
    script.scan()
    script.mute.add(LowerBoom)
    script.tell(Suspended(Tick(script.now), DECLARATION, lifted=False, number=1))
    assert script.state.phase == "CLEARING"
    script.read("portal", ALARM)
    script.read("barrier", BoomMoved("down"))
    assert (script.state.boom, held_for(script)) == ("down", "RADIATION_ALARM")


def test_radiation_of_a_truck_under_way_stops_nobody_and_stands() -> None:
    script = fitted()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.read("portal", ALARM)
    script.deck(0)
    script.loop("exit-loop", occupied=True)
    script.loop("under-boom-loop", occupied=False)
    script.loop("exit-loop", occupied=False)
    script.wait(600)
    assert [record.end for record in script.records if isinstance(record, CrossingCompleted)] == ["DEPARTED"]
    assert alarms(script) == ["RADIATION_ALARM"]


def test_radiation_while_the_booking_is_asked_raises_nothing() -> None:
    script = fitted()
    script.mute.add(Spend)
    script.drive_on()
    script.scan()
    (asked,) = [effect for effect in script.effects if isinstance(effect, Spend)]
    script.read("portal", ALARM)
    script.tell(Spent(Tick(script.now), asked.request_id, accepted=True, reason="", holder=""))
    assert held_for(script) == "RADIATION_ALARM"
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)
    assert not script.of(CrossingReleased)


def test_a_second_alarm_stops_even_who_was_released_by_acts() -> None:
    script = fitted()
    script.drive_on()
    script.scan()
    script.read("portal", ALARM)
    script.wait(1_000)
    script.mute.add(Spend)
    script.act("release", "1187", "officer")
    script.act("release", "1300", "head-of-unit")
    asked = [effect for effect in script.effects if isinstance(effect, Spend)][-1]
    raised = len([order for order in script.sent if isinstance(order, RaiseBoom)])
    script.read("portal", PortalAlarm("neutron", (9, 8, 0, 0)))
    script.tell(Spent(Tick(script.now), asked.request_id, accepted=True, reason="", holder=""))
    assert held_for(script) == "RADIATION_ALARM"
    assert len([order for order in script.sent if isinstance(order, RaiseBoom)]) == raised


def test_two_officers_do_not_let_it_go_but_with_the_head_of_unit_it_goes_with_a_record() -> None:
    script = fitted()
    script.drive_on()
    script.scan()
    script.read("portal", ALARM)
    script.wait(1_000)
    script.act("release", "1187", "officer")
    script.act("release", "1201", "officer")
    assert script.state.phase == "HELD"
    script.act("release", "1300", "head-of-unit")
    assert script.state.phase == "RELEASING"
    released = script.of(CrossingReleased)[-1]
    assert isinstance(released, CrossingReleased)
    assert released.basis == "ACTS"


def test_the_alarm_is_acknowledged_by_a_head_of_unit_only_and_until_then_nobody_passes_by_rules() -> None:
    script = fitted()
    script.drive_on()
    script.read("portal", ALARM)
    script.deck(0)
    script.wait(1_100)  # to the isolation bay
    assert [record.end for record in script.records if isinstance(record, CrossingCompleted)] == ["REFERRED"]
    assert len(script.of(CaseOpened)) == 1
    script.act("acknowledge", "1187", "officer")
    assert alarms(script) == ["RADIATION_ALARM"]
    script.drive_on()
    script.scan()
    assert held_for(script) == "RADIATION_ALARM"
    script.act("acknowledge", "1300", "head-of-unit")
    assert alarms(script) == []
    assert script.state.phase == "HELD", "a hold never releases itself"


def test_a_restart_forgets_neither_the_alarm_nor_the_truck() -> None:
    script = fitted()
    script.drive_on()
    script.read("portal", ALARM)
    script.read("barrier", ButtonEdge("help", pressed=True))
    script.read("barrier", ContactEdge("on-battery", active=True))
    started = LaneStarted(Tick(script.now), UTC, "synced", "1", 1, "r" * 64, "s" * 64, ())
    script.tell(started, SettingsApplied(Tick(script.now), FITTED), *all_open(script.now))
    assert set(alarms(script)) == {"RADIATION_ALARM", "HELP_CALLED"}
    script.drive_on()
    assert held_for(script) == "RADIATION_ALARM"


def test_a_portal_out_of_use_needs_one_person() -> None:
    script = fitted()
    script.tell(DeviceLost(Tick(script.now), "portal", Fault("silent", "portal", "no line", "check the cable")))
    script.drive_on()
    script.scan()
    assert held_for(script) == "PORTAL_UNFIT"
    script.act("release", "1187", "officer")
    script.drive_off()
    (closing,) = script.of(CrossingCompleted)
    assert isinstance(closing, CrossingCompleted)
    assert (closing.end, closing.released_by) == ("DEPARTED", "ACTS")


def test_a_portal_in_trouble_needs_a_person_until_it_is_well() -> None:
    script = fitted()
    script.read("portal", PortalTrouble("tamper"))
    script.drive_on()
    script.scan()
    assert held_for(script) == "PORTAL_UNFIT"
    well = fitted()
    well.read("portal", PortalTrouble("gamma-low"))
    well.read("portal", PortalTrouble("none"))
    well.green()
    assert [record.end for record in well.records if isinstance(record, CrossingCompleted)] == ["DEPARTED"]


def test_a_lane_without_a_portal_needs_none() -> None:
    script = Script()
    script.green()
    assert [record.end for record in script.records if isinstance(record, CrossingCompleted)] == ["DEPARTED"]
