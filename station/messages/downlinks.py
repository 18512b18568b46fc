"""What the centre sends to a lane, each signed for its own purpose, numbered and expiring; never retained.

Numbers grow by station and kind. Times are UTC milliseconds.
"""

from dataclasses import dataclass
from typing import Literal

from station.core.facts import EligibleEntry


@dataclass(frozen=True, slots=True)
class EligibleList:
    """Every declaration that may pass, in full: what is not in it may not. Purpose "list".

    It is accepted until `valid_until_ms`; how old the list in force may be is the lane's own limit.
    """

    station: str
    office: str
    number: int
    issued_ms: int
    valid_until_ms: int
    entries: tuple[EligibleEntry, ...]


@dataclass(frozen=True, slots=True)
class Suspension:
    """A declaration is suspended or, with `lifted`, no longer suspended. Purpose "suspension"."""

    station: str
    declaration: str
    lifted: bool
    number: int
    issued_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a central officer decided about one held crossing. Purpose "decision".

    `act` is the OfficerAct in wire form, signed with the officer's own key: the lane judges it.
    """

    station: str
    lane: str
    act: str
    number: int
    issued_ms: int
    valid_until_ms: int


Downlink = EligibleList | Suspension | Decision
DownlinkKind = Literal["list", "suspension", "decision"]
