"""What the centre says about the record stream. All travel signed for the purpose "receipt"."""

import re
from dataclasses import dataclass

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Held:
    """The centre has stored the live copy of record `seq` of `epoch`, whose `hash` is this (hex, SHA-256)."""

    epoch: int
    seq: int
    hash: str

    @property
    def is_sound(self) -> bool:
        """Whether epoch, seq and hash are of a possible form."""
        return 0 <= self.epoch < 2**63 and 0 <= self.seq < 2**63 and bool(_HASH.fullmatch(self.hash))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The centre has stored every record of the lane up to `seq`, the last of which has this `hash` (hex, SHA-256).

    `seq` 0 (epoch 0, hash of 32 zero bytes) means: nothing yet. `utc_ms` is the centre's clock, for the log only.
    `noticed`: notices that are stored since the last receipt. They move nothing: the stream brings their records.
    """

    station: str
    lane: str
    epoch: int
    seq: int
    hash: str
    utc_ms: int
    noticed: tuple[Held, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether epochs, numbers and hashes are of a possible form."""
        return all(held.is_sound for held in (Held(self.epoch, self.seq, self.hash), *self.noticed))


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """The centre misses records: send again what follows `after_seq`. Moves no watermark."""

    station: str
    lane: str
    after_seq: int
    utc_ms: int


@dataclass(frozen=True, slots=True)
class Witness:
    """The centre's own chain of the lane has this `hash` (hex) at `seq` of `epoch`, as the lane's checkpoint says.

    Kept beside the checkpoint: who rewrites the lane's journal and the centre's database has not the centre's key.
    """

    station: str
    lane: str
    epoch: int
    seq: int
    hash: str
    utc_ms: int


FromReceiver = Receipt | ReplayRequest | Witness
