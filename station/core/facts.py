"""Everything that can happen to a lane. The only input of `step`; each is one row of the `fact` table.

Every fact has the tick at which the lane received it. Facts never carry names, identity-card fields or
watchlist entries: the shell seals those into `personal.db` first and the fact carries their HMAC.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.driver import AnswerCode
from drivers.contract.faults import Fault
from drivers.contract.quantities import Grams, Tick
from drivers.contract.readings import Reading
from station.core.keeping_facts import CopyMade, DiskJudged, EvidenceDue, FileImported, PersonalErased
from station.core.parameters import LaneParameters, Mode

ClockQuality = Literal["synced", "holdover", "unsynced"]
Role = Literal["officer", "head-of-unit", "technician"]
Action = Literal[
    "release",
    "return",
    "acknowledge",
    "set-mode",
    "erase",
    "import",
    "hold-evidence",
    "free-evidence",
    "allow-learning",
    "forbid-learning",
    "accept-settings",
    "reject-settings",
]


@dataclass(frozen=True, slots=True)
class LaneStarted:
    """The process began (or began again). The first fact of its run, so it brings the clock with it.

    Nothing may be told before it: the state that was recovered still believes what it last heard.
    """

    tick: Tick
    utc_ms: int
    quality: ClockQuality
    core_version: str
    epoch: int
    rules_sha256: str
    settings_sha256: str
    models: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SettingsApplied:
    """The lane parameters in force from here on."""

    tick: Tick
    parameters: LaneParameters


@dataclass(frozen=True, slots=True)
class Clock:
    """What the wall clock said at `tick`, and how far it may be trusted."""

    tick: Tick
    utc_ms: int
    quality: ClockQuality


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A tick that `due(state)` asked for has come."""

    tick: Tick


@dataclass(frozen=True, slots=True)
class DeviceOpened:
    """A worker has opened its device; what it reported before is void."""

    tick: Tick
    device: str
    kind: str
    detail: str
    motion_bounded: bool


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A worker faulted, hung or died; nothing the device said counts until it is opened again."""

    tick: Tick
    device: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class DeviceRead:
    """A reading of a device."""

    tick: Tick
    device: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """What the worker said of an order."""

    tick: Tick
    order_id: str
    answer: AnswerCode
    detail: str


@dataclass(frozen=True, slots=True)
class OrdersDropped:
    """These orders were not sent: the commit took too long, or a later fact of the same turn had made them void."""

    tick: Tick
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EligibleEntry:
    """One declaration that may pass, as the centre's signed list states it. Masses in grams, times in UTC ms.

    `tare` is tractor, trailer and container together; `plate` is normalised.
    """

    declaration: str
    office: str
    plate: str
    trailer: str
    container: str
    goods: Grams
    tare: Grams
    status: Literal["cleared", "released", "to-storage", "to-inspection"]
    channel: Literal["green", "yellow", "red"]
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Answer to `LookUp`: what the local copy of the list says. `entry` is None if the list has no such declaration.

    With a `fault` nothing is known: list or ledger could not be read. `instructed`: the centre wants this one
    inspected; why is nowhere said, and what it looks for stands in no fact.
    """

    tick: Tick
    request_id: str
    declaration: str
    entry: EligibleEntry | None
    suspended: bool
    spent_by: str
    list_number: int
    list_issued_ms: int
    fault: Literal["", "LIST_UNAVAILABLE", "LEDGER_UNAVAILABLE"] = ""
    instructed: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """Answer to `Spend`: the re-check at the instant of release, one transaction over list, suspension and ledger."""

    tick: Tick
    request_id: str
    accepted: bool
    reason: Literal[
        "", "NOT_ELIGIBLE", "ENTRY_CHANGED", "SUSPENDED", "ALREADY_SPENT", "LIST_UNAVAILABLE", "LEDGER_UNAVAILABLE"
    ]
    holder: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """The centre suspended (or, with `lifted`, no longer suspends) a declaration."""

    tick: Tick
    declaration: str
    lifted: bool
    number: int


