"""What else is around a lane: buttons, contacts, tags, documents, portals, scans, paper."""

from typing import assert_never

from drivers.contract.readings import (
    ButtonEdge,
    Contact,
    ContactEdge,
    IdentityRead,
    IdentityRefused,
    PaperState,
    PlateSeen,
    PortalAlarm,
    PortalOccupied,
    PortalPassed,
    PortalTrouble,
    ScanArrived,
    ScanRefused,
    TagSeen,
)
from station.core import holding, presenting, releasing, scan_advice, sighting
from station.core.advice_records import ScanRecorded
from station.core.records import RefusalRecorded
from station.core.turn import Turn

Surroundings = (
    ButtonEdge
    | ContactEdge
    | PaperState
    | TagSeen
    | IdentityRead
    | IdentityRefused
    | PlateSeen
    | PortalOccupied
    | PortalAlarm
    | PortalPassed
    | PortalTrouble
    | ScanArrived
    | ScanRefused
)

LASTING = frozenset({"HELP_CALLED", "RADIATION_ALARM", "CAMERA_VIEW"})
"""Alarms that no device tells anew: those that only a person ends, and what was learned over many trucks. A restart
forgets the others."""

_CONTACTS: dict[Contact, str] = {
    "cabinet-door-open": "CABINET_OPEN",
    "on-battery": "ON_BATTERY",
    "battery-low": "BATTERY_LOW",
    "xray-interlock-open": "XRAY_INTERLOCK_OPEN",
    "xray-fault": "XRAY_FAULT",
}
"""The alarm of each contact that has one; what a scanner is ready or busy with changes nothing for the lane."""

_PAPER = {"ok": "", "low": "PAPER_LOW", "out": "PAPER_OUT"}


def read(turn: Turn, device: str, reading: Surroundings) -> None:  # noqa: C901, PLR0912 - one row per reading
    """Take in a reading of a fit device."""
    match reading:
        case ButtonEdge(button=button, pressed=pressed):
            if button == "help" and pressed:
                turn.raise_alarm("HELP_CALLED", device, button, siren=False)
        case ContactEdge(contact=contact, active=active):
            _stands(turn, _CONTACTS.get(contact, ""), device, contact, active=active)
        case PaperState(paper=paper, ready=ready):
            for state, code in _PAPER.items():
                _stands(turn, code, device, state, active=paper == state)
            _stands(turn, "PRINTER_NOT_READY", device, "", active=not ready)
        case PortalAlarm(kind=kind, counts=counts):
            _radiates(turn, device, f"{kind} {'/'.join(map(str, counts))}".strip())
        case PortalTrouble(code=code):
            turn.clear_alarm("PORTAL_TROUBLE", device)
            _stands(turn, "PORTAL_TROUBLE", device, code, active=code != "none")
        case ScanArrived(scan=scan, files=files):
            turn.record(ScanRecorded(_open_crossing(turn), scan, tuple((name, sha256) for name, _, sha256 in files)))
            scan_advice.arrived(turn, scan, files)
        case ScanRefused(scan=scan, reason=reason):
            next_step = "look at the scan in the scanner's drop folder and have it sent again"
            turn.record(RefusalRecorded("device", device, f"{reason} {scan}".strip(), next_step))
        case TagSeen() | IdentityRead() | IdentityRefused():
            presenting.read(turn, device, reading)
        case PortalOccupied() | PortalPassed():
            pass
        case PlateSeen():
            sighting.seen(turn, device, reading)
        case _:
            assert_never(reading)


def advance(turn: Turn) -> None:
    """Stop the truck that an alarm of the portal concerns, as far as it can still be stopped (rule R12)."""
    if turn.state.crossing is None:
        return
    if turn.state.radiation:
        turn.set(radiation=False)
        turn.set_crossing(radiation=True)
    if turn.crossing.radiation:
        _stop(turn)


def interrupted(turn: Turn) -> None:
    """The lane was restarted: what only a person may end stands, and a load that radiates is held again."""
    crossing = turn.state.crossing
    held = crossing.hold.reason if crossing is not None and crossing.hold is not None else ""
    if crossing is not None and (crossing.radiation or held == "RADIATION_ALARM"):
        turn.set(radiation=True)
    turn.set(alarms=tuple(alarm for alarm in turn.state.alarms if alarm.code in LASTING))


def _stands(turn: Turn, code: str, device: str, detail: str, *, active: bool) -> None:
    if code and active:
        turn.raise_alarm(code, device, detail, siren=False)
    elif code:
        turn.clear_alarm(code, device)


def _open_crossing(turn: Turn) -> str:
    return turn.state.crossing.crossing if turn.state.crossing is not None else ""


def _radiates(turn: Turn, device: str, detail: str) -> None:
    """No siren: it calls people to where they must keep away from; officers get the notice."""
    turn.raise_alarm("RADIATION_ALARM", device, detail, siren=False)
    if turn.state.crossing is None:
        turn.set(radiation=True)
    else:
        turn.set_crossing(radiation=True)


def _stop(turn: Turn) -> None:
    crossing = turn.crossing
    match turn.state.phase:
        case "GATHERING" | "DECIDING":
            holding.hold(turn, "RADIATION_ALARM", "head-of-unit")
        case "HELD":
            if crossing.hold is None or crossing.hold.reason != "RADIATION_ALARM":
                holding.hold(turn, "RADIATION_ALARM", "head-of-unit")
            turn.set_crossing(radiation=False)
        case "RELEASING" if not crossing.released:
            if crossing.request == "":  # else the booking's answer comes first, and holds it
                holding.hold(turn, "RADIATION_ALARM", "head-of-unit")
        case "RELEASING":
            releasing.stopped(turn, "RADIATION_ALARM")
            turn.set_crossing(radiation=False)
        case "CLEARING" | "IDLE":  # who is under way cannot be stopped; who comes to be held will be held for this
            return
