"""The legal events of a lane. Gap-free, chained, the only thing that leaves for the centre.

`TYPES` gives each class its name on the wire; `NOTICES` are also sent at once as live copies.
A crossing is named `<station>-<lane>-E<epoch>-<number>`; one of the mode TEST has its mark before the number, so that
every row that names the crossing says so (decision 0011).
Words follow the WCO data model and UN/CEFACT where they have one. Masses in grams, codes never translated.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.faults import Fault
from drivers.contract.quantities import Grams, Millis, Permille, Tick
from drivers.contract.readings import PlateColour
from station.core.advice_records import ADVICE, Advice
from station.core.clip_records import CLIPS, Clips
from station.core.facts import Action, ClockQuality, Role
from station.core.instructed_records import INSTRUCTED, Instructed
from station.core.parameters import Mode
from station.core.presented_records import PRESENTED, Presented
from station.core.retention_records import RETENTION, Retention
from station.core.trust_records import TRUST, Trust

Verdict = Literal["PASS", "PASS_FLAG", "REFER_REMOTE", "REFER_XRAY", "REFER_PHYSICAL", "HOLD"]
End = Literal["DEPARTED", "REFERRED", "RETURNED", "ABORTED", "INTERRUPTED", "UNAUTHORISED"]

TEST_MARK = "T"
"""Stands before the number of a crossing that was opened in the mode TEST: VN-HN-I1-E1-T000001."""


@dataclass(frozen=True, slots=True)
class StationStarted:
    """lane.started"""

    core_version: str
    epoch: int
    rules_sha256: str
    settings_sha256: str
    models: tuple[tuple[str, str], ...]
    interrupted: str


@dataclass(frozen=True, slots=True)
class SettingsInForce:
    """settings.applied"""

    settings_sha256: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """lane.mode"""

    mode: Mode
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class DeviceState:
    """device.state: opened or lost; `fault` says why it was lost."""

    device: str
    fit: bool
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class CrossingOpened:
    """crossing.opened: a vehicle arrived. `previous` links an interrupted crossing."""

    crossing: str
    test: bool
    previous: str


@dataclass(frozen=True, slots=True)
class PlateIdentified:
    """crossing.identified: the agreed plate of several frames, with every raw reading and picture, and its ground."""

    crossing: str
    plate: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    confidence: Permille
    frames: int
    raw: tuple[str, ...]
    pictures: tuple[str, ...]
    colour: PlateColour = "UNSURE"


@dataclass(frozen=True, slots=True)
class DeclarationPresented:
    """crossing.document: the code that was scanned."""

    crossing: str
    declaration: str
    symbology: str


@dataclass(frozen=True, slots=True)
class WeightRecorded:
    """crossing.weighed: one weighing window; `weight_id` is its alibi number. Raw frames are in the fact `fact_seq`."""

    crossing: str
    weight_id: str
    gross: Grams
    spread: Grams
    frames: int
    took: Millis
    attempt: int


@dataclass(frozen=True, slots=True)
class FiredRule:
    """One rule that had something to say, with what was expected and what was measured (codes and integers)."""

    rule: str
    verdict: Verdict
    reason: str
    expected: str
    measured: str


@dataclass(frozen=True, slots=True)
class CrossingDecided:
    """crossing.decided: the verdict with every rule that fired; the strongest wins."""

    crossing: str
    verdict: Verdict
    reason: str
    rules: tuple[FiredRule, ...]
    list_number: int
    list_age: Millis
    declaration: str


@dataclass(frozen=True, slots=True)
class CrossingHeld:
    """crossing.held: waits for a person or for the truck to leave. `owner` is the role that must act.

    `evidence` is the digest that an act must name; "" from releases that did not tell it.
    """

    crossing: str
    reason: str
    owner: Role
    reminder: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ActRecorded:
    """act.recorded: an officer's act and what came of it; "refused" names the reason. `remote`: through the centre."""

    act_id: str
    action: Action
    crossing: str
    actor: str
    role: Role
    reason: str
    text: str
    outcome: Literal["proposed", "effective", "refused"]
    refusal: str
    key_id: str
    signature: str
    remote: bool = False


@dataclass(frozen=True, slots=True)
class CrossingReleased:
    """crossing.released: the record without which the boom never rises. `acts` names the officers' acts, if any."""

    crossing: str
    basis: Literal["RULES", "ACTS"]
    declaration: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderIssued:
    """order.issued: a motion order and its deadline."""

    order_id: str
    device: str
    order: str
    not_after: Tick
    crossing: str


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """order.ended: what became of a motion order: "confirmed" by the limit switches, or why not."""

    order_id: str
    outcome: Literal["confirmed", "refused", "expired", "unknown", "dropped", "not-confirmed"]
    detail: str
    crossing: str


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """alarm.raised"""

    code: str
    thing: str
    detail: str
    crossing: str