@dataclass(frozen=True, slots=True)
class ListChanged:
    """A new eligible list is in force."""

    tick: Tick
    number: int
    issued_ms: int
    entries: int


@dataclass(frozen=True, slots=True)
class InstructionsChanged:
    """New instructions of the centre, of the kind that nobody is told the content of, are in force."""

    tick: Tick
    number: int


@dataclass(frozen=True, slots=True)
class RulesArrived:
    """Rules of the centre: the limits that it narrows, by name. They take force in an empty lane."""

    tick: Tick
    number: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ProposalArrived:
    """The centre proposes other settings to the people of this lane: dotted keys and their new values as TOML.

    `sha256` (hex) names the proposal, `settings_sha256` the settings that it is meant for.
    """

    tick: Tick
    number: int
    sha256: str
    settings_sha256: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The way to the centre came up or went down."""

    tick: Tick
    up: bool


@dataclass(frozen=True, slots=True)
class OfficerAct:
    """What an officer signed for one lane ("<station>/<lane>"); `crossing` is "" for acts on the lane itself,
    `mode` only with set-mode. "erase" names a crossing that has ended, whose personal data are to be erased;
    "hold-evidence" and "free-evidence" one whose evidence is under legal hold from now on, or no longer.
    "allow-learning" lets crops of plates be collected here for `station learn`, until "forbid-learning". "import"
    has the SHA-256 (hex) of a file of signed downlinks as its `digest`; "accept-settings" and "reject-settings" that of
    a proposal, and the first of them as its `text` the hash of the settings that come of it.

    `seen_seq` is the newest record the officer was shown; `digest` the evidence digest shown (`evidence_digest`).
    """

    act_id: str
    lane: str
    action: Action
    crossing: str
    seen_seq: int
    digest: str
    actor: str
    role: Role
    reason: str
    text: str
    not_after_ms: int
    mode: Mode | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class ActReceived:
    """An act whose signature and role the lane has verified; `signature` is kept as proof.

    `remote`: it came as a decision of the centre, from somebody who does not see the lane.
    """

    tick: Tick
    act: OfficerAct
    key_id: str
    signature: str
    remote: bool = False


@dataclass(frozen=True, slots=True)
class TrustApplied:
    """The files of trust as the lane now believes them: the officers' number and the SHA-256 (hex) of what was signed,
    the ids of all revoked keys, and the highest statement number of each centre key; serial and SHA-256 (hex) of the
    root's newest whole statement, 0 and "" without one.
    """

    tick: Tick
    officers_number: int
    officers_sha256: str
    revoked: tuple[str, ...]
    statements: tuple[tuple[str, int], ...]
    serial: int = 0
    statement_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who confirmed something with a credential of their own: account, role and key id."""

    actor: str
    role: Role
    key_id: str


@dataclass(frozen=True, slots=True)
class RootAccepted:
    """Two persons have compared the root's fingerprint (hex) with the printed letter; `signed` are their words."""

    tick: Tick
    fingerprint: str
    persons: tuple[Person, ...]
    signed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StationKeyTaken:
    """The station signs with `key` (public, hex) from here on; `change` is the word of the old and the new key on it,
    "" for the first one or where the old one was lost.
    """

    tick: Tick
    key: str
    change: str


@dataclass(frozen=True, slots=True)
class InputRefused:
    """Something came in that is not acceptable: from where, what is wrong, what to do next. Codes and short text."""

    tick: Tick
    source: Literal["act", "downlink", "device", "settings", "model", "journal", "trust"]
    thing: str
    reason: str
    next_step: str


Fact = (
    LaneStarted
    | SettingsApplied
    | Clock
    | TimePassed
    | DeviceOpened
    | DeviceLost
    | DeviceRead
    | OrderAnswered
    | OrdersDropped
    | LookedUp
    | Spent
    | Suspended
    | ListChanged
    | InstructionsChanged
    | RulesArrived
    | ProposalArrived
    | LinkChanged
    | ActReceived
    | PersonalErased
    | DiskJudged
    | EvidenceDue
    | FileImported
    | CopyMade
    | TrustApplied
    | RootAccepted
    | StationKeyTaken
    | InputRefused
)
