"""Facts about what the station keeps: personal data, evidence on its disk, files that were brought, second copies."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Tick
from station.core.disk_level import DiskLevel
from station.core.retention_records import DropReason, EvidenceClass

CopyFault = Literal["", "no-folder", "no-space", "not-writable", "not-readable", "no-key", "timed-out"]


@dataclass(frozen=True, slots=True)
class PersonalErased:
    """Answer to `ErasePersonal`, or, with `crossing` and `act_id` "", texts whose term has passed are erased.

    `texts` says how many; with a `fault` nothing is certain.
    """

    tick: Tick
    crossing: str
    act_id: str
    texts: int
    fault: Literal["", "not-erased"] = ""


@dataclass(frozen=True, slots=True)
class DiskJudged:
    """The level of the data folder's disk, told when it changes and once a day. `days_left` is -1 while unknown."""

    tick: Tick
    level: DiskLevel
    free_mib: int
    days_left: int


@dataclass(frozen=True, slots=True)
class EvidenceDue:
    """Files of one class that may go now: `paths` in the data folder, `bytes` in all, and whose they are, oldest first
    (`crossings`, or clips that belong to none). Delivered, not under hold, past their term or under pressure: the shell
    has looked, the core looks again.
    """

    tick: Tick
    evidence: EvidenceClass
    reason: DropReason
    crossings: tuple[str, ...]
    paths: tuple[str, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class FileImported:
    """Answer to `TakeFile`: what became of the signed downlinks in the file with this SHA-256 (hex).

    `things` names those that were applied; `reason` is the first refusal's code, or why the file was not read at all.
    """

    tick: Tick
    act_id: str
    actor: str
    sha256: str
    things: tuple[str, ...]
    repeated: int
    refused: int
    reason: str


@dataclass(frozen=True, slots=True)
class CopyMade:
    """The signed copy for the second place was written to `folder`, or, with a `fault`, was not."""

    tick: Tick
    folder: str
    file: str
    fault: CopyFault
