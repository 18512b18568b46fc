"""The legal events of what is kept and what goes: the disk's state, and evidence that is dropped (decision 0036)."""

from dataclasses import dataclass
from typing import Literal

from station.core.disk_level import DiskLevel

EvidenceClass = Literal["customs_record", "video", "personal", "diagnostic"]
"""Each has its own clock. The journal and the evidence of disputed crossings are customs_record; pictures and clips of
cleared trucks are video; what an identity document says is personal; flight recordings are diagnostic.
"""

DropReason = Literal["TERM", "PRESSURE"]


@dataclass(frozen=True, slots=True)
class DiskChanged:
    """disk.state: the level changed, or a day has passed. `free_mib`: on the data folder's disk. `days_left` until the
    lane would close if nothing were dropped early, -1 while unknown.
    """

    level: DiskLevel
    free_mib: int
    days_left: int


@dataclass(frozen=True, slots=True)
class EvidenceDropped:
    """evidence.dropped: so many files of a class are deleted, because their term has passed or the disk is full.

    `first` and `last` are the crossings they belonged to, or clips that belong to none, "" for diagnostics; the fact
    names each file. It is written before anything is deleted.
    """

    evidence: EvidenceClass
    reason: DropReason
    files: int
    bytes: int
    first: str
    last: str


RETENTION: dict[type, str] = {DiskChanged: "disk.state", EvidenceDropped: "evidence.dropped"}
"""Part of `records.TYPES`."""

Retention = DiskChanged | EvidenceDropped
