"""Buttons, contacts, portal, scans and paper around a lane; sign, voice and printer say its instruction."""

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import PlayPrompt, PrintTicket, ShowText
from drivers.contract.quantities import Tick
from drivers.contract.readings import Button, ButtonEdge, Contact, ContactEdge, PaperState, ScanArrived, ScanRefused
from station.core.advice_records import ScanRecorded
from station.core.effects import Send
from station.core.facts import DeviceLost, DeviceOpened, OrderAnswered, OrdersDropped
from station.core.instructing import says_go
from station.core.records import ActRecorded, AlarmCleared, AlarmRaised, CrossingCompleted, RefusalRecorded
from station.core.state import Instruction, instruction
from tests.core.fitted import alarms, fitted
from tests.core.script import Script
from tests.core.world import UTC


def texts(script: Script) -> list[str]:
    return [order.lines[0] for order in script.sent if isinstance(order, ShowText)]


def prompts(script: Script) -> list[str]:
    return [order.prompt for order in script.sent if isinstance(order, PlayPrompt)]


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
