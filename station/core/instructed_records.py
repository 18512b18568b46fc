"""Records of what the centre sent beyond lists and suspensions, and of files that an officer brought in its place."""

from dataclasses import dataclass


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


Instructed = InstructionsInForce | RulesInForce | ImportRecorded

INSTRUCTED: dict[type, str] = {
    InstructionsInForce: "instructions.applied",
    RulesInForce: "rules.applied",
    ImportRecorded: "downlink.imported",
}
"""Part of `records.TYPES`."""
