"""The durable copy of a picture or a clip's index: a file named by its content, safe on the disk before it is told."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


class NotStored(Exception):
    """The picture is not safe on the disk; says where and why (disk full, folder missing, read-only)."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A file that survives a power cut: its path and the hex SHA-256 of its bytes."""

    path: Path
    sha256: str


class PictureStore:
    """Keeps files as `<evidence>/<aa>/<sha256><ending>`, aa being the first two hex digits.

    The same bytes are one file, however often and from whichever process they come, with the time of the latest. A
    process killed half-way leaves at most a hidden `.<sha256>.<pid>.part`, which is no picture.
    """

    def __init__(self, evidence: Path) -> None:
        self._evidence = evidence

    def keep(self, jpeg: bytes, ending: str = ".jpg") -> StoredPicture:
        """Store `jpeg`, or what else `ending` says, durably: temporary file, fsync, rename, fsync of the folder.

        Raises NotStored.
        """
        sha256 = hashlib.sha256(jpeg).hexdigest()
        path = self._evidence / sha256[:2] / f"{sha256}{ending}"
        try:
            if _holds(path, jpeg):
                os.utime(path)  # it is this truck's too, and is kept as long
                sync_folder(path.parent)  # whoever wrote it may have been killed before it was safe
            else:
                self._write(path, jpeg)
        except OSError as error:
            raise NotStored(f"{path}: {error.strerror}") from error
        return StoredPicture(path, sha256)

    def _write(self, path: Path, jpeg: bytes) -> None:
        folder = path.parent
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(self._evidence)
        part = folder / f".{path.stem}.{os.getpid()}.part"
        try:
            with part.open("wb") as file:
                file.write(jpeg)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        sync_folder(folder)


def _holds(path: Path, jpeg: bytes) -> bool:
    """Whether the file is there with these very bytes; a file that rotted is written again."""
    try:
        return path.read_bytes() == jpeg
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Make what was named in `folder` survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
