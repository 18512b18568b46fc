"""What the manifest of a bundle says, and nothing of how it is checked: the one thing that maker and verifier share.

Hashes are lower-case hex. The form is told for others in docs/evidence.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from drivers.contract.plain import NotPlain, parse

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
ROOT, STATEMENTS, OFFICERS = "trust/root.pub", "trust/centre.signed", "trust/officers.signed"
FILES = "files/"

Form = Literal["border-gate-evidence/1"]
FORM: Form = "border-gate-evidence/1"

Gap = Literal["", "facts-elsewhere", "still-open", "too-long"]
"""Why a bundle is not complete: facts lie in an older journal file, the crossing has no end yet, or it had so many rows
that only those which name it, and their facts, are here.
"""
State = Literal["held", "missing", "damaged", "too-big"]


@dataclass(frozen=True, slots=True)
class FactLine:
    """A row of `fact`. `body` is its stored bytes as text; if they are no UTF-8, "" and `body_hex` has them."""

    fseq: int
    kind: str
    tick: int
    body: str
    body_hex: str
    outcome: str
    hash: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A row of `record`; `body` and `body_hex` as in a FactLine."""

    seq: int
    epoch: int
    facts_to: int
    facts_hash: str
    type: str
    tick: int
    utc_ms: int
    quality: str
    body: str
    body_hex: str
    hash: str


@dataclass(frozen=True, slots=True)
class FactRun:
    """Facts that follow each other; `previous` is the hash before the first of them."""

    previous: str
    rows: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class RecordRun:
    """Records that follow each other; `previous` is the hash before the first of them."""

    previous: str
    rows: tuple[RecordLine, ...]


@dataclass(frozen=True, slots=True)
class EpochLine:
    """Where the journal was begun anew behind a damage, with the reason that was given then."""

    number: int
    base_seq: int
    parent: str
    base_fseq: int
    facts_parent: str
    reason: str


@dataclass(frozen=True, slots=True)
class InForce:
    """The software and the settings under which the crossing began, as `lane.started` and `settings.applied` say."""

    core_version: str
    rules_sha256: str
    settings_sha256: str
    models: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A picture, scan or clip that the rows name, or a frame that a clip names. `member` is where it lies, "" unless it
    is held.
    """

    sha256: str
    state: State
    member: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One crossing. Without a `gap` its rows reach from its first record to its last, one behind the other.

    `trust` are (member, sha256) of the files by which the officers' signatures are checked.
    """

    form: Form
    crossing: str
    gap: Gap
    in_force: InForce | None
    facts: tuple[FactRun, ...]
    records: tuple[RecordRun, ...]
    epochs: tuple[EpochLine, ...]
    files: tuple[FileLine, ...]
    trust: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EvidenceSeal:
    """What the station signs for the purpose "evidence"; `key` is its public key."""

    crossing: str
    manifest_sha256: str
    key: str


Line = FactLine | RecordLine
Body = dict[str, Any]


def lines_of(facts: Iterable[FactRun], records: Iterable[RecordRun]) -> list[Line]:
    """All rows: the facts, then the records."""
    found: list[Line] = [line for run in facts for line in run.rows]
    return [*found, *(line for run in records for line in run.rows)]


def body_of(line: Line) -> Body:
    """The body as JSON; {} if it is none, which its hash then says."""
    try:
        body = parse(line.body.encode())
    except NotPlain:
        return {}
    return body if isinstance(body, dict) else {}


def named_files(bodies: Iterator[Body]) -> list[str]:
    """The SHA-256 of every picture and scan file that these rows name, in ascending order."""
    found: set[str] = set()
    for body in bodies:
        inner = body.get("reading") if body.get("is") == "DeviceRead" else body
        if not isinstance(inner, dict):
            continue
        if inner.get("is") in ("PictureTaken", "ReaderDiffered", "ShadowDisagreed"):
            found.add(str(inner.get("sha256", "")))
        for listed in ("pictures", "files"):
            several = inner.get(listed)
            for one in several if isinstance(several, list) else ():
                found.add(str(one[-1] if isinstance(one, list) and one else one))
    return sorted(found - {""})
