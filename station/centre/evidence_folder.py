"""The centre's evidence on the disk: a file under its content, a part until it is whole. Receivers may share it.

`<aa>/<sha256><ending>` as at the lane, so that `station evidence bundle --pictures` reads it too;
`parts/<station>/<lane>/<sha256>` while it comes. Nothing is told of bytes that a power cut could still take, whoever
wrote them: one who was killed may have left them in memory only.
"""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from station.journal.folder import make_folder, sync_folder

MOST_PARTS = 8
"""Of one lane; it sends one file at a time, so older ones are of files that it has given up."""
MOST_OF_A_STATION = 64
"""Parts of all lanes that a station names."""

MARK = "border-gate-evidence"
"""A file of this name tells the folder from an empty one at whose place its disk is not mounted."""

_FULL = (errno.ENOSPC, errno.EDQUOT)

Lane = tuple[str, str]


class OtherHash(Exception):
    """What has come is not what was named; the part is discarded."""


class NoSpace(Exception):
    """The disk is nearly full."""


class Busy(Exception):
    """Another receiver writes this file just now."""


class EvidenceFolder:
    """`reserve` bytes stay free. Every method raises OSError for a disk that does not do its work."""

    def __init__(self, root: Path, reserve: int, newest: tuple[str, str] | None = None) -> None:
        """`newest`: hash and ending of a file that was kept. A folder that has neither it nor the mark is refused."""
        self.root = root
        self._reserve = reserve
        if newest is not None and not (root / MARK).exists() and not self.size(*newest):
            known = f"neither {MARK} nor what was kept is in it: mount its disk; in a new one make an empty file {MARK}"
            raise FileNotFoundError(errno.ENOENT, known, str(root))
        make_folder(root / "parts")
        (root / MARK).touch()
        sync_folder(root)
        with suppress(PermissionError):  # then it was not we who made it
            sync_folder(root.parent)
        self._identity = self._seen()

    @property
    def is_another(self) -> bool:
        """Its disk has gone since, or another has come in its place."""
        try:
            return self._seen() != self._identity
        except OSError:
            return True

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
        content has the hash. Without data nothing is added. Raises OtherHash, NoSpace, Busy.
        """
        self._refuse_another()
        if self.size(sha256, ending) == total:
            self._make_sure(sha256, ending)
            return total
        if data and shutil.disk_usage(self.root).free - len(data) < self._reserve:
            raise NoSpace
        try:
            return self._put_part(lane, sha256, ending, total, offset, data)
        except OSError as error:
            if error.errno in _FULL:
                raise NoSpace from error
            raise

    def forget(self, lane: Lane, sha256: str) -> None:
        """The rest of it will not come."""
        self._part_path(lane, sha256).unlink(missing_ok=True)

    def check(self) -> None:
        """Write and sync something: raises OSError for a disk that takes nothing now."""
        self._refuse_another()
        path = self.root / "parts" / f".check-{os.getpid()}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            os.write(descriptor, b"?")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            path.unlink(missing_ok=True)

    def _seen(self) -> tuple[int, int]:
        found = self.root.stat()
        return found.st_dev, found.st_ino

    def _refuse_another(self) -> None:
        if self.is_another:
            raise OSError(errno.ENODEV, "another folder stands there than at the start", str(self.root))

    def _put_part(self, lane: Lane, sha256: str, ending: str, total: int, offset: int, data: bytes) -> int:
        with self._part(lane, sha256, is_made=bool(data)) as (part, descriptor):
            if self.size(sha256, ending) == total:  # another receiver was quicker
                self._make_sure(sha256, ending)
                return total
            stored = os.fstat(descriptor).st_size if descriptor >= 0 else 0
            if stored > total:  # of a file that is said to be shorter now
                os.ftruncate(descriptor, 0)
                stored = 0
            has_name = stored > 0 and bool(data) and offset == stored  # the lane goes on: so it had an answer
            if data and offset == stored:
                _write_at(descriptor, data, offset)
                stored += len(data)
            if stored:
                _sync_file(part, descriptor)
            if stored and not has_name:
                self._sync_up(part.parent)
            if stored == total:
                self._keep(part, descriptor, sha256, ending)
            return stored

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
        self._sync_up(target.parent)
        sync_folder(part.parent)

    def _make_sure(self, sha256: str, ending: str) -> None:
        """The whole file that lies here stays after a power cut."""
        path = self.path(sha256, ending)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _sync_file(path, descriptor)
        finally:
            os.close(descriptor)
        self._sync_up(path.parent)

    def _sync_up(self, folder: Path) -> None:
        """Make the names from here up to the root durable, whoever has made the folders."""
        while folder != self.root:
            sync_folder(folder)
            folder = folder.parent
        sync_folder(folder)

    def _part_path(self, lane: Lane, sha256: str) -> Path:
        return self.root / "parts" / lane[0] / lane[1] / sha256

    @contextmanager
    def _part(self, lane: Lane, sha256: str, *, is_made: bool) -> Iterator[tuple[Path, int]]:
        """The part, locked against other receivers; -1 if there is none and none is wanted. Never waits."""
        path = self._part_path(lane, sha256)
        if is_made and not path.exists():
            self._make_room(path.parent)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if is_made else 0), 0o640)
        except FileNotFoundError:
            if is_made:
                raise
            descriptor = -1
        try:
            if descriptor >= 0:
                _lock(path, descriptor)
            yield path, descriptor
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _make_room(self, folder: Path) -> None:
        make_folder(folder)
        _leave(folder.iterdir(), MOST_PARTS - 1)
        _leave(folder.parent.glob("*/*"), MOST_OF_A_STATION - 1)


def _lock(path: Path, descriptor: int) -> None:
    """Raises Busy."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy from error
    if not _is_still(path, descriptor):  # kept or discarded by another just now
        raise Busy


def _leave(parts: Iterable[Path], most: int) -> None:
    """The newest so many."""
    oldest_first = sorted(parts, key=_age)
    for old in oldest_first[: max(0, len(oldest_first) - most)]:
        old.unlink(missing_ok=True)


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[written:], offset + written


def _sync_file(path: Path, descriptor: int) -> None:
    """Durable on return. What could not be synced is discarded: after a failure the next sync says nothing of it."""
    try:
        os.fsync(descriptor)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _is_still(path: Path, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    return False


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another receiver has taken it away
        return 0
