"""Durable copies of scans: files named by their content, and for each scan a note of which files it was.

Copying is a generator: it stops after every piece, so that its driver keeps answering.
"""

import hashlib
import json
import os
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drivers.xray.scan_watch import Files, Listed

_PIECE = 1 << 20
_SYNC_EVERY = 8  # pieces: no single fsync has more than 8 MiB to write


class Changed(Exception):
    """A file changed or went away while it was read: it was not complete after all."""


class Unreadable(Exception):
    """A file of the drop folder cannot be read."""


class NotStored(Exception):
    """The copy is not safe on the disk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a scan, durably copied."""

    name: str
    path: Path
    sha256: str


Copying = Generator[None, None, tuple[Kept, ...]]


class ScanStore:
    """Keeps files as `<evidence>/scans/<aa>/<sha256><ending>` and notes as `<evidence>/scans/known/<scan>.json`."""

    def __init__(self, evidence: Path) -> None:
        self._root = evidence / "scans"

    def sweep(self) -> None:
        """Delete what workers that are gone have left half-way."""
        for part in (*self._root.glob(".*.part"), *self._root.glob("known/.*.part")):
            pid = part.stem.rpartition(".")[2]
            if not Path("/proc", pid).exists():
                with suppress(OSError):  # on a disk that takes nothing, as the next copy will tell
                    part.unlink()

    def copy(self, folder: Path, files: Files) -> Copying:
        """Copy `files` of `folder`; returns them when all are durable. Raises Changed, Unreadable, NotStored."""
        kept: tuple[Kept, ...] = ()
        for file in files:
            copied = yield from self._copy(folder / file.name, file)
            kept = (*kept, copied)
        return kept

    def known(self, scan: str) -> tuple[tuple[str, ...], Files]:
        """Hashes and files of a scan that was noted before; ((), ()) if there is no such note or it is damaged."""
        try:
            noted = json.loads((self._root / "known" / f"{scan}.json").read_bytes())
            files = tuple(Listed(str(name), int(size), int(modified)) for name, size, modified, _ in noted)
            return tuple(str(sha256) for *_, sha256 in noted), files
        except (OSError, ValueError, TypeError):
            return (), ()

    def note(self, scan: str, files: Files, hashes: tuple[str, ...]) -> None:
        """Remember that this scan was told. Raises NotStored."""
        noted = [[file.name, file.size, file.modified_ns, sha256] for file, sha256 in zip(files, hashes, strict=True)]
        path = self._root / "known" / f"{scan}.json"
        try:
            part = _part(path)
            with part.open("wb") as note:
                note.write(json.dumps(noted).encode())
                _sync(note)
            _put_in_place(part, path)
        except OSError as error:
            raise NotStored(f"{path}: {error.strerror}") from error

    def _copy(self, source: Path, file: Listed) -> Generator[None, None, Kept]:
        part = self._root / f".{os.getpid()}.part"
        try:
            with _opened(source) as reading, _created(part) as writing:
                sha256 = yield from _pour(reading, writing, file.size)
            if _looks(source) != file:
                raise Changed(source.name)
            path = self._root / sha256[:2] / (sha256 + "".join(source.suffixes))
            try:
                _put_in_place(part, path)
            except OSError as error:
                raise NotStored(f"{path}: {error.strerror}") from error
        finally:
            with suppress(OSError):  # renamed already, or on a disk that takes nothing, as was told
                part.unlink()
        return Kept(file.name, path, sha256)


def _opened(source: Path) -> IO[bytes]:
    """Never waits and follows no link, whatever has taken the name since it was listed."""
    try:
        return os.fdopen(os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except FileNotFoundError as error:
        raise Changed(source.name) from error
    except OSError as error:
        raise Unreadable(f"{source}: {error.strerror}") from error


def _looks(source: Path) -> Listed | None:
    try:
        seen = source.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{source}: {error.strerror}") from error
    return Listed(source.name, seen.st_size, seen.st_mtime_ns)


def _created(part: Path) -> IO[bytes]:
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        return part.open("wb")
    except OSError as error:
        raise NotStored(f"{part}: {error.strerror}") from error


def _pour(reading: IO[bytes], writing: IO[bytes], size: int) -> Generator[None, None, str]:
    """Copy all, safe on the disk at the end; gives the hex SHA-256. Beyond `size` it may grow for ever: Changed."""
    digest, pieces, left = hashlib.sha256(), 0, size
    while True:
        try:
            piece = reading.read(_PIECE)
        except OSError as error:
            raise Unreadable(f"{reading.name}: {error.strerror}") from error
        left -= len(piece)
        if left < 0:
            raise Changed(reading.name)
        try:
            writing.write(piece)
            pieces += 1
            if not piece or pieces % _SYNC_EVERY == 0:
                _sync(writing)
        except OSError as error:
            raise NotStored(f"{writing.name}: {error.strerror}") from error
        if not piece:
            return digest.hexdigest()
        digest.update(piece)
        yield


def _part(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _put_in_place(part: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part.replace(path)
    for folder in (path.parent, path.parent.parent):  # the second: its sub-folder may be new
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
