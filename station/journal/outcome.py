"""The digest of what a turn led to. Stored with the turn's last fact; a replay must come to the same."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from drivers.contract.plain import canonical
from station.core.effects import Effect
from station.core.records import Stamped
from station.core.state import LaneState


class TurnOutcome(Protocol):
    """What `station.core.step.Step` is."""

    @property
    def state(self) -> LaneState: ...
    @property
    def records(self) -> Sequence[Stamped]: ...
    @property
    def effects(self) -> Sequence[Effect]: ...


def outcome_digest(step: TurnOutcome) -> bytes:
    """SHA-256 (32 bytes) over the canonical forms of state, records and effects, one after the other."""
    digest = hashlib.sha256()
    for part in (step.state, tuple(step.records), tuple(step.effects)):
        digest.update(canonical(part))
    return digest.digest()
