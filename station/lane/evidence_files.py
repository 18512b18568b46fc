"""Where evidence lies in a data folder, and which class each place has. Whoever adds files adds a line here."""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.clips import CLIP_ENDING
from drivers.contract.clock import now
from station.core.facts import Fact, InputRefused
from station.core.retention_records import EvidenceClass

NEXT_STEP = "look at the file's rights and at the disk; the lane tries again"

_SHA256 = re.compile(rb"[0-9a-f]{64}")

log = logging.getLogger("station.lane")


@dataclass(frozen=True, slots=True)
class Place:
    """Files named by their content, `<folder>/<aa>/<sha256><ending>`; records name the hash."""

    folder: str
    evidence: EvidenceClass


PLACES: tuple[Place, ...] = (
    Place("evidence", "video"),  # pictures, and clips: an index and its frames
    Place("evidence/scans", "customs_record"),  # of a cargo X-ray
)
"""What a crossing's records may name. In a disputed crossing all of it is customs_record."""

RINGS = "flight/*"
"""Folders of flight recordings, diagnostic; the newest file of each is being written."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file: its path in the data folder, its class by its place, its size in bytes and when it was written."""

    path: str
    evidence: EvidenceClass
    size: int
    written_ms: int


class EvidenceFiles:
    """The files under `root`. Listing never raises for a file that goes away meanwhile."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def named_in(self, bodies: Iterable[bytes]) -> list[KeptFile]:
        """The files whose hash stands in one of these bodies, each once; a clip behind the frames of its index."""
        hashes = dict.fromkeys(found.decode() for body in bodies for found in _SHA256.findall(body))
        files = [file for sha256 in hashes for place in PLACES for file in self._of(place, sha256)]
        indices = [file for file in files if file.path.endswith(CLIP_ENDING)]
        if not indices:
            return files
        frames = self.named_in(self._bodies(indices))
        named = dict.fromkeys([*frames, *files])
        return [*(file for file in named if file not in indices), *indices]

    def clip_in(self, body: bytes, gone: Collection[str]) -> list[KeptFile]:
        """Index and frames of the clip that this record names; nothing if its index has gone, or is among `gone`."""
        files = self.named_in([body])
        is_there = any(file.path.endswith(CLIP_ENDING) and file.path not in gone for file in files)
        return files if is_there else []

    def recordings(self) -> list[KeptFile]:
        """All flight recordings but the newest of each device, the oldest first."""
        found: list[KeptFile] = []
        for folder in self.root.glob(RINGS):
            files = sorted(folder.glob("*.flight"))
            found += self._kept(files[:-1], "diagnostic")
        return sorted(found, key=lambda file: file.written_ms)

    def buckets(self) -> list[tuple[Path, EvidenceClass]]:
        """Every folder that holds files named by their content, and its class."""
        return [
            (bucket, place.evidence)
            for place in PLACES
            for bucket in sorted((self.root / place.folder).glob("[0-9a-f][0-9a-f]"))
        ]

    def in_bucket(self, bucket: Path, evidence: EvidenceClass) -> list[KeptFile]:
        """What lies in one of `buckets`."""
        return list(self._kept(bucket.glob("[0-9a-f]*"), evidence))

    def has(self, paths: Iterable[str]) -> bool:
        """One of these is still there."""
        return any((self.root / path).exists() for path in paths)

    def drop(self, paths: Iterable[str]) -> list[Fact]:
        """Delete files of this folder; what cannot be deleted is told."""
        refused: list[Fact] = []
        for path in paths:
            try:
                (self.root / path).unlink(missing_ok=True)
            except OSError as error:
                log.warning("%s cannot be deleted: %s", path, error)
                refused.append(InputRefused(now(), "journal", path, f"not deleted: {error.strerror}", NEXT_STEP))
        return refused[:1]  # a folder that refuses one refuses all

    def _bodies(self, files: Iterable[KeptFile]) -> Iterator[bytes]:
        for file in files:
            try:
                yield (self.root / file.path).read_bytes()
            except FileNotFoundError:  # dropped meanwhile
                continue

    def _of(self, place: Place, sha256: str) -> Iterator[KeptFile]:
        bucket = self.root / place.folder / sha256[:2]
        return self._kept(bucket.glob(f"{sha256}*"), place.evidence)

    def _kept(self, paths: Iterable[Path], evidence: EvidenceClass) -> Iterator[KeptFile]:
        for path in paths:
            try:
                seen = path.stat()
            except FileNotFoundError:  # its worker was quicker
                continue
            yield KeptFile(str(path.relative_to(self.root)), evidence, seen.st_size, seen.st_mtime_ns // 1_000_000)
