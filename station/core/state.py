"""The whole memory of a lane between two facts: frozen, canonical, small (law L12: <= 16 KB at IDLE)."""

from dataclasses import dataclass, field
from typing import Literal

from drivers.contract.quantities import Grams, Millis, Permille, Tick
from drivers.contract.readings import BoomPosition, LightColour, PlateColour, PlateRead, ViewMeasured
from station.core.camera_view import CameraView
from station.core.clip_windows import Clip, Footage
from station.core.container_consensus import Container
from station.core.container_looks import ContainerLooks
from station.core.disk_level import DiskLevel
from station.core.facts import ClockQuality, EligibleEntry, Role
from station.core.instructed_records import RulesInForce
from station.core.offers import Offer
from station.core.parameters import LaneParameters, Limits, Mode, Parts, Sensors
from station.core.presented_records import PlateSighted
from station.core.records import End, FiredRule, Verdict
from station.core.scan_looks import ScanLooks
from station.core.seal_looks import SealLooks
from station.core.trailer_looks import Trailer, TrailerLooks
from station.core.trust_records import TrustInForce

CORE_VERSION = "6"
"""Raised with every change that makes old facts lead to other records."""

Phase = Literal["IDLE", "GATHERING", "DECIDING", "RELEASING", "CLEARING", "HELD"]
Presence = Literal["free", "occupied", "unknown"]
Progress = Literal["waiting", "under", "leaving", "gone"]
Instruction = Literal[
    "WAIT",
    "DRIVE_ONTO_SCALE",
    "STOP_SHOW_CODE",
    "STAY",
    "GO",
    "GO_TO_BAY",
    "GO_TO_ISOLATION",
    "REVERSE_OUT",
    "LANE_CLOSED",
]

NEVER = Tick(-1)
"""A tick that has not come."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as far as the core cares. Not in the list = never opened; `fit` False = its readings do not count."""

    name: str
    fit: bool
    motion_bounded: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A presence detector, loop or light barrier: what it says and since when."""

    presence: Presence = "unknown"
    since: Tick = NEVER


@dataclass(frozen=True, slots=True)
class InFlight:
    """An order that has been sent and has not ended. `crossing` is the one it was given for, "" for none."""

    order_id: str
    device: str
    order: str
    overdue: Tick
    crossing: str


@dataclass(frozen=True, slots=True)
class Motion:
    """A boom order that waits for its limit switch until `confirm_by`."""

    order_id: str
    target: Literal["up", "down"]
    confirm_by: Tick
    crossing: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture that waits for the reader."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Plate:
    """The agreed plate. `doubted`: the frames would have it ACCEPTED, but their camera's view is in doubt, or no plate
    of this text has such a `colour`.
    """

    text: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    confidence: Permille
    frames: int
    doubted: bool = False
    colour: PlateColour = "UNSURE"


@dataclass(frozen=True, slots=True)
class Weight:
    """A recorded weight."""

    weight_id: str
    gross: Grams
    spread: Grams


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules said."""

    verdict: Verdict
    reason: str
    rules: tuple[FiredRule, ...]
    list_number: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Why the truck waits, who must act, and when the next reminder is due. `referred`: it is to go to a bay."""

    reason: str
    owner: Role
    since: Tick
    reminders: int
    referred: bool
    returning: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first of two persons has spoken."""

    act_id: str
    actor: str
    role: Role
    until: Tick
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class EarlyTag:
    """A tag that was seen while no truck was in the lane that it could belong to."""

    device: str
    epc: str
    antenna: int
    rssi: int
    seen: Tick


@dataclass(frozen=True, slots=True)
class EarlySighting:
    """A plate that a camera saw while no truck was in the lane that it could belong to; its crossing is still ""."""

    sighted: PlateSighted
    at: Tick


