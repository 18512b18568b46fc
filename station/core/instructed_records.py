"""Records of what the centre sent beyond lists and suspensions, and of files that an officer brought in its place."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class InstructionsInForce:
    """instructions.applied: instructions of the centre whose content nobody is told."""

    number: int


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """rules.applied: the centre's limits, by name; of each and the station's own the stricter counts from here on."""

    number: int = 0
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRecorded:
    """downlink.imported: the file of signed downlinks that the act `act_id` brought, and what became of them.

    `sha256` (hex) is the file's; `reason` the first refusal's code, or why it was not read. Each refusal also stands in
    a row of its own.
    """

    act_id: str
    actor: str
    sha256: str
    things: tuple[str, ...]
    repeated: int
    refused: int
    reason: str


@dataclass(frozen=True, slots=True)
class SettingsProposed:
    """settings.proposed: the centre proposes `changes` (dotted keys, new values as TOML); nothing is changed by it.

    `sha256` (hex) names the proposal, `settings_sha256` the settings that it is meant for, until `valid_until_ms`.
    """

    number: int
    sha256: str
    settings_sha256: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class ProposalAnswered:
    """settings.answered: a person at the station took the proposal up or turned it down, by the act `act_id`.

    `result_sha256` (hex) are the settings that come of it once the lane begins anew; "" if it was turned down.
    """

    number: int
    sha256: str
    answer: Literal["TAKEN_UP", "TURNED_DOWN"]
    act_id: str
    result_sha256: str


Instructed = InstructionsInForce | RulesInForce | ImportRecorded | SettingsProposed | ProposalAnswered

INSTRUCTED: dict[type, str] = {
    InstructionsInForce: "instructions.applied",
    RulesInForce: "rules.applied",
    ImportRecorded: "downlink.imported",
    SettingsProposed: "settings.proposed",
    ProposalAnswered: "settings.answered",
}
"""Part of `records.TYPES`."""
