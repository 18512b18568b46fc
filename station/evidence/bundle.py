"""One crossing as one file that anybody can check without the station. The same crossing gives the same bytes.

What the rows name and the disk no longer holds is named as missing; nothing is left out silently. Names and document
numbers of persons are not in it: a fact carries only their HMAC, and `personal.db` is never opened here.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drivers.contract.plain import encode
from station.evidence.clips import MOST_INDEXES, IndexRoom, frames_named, indexes_named
from station.evidence.gather import CrossingRows
from station.evidence.manifest import (
    FILES,
    FORM,
    MANIFEST,
    SIGNATURE,
    EvidenceSeal,
    FileLine,
    Manifest,
    body_of,
    lines_of,
    named_files,
)
from station.evidence.plain_zip import LARGEST_FILE, LARGEST_HELD, LARGEST_MEMBER, MOST_MEMBERS, PlainZip
from station.evidence.refusal import NotBundled
from station.evidence.stored import stored_file
from station.journal.reader import JournalReader
from station.trust.keys import PrivateKey
from station.trust.signed import sign

_ENDING = re.compile(r"(\.[a-z0-9]{1,8}){1,2}")
_ROOM = LARGEST_FILE - 2 * LARGEST_HELD - MOST_INDEXES
"""For pictures, scans and frames; the rest is for the clips' indexes, manifest, signature and files of trust."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundle was written: its manifest, and the SHA-256 and size of the file."""

    manifest: Manifest
    sha256: str
    size: int


def make_bundle(
    reader: JournalReader,
    crossing: str,
    evidence: Path,
    key: PrivateKey,
    trust: Mapping[str, bytes],
    out: Path,
) -> Bundled:
    """Write the bundle of `crossing` to `out`, a new file; pictures come from the folder `evidence`.

    `trust` are the files of trust by their member names. Raises NotBundled, Unreadable, FileExistsError, OSError; then
    there is no `out`.
    """
    rows = CrossingRows(reader, crossing)
    rows.refuse_personal()
    with out.open("xb") as stream:
        try:
            manifest = _write(stream, rows, crossing, evidence, key, trust)
        except BaseException:
            with suppress(OSError):
                out.unlink()
            raise
    with out.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Bundled(manifest, digest, out.stat().st_size)


def _write(
    stream: IO[bytes],
    rows: CrossingRows,
    crossing: str,
    evidence: Path,
    key: PrivateKey,
    trust: Mapping[str, bytes],
) -> Manifest:
    facts, records = rows.fact_runs(), rows.record_runs()
    packed = PlainZip(stream)
    room = _ROOM
    files: list[FileLine] = []
    bodies = [body_of(line) for line in lines_of(facts, records)]
    clips = indexes_named(bodies, crossing)
    places = MOST_MEMBERS - 10 - len(clips)
    for sha256 in sorted({*named_files(iter(bodies)), *clips, *_frames(clips, evidence)}):
        if sha256 in clips:  # without it nothing would name its frames
            files.append(_pack(packed, evidence, sha256, MOST_INDEXES))
            continue
        line = _pack(packed, evidence, sha256, room if places > 0 else 0)
        room, places = room - line.size, places - (line.state == "held")
        files.append(line)
    listed = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in sorted(trust.items()))
    manifest = Manifest(FORM, crossing, rows.gap, rows.in_force, facts, records, rows.epochs(), tuple(files), listed)
    data = encode(manifest)
    if len(data) > LARGEST_HELD:
        raise NotBundled("crossing-too-long", crossing, f"{len(data)} bytes of rows")
    packed.add(MANIFEST, data)
    seal = EvidenceSeal(crossing, hashlib.sha256(data).hexdigest(), key.public.text)
    packed.add(SIGNATURE, sign("evidence", seal, key).to_wire())
    for name in sorted(trust):
        packed.add(name, trust[name])
    packed.close()
    return manifest


def _pack(packed: PlainZip, evidence: Path, sha256: str, room: int) -> FileLine:
    """Add the file of this content, if the disk has it and there is room."""
    path = stored_file(evidence, sha256)
    if path is None:
        return FileLine(sha256, "missing", "", 0)
    try:
        if path.stat().st_size > min(room, LARGEST_MEMBER):
            return FileLine(sha256, "too-big", "", 0)
        data = path.read_bytes()
    except FileNotFoundError:  # its term ended just now
        return FileLine(sha256, "missing", "", 0)
    if hashlib.sha256(data).hexdigest() != sha256:
        return FileLine(sha256, "damaged", "", 0)
    ending = path.name.removeprefix(sha256).lower()
    member = FILES + sha256 + (ending if _ENDING.fullmatch(ending) else "")
    packed.add(member, data)
    return FileLine(sha256, "held", member, len(data))


def _frames(clips: Iterable[str], evidence: Path) -> set[str]:
    """The frames that these clips name."""
    room = IndexRoom()
    indexes: list[bytes] = []
    for sha256 in sorted(clips):
        path = stored_file(evidence, sha256)
        if path is None:
            continue
        try:
            data = path.read_bytes() if room.takes(path.name, path.stat().st_size) else b""
        except FileNotFoundError:
            continue
        if hashlib.sha256(data).hexdigest() == sha256:
            indexes.append(data)
    return frames_named(indexes)
