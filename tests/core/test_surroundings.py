"""Buttons, contacts, portal, scans and paper around a lane; sign, voice and printer say its instruction."""

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import LowerBoom, PlayPrompt, PrintTicket, RaiseBoom, ShowText
from drivers.contract.quantities import Tick
from drivers.contract.readings import (
    Button,
    ButtonEdge,
    Contact,
    ContactEdge,
    PaperState,
    PortalAlarm,
    PortalOccupied,
    PortalPassed,
    PortalTrouble,
    ScanArrived,
    ScanRefused,
)
from station.core.effects import Send, Spend
from station.core.facts import (
    DeviceLost,
    DeviceOpened,
    LaneStarted,
    OrderAnswered,
    OrdersDropped,
    SettingsApplied,
    Spent,
)
from station.core.instructing import says_go
from station.core.records import (
    ActRecorded,
    AlarmCleared,
    AlarmRaised,
    CaseOpened,
    CrossingCompleted,
    CrossingHeld,
    CrossingReleased,
    RefusalRecorded,
    ScanRecorded,
)
from station.core.state import Instruction, instruction
from tests.core.script import Script
from tests.core.world import EXTRAS, FITTED, UTC, all_open


def fitted() -> Script:
    """A lane that has everything, every device open."""
    script = Script(FITTED)
    for device in EXTRAS:
        script.tell(DeviceOpened(Tick(script.now), device, device, "", motion_bounded=False))
    script.read("portal", PortalTrouble("none"))
    script.stamped.clear()
    script.sent.clear()
    return script


def alarms(script: Script) -> list[str]:
    return [alarm.code for alarm in script.state.alarms]


def texts(script: Script) -> list[str]:
    return [order.lines[0] for order in script.sent if isinstance(order, ShowText)]


def prompts(script: Script) -> list[str]:
    return [order.prompt for order in script.sent if isinstance(order, PlayPrompt)]


def held_for(script: Script) -> str:
    crossing = script.state.crossing
    return crossing.hold.reason if crossing is not None and crossing.hold is not None else ""


# ---------------------------------------------------------------------- buttons, contacts, paper, scans
def test_a_call_for_help_is_one_alarm_until_somebody_acknowledges() -> None:
    script = Script()
    for _ in range(50):
        script.read("barrier", ButtonEdge("help", pressed=True))
        script.read("barrier", ButtonEdge("help", pressed=False))
    assert [record for record in script.records if isinstance(record, AlarmRaised)] == [
        AlarmRaised("HELP_CALLED", "barrier", "help", "")
    ]
    script.act("acknowledge", "1187", "officer")
    assert alarms(script) == []
    script.read("barrier", ButtonEdge("help", pressed=True))
    assert len(script.of(AlarmRaised)) == 2


@pytest.mark.parametrize("steps", range(5))
def test_help_is_heard_in_every_phase_and_changes_nothing_else(steps: int) -> None:
    plain, called = Script(), Script()
    for script in (plain, called):
        for step in (script.drive_on, script.scan, script.drive_off)[:steps]:
            step()
    called.read("barrier", ButtonEdge("help", pressed=True))
    assert alarms(called) == ["HELP_CALLED"]
    assert (called.state.phase, called.state.boom, called.state.light) == (
        plain.state.phase,
        plain.state.boom,
        plain.state.light,
    )
    assert len(called.sent) == len(plain.sent)


@pytest.mark.parametrize("button", ["ticket"])
def test_other_buttons_call_nobody(button: Button) -> None:
    script = Script()
    script.read("barrier", ButtonEdge(button, pressed=True))
    assert script.records == []


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ("cabinet-door-open", "CABINET_OPEN"),
        ("on-battery", "ON_BATTERY"),
        ("battery-low", "BATTERY_LOW"),
        ("xray-interlock-open", "XRAY_INTERLOCK_OPEN"),
        ("xray-fault", "XRAY_FAULT"),
        ("xray-ready", ""),
        ("xray-busy", ""),
    ],
)
def test_a_contact_stands_as_long_as_it_is_active(contact: Contact, code: str) -> None:
    script = Script()
    script.read("barrier", ContactEdge(contact, active=False))
    assert script.records == []
    script.read("barrier", ContactEdge(contact, active=True))
    script.act("acknowledge", "1201", "head-of-unit")
    assert alarms(script) == ([code] if code else [])
    script.read("barrier", ContactEdge(contact, active=False))
    assert alarms(script) == []
    assert [type(record) for record in script.records if not isinstance(record, ActRecorded)] == (
        [AlarmRaised, AlarmCleared] if code else []
    )


def test_paper_is_told_on_change_and_never_holds_a_truck() -> None:
    script = fitted()
    for paper in (PaperState("ok", ready=True), PaperState("low", ready=True), PaperState("out", ready=False)):
        for _ in range(3):
            script.read("printer", paper)
    raised = [record.code for record in script.records if isinstance(record, AlarmRaised)]
    assert raised == ["PAPER_LOW", "PAPER_OUT", "PRINTER_NOT_READY"]
    assert alarms(script) == ["PAPER_OUT", "PRINTER_NOT_READY"]
    script.green()
    (closing,) = script.of(CrossingCompleted)
    assert isinstance(closing, CrossingCompleted)
    assert closing.end == "DEPARTED"
    assert closing.touchless