@dataclass(frozen=True, slots=True)
class Crossing:
    """One truck's visit. Unreleased, it was `under_seen` (under the boom) or `broke_out` (there and at the exit).

    Since its release: somebody `behind` it is coming onto the deck or is on it; so many `fronts_at_deck_end` and
    `fronts_under_boom` have broken the beams there, its own included.

    `radiation`: an alarm of the portal concerns it and has not stopped it yet. `ticketed` is the instruction that its
    newest ticket, ordered as `ticket_order`, says. `tags` are those recorded of it; `documents` and
    `refused_documents` count what its driver showed; from `light_at` on, code readers are lit again, and the next
    picture is not taken before `picture_at`. `view` is what one of its pictures says of the camera,
    `container_looks` how far the container cameras are, `container` what came of it; so `trailer_looks`, `trailer`.
    `scan_looks` is how far its X-ray scans are, `seal_looks` how far the seal cameras.
    """

    crossing: str
    opened: Tick
    test: bool
    previous: str
    changed_seq: int = 0
    whole_since: Tick = NEVER
    was_whole: bool = False
    reversed: bool = False
    under_seen: bool = False
    broke_out: bool = False
    pending: tuple[Picture, ...] = ()
    pictures: tuple[str, ...] = ()
    reads: tuple[PlateRead, ...] = ()
    taken: int = 0
    picture_at: Tick = NEVER
    plate: Plate | None = None
    weight: Weight | None = None
    weighings: int = 0
    failed_weighings: int = 0
    reweigh: bool = False
    declaration: str = ""
    refused_codes: int = 0
    request: str = ""
    entry: EligibleEntry | None = None
    decision: Decision | None = None
    hold: Hold | None = None
    proposal: Proposal | None = None
    acts: tuple[str, ...] = ()
    by_acts: bool = False
    booked: bool = False
    released: bool = False
    release_tries: int = 0
    progress: Progress = "waiting"
    exit_seen: bool = False
    follower: bool = False
    behind: Literal["", "entering", "on"] = ""
    fronts_at_deck_end: int = 0
    fronts_under_boom: int = 0
    then_hold: str = ""
    ending: End | Literal[""] = ""
    ending_reason: str = ""
    identified_at: Tick = NEVER
    weighed_at: Tick = NEVER
    documented_at: Tick = NEVER
    decided_at: Tick = NEVER
    released_at: Tick = NEVER
    under_at: Tick = NEVER
    radiation: bool = False
    ticketed: Instruction | Literal[""] = ""
    ticket_order: str = ""
    tags: tuple[str, ...] = ()
    sightings: tuple[PlateSighted, ...] = ()
    documents: int = 0
    refused_documents: int = 0
    light_at: Tick = NEVER
    view: ViewMeasured | None = None
    container_looks: ContainerLooks = field(default_factory=ContainerLooks)
    container: Container | None = None
    scan_looks: ScanLooks = field(default_factory=ScanLooks)
    seal_looks: SealLooks = field(default_factory=SealLooks)
    trailer_looks: TrailerLooks = field(default_factory=TrailerLooks)
    trailer: Trailer | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A standing alarm; `siren` while it sounds."""

    code: str
    thing: str
    siren: bool


@dataclass(frozen=True, slots=True)
class LaneState:
    """Everything `step` knows. `seq` is the number of the newest record, `ordered_mode` the newest by an act.

    `sign` and `said` are the instruction that the sign shows and the voice has said of this crossing; `radiation`: an
    alarm of the portal waits for the truck that it concerns. `held_evidence` are crossings under legal hold, `clips`
    those that cameras still keep.
    """

    core_version: str = CORE_VERSION
    epoch: int = 1
    seq: int = 0
    starts: int = 0
    counter: int = 0
    crossings: int = 0
    parameters: LaneParameters | None = None
    settings_sha256: str = ""
    tick: Tick = NEVER
    utc_ms: int = 0
    utc_tick: Tick = NEVER
    quality: ClockQuality = "unsynced"
    mode: Mode = "CLOSED"
    ordered_mode: Mode | Literal[""] = ""
    devices: tuple[Device, ...] = ()
    entry: Loop = Loop()
    under_boom: Loop = Loop()
    exit: Loop = Loop()
    boom_beam: Loop = Loop()
    deck_entry_beam: Loop = Loop()
    deck_exit_beam: Loop = Loop()
    boom: BoomPosition | Literal["unknown"] = "unknown"
    boom_since: Tick = NEVER
    deck: Grams = Grams(0)
    deck_known: bool = False
    deck_moving: bool = False
    deck_since: Tick = NEVER
    light: LightColour | Literal["unknown"] = "unknown"
    light_order: str = ""
    siren: Literal["on", "off", "unknown"] = "unknown"
    siren_order: str = ""
    assert_after: Tick = NEVER
    orders: tuple[InFlight, ...] = ()
    motion: Motion | None = None
    lower_tries: int = 0
    lower_after: Tick = NEVER
    phase: Phase = "IDLE"
    phase_since: Tick = NEVER
    crossing: Crossing | None = None
    interrupted: str = ""
    alarms: tuple[Alarm, ...] = ()
    recent_acts: tuple[str, ...] = ()
    link_up: bool = False
    list_number: int = 0
    list_issued_ms: int = 0
    early_tags: tuple[EarlyTag, ...] = ()
    early_sightings: tuple[EarlySighting, ...] = ()
    trust: TrustInForce = field(default_factory=TrustInForce)
    root: str = ""
    station_key: str = ""
    radiation: bool = False
    sign: Instruction | Literal["unknown"] = "unknown"
    sign_order: str = ""
    sign_after: Tick = NEVER
    said: Instruction | Literal[""] = ""
    camera_view: CameraView = field(default_factory=CameraView)
    disk: DiskLevel = "OK"
    held_evidence: tuple[str, ...] = ()
    clips: tuple[Clip, ...] = ()
    footage: Footage = field(default_factory=Footage)
    own_limits: Limits = field(default_factory=Limits)
    rules: RulesInForce = field(default_factory=RulesInForce)
    next_rules: RulesInForce | None = None
    offers: tuple[Offer, ...] = ()


def parts(state: LaneState) -> Parts:
    """Which device plays which part."""
    return state.parameters.parts if state.parameters else Parts()


def sensors(state: LaneState) -> Sensors:
    """Which light barriers are fitted, and which device reports each."""
    return state.parameters.sensors if state.parameters else Sensors()


def utc_at(state: LaneState, tick: Tick) -> int:
    """UTC in ms at `tick`, from the newest Clock fact; 0 if the lane never had one."""
    return 0 if state.utc_tick == NEVER else state.utc_ms + (tick - state.utc_tick)


def list_age(state: LaneState, issued_ms: int) -> Millis:
    """How old a list issued at `issued_ms` is now."""
    return Millis(utc_at(state, state.tick) - issued_ms)


def is_fit(state: LaneState, name: str) -> bool:
    """True if the device is open and its readings count (law L7)."""
    return any(device.name == name and device.fit for device in state.devices)


def has_alarm(state: LaneState, code: str) -> bool:
    """True while an alarm of that code stands."""
    return any(alarm.code == code for alarm in state.alarms)


def boom_permitted(state: LaneState) -> bool:
    """A crossing in progress accounts for a boom that is not down."""
    return state.phase in ("RELEASING", "CLEARING") and state.crossing is not None and state.crossing.released


def instruction(state: LaneState) -> Instruction:
    """What the driver is told; law L13: always one, and it never contradicts the light and the boom."""
    if state.mode == "CLOSED" and state.crossing is None:
        return "LANE_CLOSED"
    crossing = state.crossing
    if crossing is None:
        ready = state.parameters is not None and not has_alarm(state, "GATE_OPEN")
        return "DRIVE_ONTO_SCALE" if ready else "WAIT"
    match state.phase:
        case "GATHERING":
            if not crossing.was_whole:
                return "DRIVE_ONTO_SCALE"
            return "STOP_SHOW_CODE" if crossing.declaration == "" else "STAY"
        case "RELEASING" | "CLEARING":
            return "GO" if state.light == "green" else "STAY"
        case "HELD":
            hold = crossing.hold
            if hold is not None and hold.returning:
                return "REVERSE_OUT"
            if hold is None or not hold.referred:
                return "STAY"
            return "GO_TO_ISOLATION" if hold.reason == "RADIATION_ALARM" else "GO_TO_BAY"
        case "IDLE" | "DECIDING":
            return "STAY"
