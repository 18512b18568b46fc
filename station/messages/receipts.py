"""What the centre says of what it has stored. All travel signed for the purpose "receipt"."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

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
    `takes_files`: this centre keeps evidence files; a lane sends none to one that does not say so.
    """

    station: str
    lane: str
    epoch: int
    seq: int
    hash: str
    utc_ms: int
    noticed: tuple[Held, ...] = ()
    takes_files: bool = False

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


FileAnswer = Literal["", "passed-over", "not-named", "too-large", "other-hash", "no-space", "not-kept"]
"""Beside how much of a file is stored: why it is not taken (further). no-space and not-kept pass by themselves."""
FILE_ANSWERS: tuple[FileAnswer, ...] = get_args(FileAnswer)


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """The centre has the first `stored` bytes of the evidence file `sha256` on its disk.

    If that is all of its `total`, the file has been hashed and is kept: it is delivered. `reason` says why the rest, or
    anything, is not taken: nothing then follows from `stored`. `offset` is that of the chunk which this answers.
    """

    station: str
    lane: str
    sha256: str
    total: int
    offset: int
    stored: int
    reason: str
    utc_ms: int

    @property
    def is_whole(self) -> bool:
        """The file is delivered."""
        return not self.reason and 0 < self.total == self.stored


FromReceiver = Receipt | ReplayRequest | Witness | FileReceipt
