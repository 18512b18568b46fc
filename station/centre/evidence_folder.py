"""The centre's evidence on the disk: a file under its content, a part until it is whole. Receivers may share it.

`<aa>/<sha256><ending>` as at the lane, so that `station evidence bundle --pictures` reads it too;
`parts/<station>/<lane>/<sha256>` while it comes. Nothing is told of bytes that a power cut could still take.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from station.journal.folder import make_folder, sync_folder

MOST_PARTS = 8
"""Of one lane; it sends one file at a time, so older ones are of files that it has given up."""

Lane = tuple[str, str]


class OtherHash(Exception):
    """What has come is not what was named; the part is discarded."""


class NoSpace(Exception):
    """The disk is nearly full."""


class EvidenceFolder:
    """`reserve` bytes stay free. Every method raises OSError for a disk that does not do its work."""

    def __init__(self, root: Path, reserve: int) -> None:
        self.root = root
        self._reserve = reserve
        make_folder(root / "parts")

    def path(self, sha256: str, ending: str) -> Path:
        """Where a whole file of this content lies, or would."""
        return self.root / sha256[:2] / f"{sha256}{ending}"

    def size(self, sha256: str, ending: str) -> int:
        """Bytes of the whole file; 0 if it is not here."""
        try:
            return self.path(sha256, ending).stat().st_size
        except FileNotFoundError:
            return 0

    def put(self, lane: Lane, sha256: str, ending: str, total: int, offset: int, data: bytes) -> int:
        """Add `data` if it follows what is here; how many bytes are on the disk now. `total`: the file is kept, and its
        content has the hash. Without data nothing is written. Raises OtherHash, NoSpace.
        """
        if self.size(sha256, ending) == total:
            return total
        if data and shutil.disk_usage(self.root).free - len(data) < self._reserve:
            raise NoSpace
        with self._part(lane, sha256, is_made=bool(data)) as (part, descriptor):
            stored = os.fstat(descriptor).st_size if descriptor >= 0 else 0
            if self.size(sha256, ending) == total:  # another receiver was quicker
                return total
            if stored > total:  # of a file that is said to be shorter now
                os.ftruncate(descriptor, 0)
                stored = 0
            if data and offset == stored:
                _write_at(descriptor, data, offset)
                if not stored:
                    sync_folder(part.parent)
                stored += len(data)
            if stored == total:
                self._keep(part, descriptor, sha256, ending)
            return stored

    def forget(self, lane: Lane, sha256: str) -> None:
        """The rest of it will not come."""
        self._part_path(lane, sha256).unlink(missing_ok=True)

    def _keep(self, part: Path, descriptor: int, sha256: str, ending: str) -> None:
        """Hash what is on the disk, then give it its name."""
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(0)
            is_it = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        if not is_it:
            part.unlink(missing_ok=True)
            raise OtherHash
        target = self.path(sha256, ending)
        make_folder(target.parent)
        part.rename(target)
        sync_folder(target.parent)
        sync_folder(part.parent)

    def _part_path(self, lane: Lane, sha256: str) -> Path:
        return self.root / "parts" / lane[0] / lane[1] / sha256

    @contextmanager
    def _part(self, lane: Lane, sha256: str, *, is_made: bool) -> Iterator[tuple[Path, int]]:
        """The part, locked against other receivers; -1 if there is none and none is wanted."""
        path = self._part_path(lane, sha256)
        descriptor = -1
        while descriptor < 0:
            if is_made and not path.exists():
                self._make_room(path.parent)
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if is_made else 0), 0o640)
            except FileNotFoundError:
                if not is_made:
                    break
                raise
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not _is_still(path, descriptor):  # kept or discarded by another while we waited
                os.close(descriptor)
                descriptor = -1
        try:
            yield path, descriptor
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _make_room(self, folder: Path) -> None:
        make_folder(folder)
        parts = sorted(folder.iterdir(), key=_age)
        for old in parts[: max(0, len(parts) - MOST_PARTS + 1)]:
            old.unlink(missing_ok=True)


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Durable on return."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[written:], offset + written
    os.fsync(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    return False


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another receiver has taken it away
        return 0
