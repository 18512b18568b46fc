"""What a lane says about itself (retained on `state`) and about downlinks it refused (`up/report`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LaneState:
    """The lane is (not) connected, and what it holds: from this the centre knows what to send again.

    Every suspension up to `suspension_number` has been applied; one beyond a gap is not counted yet. `trust_serial` is
    that of the root's statement which the courier obeys, 0 before the first; `officers_number` that of the officers'
    file. The last will is the same message with `online` false. `boot` differs for each start of the courier. With
    `full_list` it needs the next list whole and takes no delta. A number of -1 says that it takes nothing of that kind.
    `disk` is the level of the disk's room (a code, "" while unknown), with `free_mib` and for how many days the room
    lasts, as in `disk.state`; -1 while unknown.
    """

    station: str
    lane: str
    online: bool
    boot: str
    list_number: int
    suspension_number: int
    decision_number: int = 0
    trust_serial: int = 0
    officers_number: int = 0
    full_list: bool = True
    watchlist_number: int = -1
    rules_number: int = -1
    proposal_number: int = -1
    disk: str = ""
    free_mib: int = -1
    days_left: int = -1


@dataclass(frozen=True, slots=True)
class DownlinkReport:
    """The lane refused a downlink. `reason` is a code; `thing` and `next_step` are short text for the log."""

    station: str
    lane: str
    thing: str
    reason: str
    next_step: str
    utc_ms: int


FromLane = LaneState | DownlinkReport