def test_a_scan_is_recorded_with_the_truck_that_stands_there() -> None:
    script = fitted()
    script.read("xray", ScanArrived("S1", (("S1.tif", "/e/1", "a" * 64),)))
    script.drive_on()
    script.read("xray", ScanArrived("S2", (("S2.tif", "/e/2", "b" * 64),)))
    script.read("xray", ScanRefused("S3", "duplicate"))
    crossing = script.state.crossing
    assert crossing is not None
    assert script.of(ScanRecorded) == [
        ScanRecorded("", "S1", (("S1.tif", "a" * 64),)),
        ScanRecorded(crossing.crossing, "S2", (("S2.tif", "b" * 64),)),
    ]
    (refusal,) = script.of(RefusalRecorded)
    assert isinstance(refusal, RefusalRecorded)
    assert (refusal.thing, refusal.reason) == ("xray", "duplicate S3")


# ---------------------------------------------------------------------- the portal
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


# ---------------------------------------------------------------------- sign, voice, ticket
def test_sign_and_voice_follow_an_ordinary_truck() -> None:
    script = fitted()
    script.green()
    said: list[Instruction] = ["DRIVE_ONTO_SCALE", "STOP_SHOW_CODE", "STAY", "GO", "STAY", "DRIVE_ONTO_SCALE"]
    assert [text for text in texts(script) if text != "WAIT"] == said[1:]
    assert prompts(script) == ["drive-onto-scale", "stop-show-code", "stay", "go", "stay"]
    (ticket,) = [order for order in script.sent if isinstance(order, PrintTicket)]
    assert ticket.code == "VN-HN-I1-E1-000001"
    assert ticket.lines == (
        "CROSSING VN-HN-I1-E1-000001",
        "PLATE 12C04567",
        "DECLARATION 107900000010",
        "WEIGHT 42140 kg",
        f"TIME {UTC + script.stamped[0].tick + 5_000}",
        "GO",
    )


def test_a_referred_truck_gets_a_ticket_that_says_why() -> None:
    script = fitted()
    script.gross = 50_000
    script.drive_on()
    script.scan()
    script.wait(1_000)
    assert instruction(script.state) == "GO_TO_BAY"
    (ticket,) = [order for order in script.sent if isinstance(order, PrintTicket)]
    assert ticket.lines[-3] == "WEIGHT_DEVIATION"
    assert ticket.lines[-1] == "GO_TO_BAY"


def test_the_sign_is_told_again_when_it_comes_back_and_the_voice_is_not() -> None:
    script = fitted()
    script.drive_on()
    script.tell(DeviceLost(Tick(script.now), "sign", Fault("silent", "sign", "no answer", "check the cable")))
    script.tell(DeviceLost(Tick(script.now), "voice", Fault("unfit", "voice", "no player", "install it")))
    script.sent.clear()
    for device in ("sign", "voice"):
        script.tell(DeviceOpened(Tick(script.now), device, device, "", motion_bounded=False))
    assert texts(script) == ["STOP_SHOW_CODE"]
    assert prompts(script) == []


def test_a_refused_text_is_shown_again_after_a_pause() -> None:
    script = fitted()
    script.mute.add(ShowText)
    script.drive_on()
    order_id = script.state.sign_order
    script.tell(OrderAnswered(Tick(script.now), order_id, "refused", "NACK"))
    script.mute.clear()
    assert texts(script) == []
    script.wait(1_999)
    assert texts(script) == []
    script.wait(1)
    assert texts(script) == ["STOP_SHOW_CODE"]


def test_a_text_that_was_not_sent_is_ordered_afresh_and_so_is_a_ticket() -> None:
    script = fitted()
    script.mute |= {ShowText, PrintTicket, PlayPrompt}
    script.drive_on()
    script.scan()
    crossing = script.state.crossing
    assert crossing is not None
    unsent = [e.order for e in script.effects if isinstance(e, Send) and says_go(e.order)]
    assert {type(order) for order in unsent} == {ShowText, PrintTicket, PlayPrompt}
    script.mute.clear()
    script.tell(OrdersDropped(Tick(script.now), tuple(order.order_id for order in unsent)))
    again = [order for order in script.sent if says_go(order)]
    assert {type(order) for order in again} == {ShowText, PrintTicket, PlayPrompt}


def test_only_what_lets_a_truck_go_says_so() -> None:
    script = fitted()
    script.green()
    said = [order for order in script.sent if isinstance(order, ShowText | PlayPrompt | PrintTicket)]
    assert len([order for order in said if says_go(order)]) == 3
    assert len(said) > 8


def test_a_text_that_takes_go_back_waits_for_no_answer() -> None:
    script = fitted()
    script.drive_on()
    script.mute.add(ShowText)
    script.scan()
    assert script.state.sign == "GO"
    script.loop("under-boom-loop", occupied=True)
    shown = [effect.order for effect in script.effects if isinstance(effect, Send)]
    assert [order.lines[0] for order in shown if isinstance(order, ShowText)][-2:] == ["GO", "STAY"]