@dataclass(frozen=True, slots=True)
class AlarmCleared:
    """alarm.cleared"""

    code: str
    thing: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """case.opened: a referred truck waits in a bay; weights, draw and holds stay with the case."""

    case: str
    crossing: str
    declaration: str
    plate: str
    reason: str
    owner: Role


@dataclass(frozen=True, slots=True)
class CrossingCompleted:
    """crossing.completed: the closing record; carries every figure of the crossing. Durations in ms."""

    crossing: str
    revision: int
    end: End
    reason: str
    test: bool
    plate: str
    plate_confidence: Permille
    declaration: str
    gross: Grams
    weight_id: str
    expected_gross: Grams
    verdict: str
    released_by: Literal["", "RULES", "ACTS"]
    acts: tuple[str, ...]
    pictures: tuple[str, ...]
    identify: Millis
    weigh: Millis
    document: Millis
    decide: Millis
    release: Millis
    clear: Millis
    total: Millis
    touchless: bool
    previous: str
    container: str = ""
    trailer: str = ""


@dataclass(frozen=True, slots=True)
class LinkState:
    """link.state"""

    up: bool


@dataclass(frozen=True, slots=True)
class ListInForce:
    """list.applied"""

    number: int
    issued_ms: int
    entries: int


@dataclass(frozen=True, slots=True)
class SuspensionApplied:
    """suspension.applied: `late_for` names a crossing that was already released when it arrived."""

    declaration: str
    lifted: bool
    number: int
    late_for: str


@dataclass(frozen=True, slots=True)
class ErasureRecorded:
    """personal.erased: `texts` of a crossing, or of all whose term has passed (`crossing` ""), are erased for good."""

    crossing: str
    basis: Literal["ACT", "TERM"]
    act_id: str
    texts: int


@dataclass(frozen=True, slots=True)
class RefusalRecorded:
    """input.refused"""

    source: str
    thing: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class ClockState:
    """clock.state: the quality changed or the wall clock jumped by `jump_ms` against the monotonic one."""

    quality: ClockQuality
    jump_ms: int


Record = (
    StationStarted
    | SettingsInForce
    | ModeChanged
    | DeviceState
    | CrossingOpened
    | PlateIdentified
    | DeclarationPresented
    | WeightRecorded
    | CrossingDecided
    | CrossingHeld
    | ActRecorded
    | CrossingReleased
    | OrderIssued
    | OrderEnded
    | AlarmRaised
    | AlarmCleared
    | Presented
    | Advice
    | Clips
    | CaseOpened
    | CrossingCompleted
    | LinkState
    | ListInForce
    | SuspensionApplied
    | Instructed
    | Trust
    | ErasureRecorded
    | Retention
    | RefusalRecorded
    | ClockState
)

TYPES: dict[type, str] = {
    StationStarted: "lane.started",
    SettingsInForce: "settings.applied",
    ModeChanged: "lane.mode",
    DeviceState: "device.state",
    CrossingOpened: "crossing.opened",
    PlateIdentified: "crossing.identified",
    DeclarationPresented: "crossing.document",
    WeightRecorded: "crossing.weighed",
    CrossingDecided: "crossing.decided",
    CrossingHeld: "crossing.held",
    ActRecorded: "act.recorded",
    CrossingReleased: "crossing.released",
    OrderIssued: "order.issued",
    OrderEnded: "order.ended",
    AlarmRaised: "alarm.raised",
    AlarmCleared: "alarm.cleared",
    **PRESENTED,
    **ADVICE,
    **CLIPS,
    CaseOpened: "case.opened",
    CrossingCompleted: "crossing.completed",
    LinkState: "link.state",
    ListInForce: "list.applied",
    SuspensionApplied: "suspension.applied",
    **INSTRUCTED,
    **TRUST,
    ErasureRecorded: "personal.erased",
    **RETENTION,
    RefusalRecorded: "input.refused",
    ClockState: "clock.state",
}

NOTICES: frozenset[type] = frozenset({AlarmRaised, ActRecorded, CrossingHeld, CrossingCompleted, CrossingReleased})


@dataclass(frozen=True, slots=True)
class Stamped:
    """A record as the core hands it over: numbered, timed, and caused by the fact at index `cause` of this turn."""

    seq: int
    tick: Tick
    utc_ms: int
    quality: ClockQuality
    cause: int
    record: Record
