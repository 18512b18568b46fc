"""What else is around a lane: light barriers, buttons, contacts, tags, documents, portals, scans, paper."""

from typing import assert_never

from drivers.contract.readings import (
    BeamEdge,
    ButtonEdge,
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
from station.core.turn import Turn

Surroundings = (
    BeamEdge
    | ButtonEdge
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


def read(turn: Turn, device: str, reading: Surroundings) -> None:  # noqa: ARG001 - see CHANGELOG: not used yet
    """Take in a reading of a fit device."""
    match reading:
        case BeamEdge() | ButtonEdge() | ContactEdge() | PaperState():
            pass
        case TagSeen() | IdentityRead() | IdentityRefused() | PlateSeen():
            pass
        case PortalOccupied() | PortalAlarm() | PortalPassed() | PortalTrouble() | ScanArrived() | ScanRefused():
            pass
        case _:
            assert_never(reading)
