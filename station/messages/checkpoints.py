"""What a lane states about its own record: the head of both chains, signed with the station's key ("checkpoint")."""

import re
from dataclasses import dataclass

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The newest record is `seq` of `epoch` with `hash`, the newest fact `fseq` with `fact_hash` (hex, SHA-256).

    Every row before either is under these two hashes. `utc_ms` is the lane's clock, for people only.
    """

    station: str
    lane: str
    epoch: int
    seq: int
    hash: str
    fseq: int
    fact_hash: str
    utc_ms: int

    @property
    def is_sound(self) -> bool:
        """Whether numbers and hashes are of a possible form."""
        numbers = all(0 < number < 2**63 for number in (self.epoch, self.seq, self.fseq))
        return numbers and all(_HASH.fullmatch(text) for text in (self.hash, self.fact_hash))
