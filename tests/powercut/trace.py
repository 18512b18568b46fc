"""What an unmodified process did to the files under a folder, in order, as strace saw it.

Offsets are known: SQLite writes with pwrite64, and a plain `write` is followed from the opening of its file. What
cannot be followed (a writable mapping, a file opened for appending, a call unknown here) is refused, not guessed.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import needs


@dataclass(frozen=True, slots=True)
class MakeFile:
    """A file that was not there got this name."""

    path: str


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """A folder got this name."""

    path: str


@dataclass(frozen=True, slots=True)
class Write:
    """`data` was written at `offset`."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """The file now has `size` bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Rename:
    """A file got another name, and whatever had that name lost it."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """A file lost this name."""

    path: str


@dataclass(frozen=True, slots=True)
class Sync:
    """fsync or fdatasync of a file or a folder has returned."""

    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """A line on the standard output: what the process claims from here on."""

    line: str


Operation = MakeFile | MakeFolder | Write | Resize | Rename | Unlink | Sync | Said

_CALLS = (
    "openat,open,creat,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,rename,renameat,"
    "renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,fsync,fdatasync,sync_file_range,"
    "mmap,sendfile,copy_file_range"
)
_CALL = re.compile(r"\d+ +(?:\[pid +\d+\] )?(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)(?:<.*>)?(?: .*)?")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FD = re.compile(r"^(-?\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_SHARED_MEMORY = "-shm"
"""SQLite maps its index of the log; it is made anew by whoever opens the database first."""


class CannotFollow(Exception):
    """The process did something to the folder whose effect on the disk is unknown here."""


def traced(command: Sequence[str], root: Path, log: Path) -> list[Operation]:
    """Run `command` to its end; what it did below `root`. Raises CannotFollow; CalledProcessError if it fails."""
    there = {str(path) for path in root.rglob("*")}
    strace = [str(needs("strace")), "-f", "--seccomp-bpf", "-xx", "-y", "-s", "16777216", "-e", "signal=none"]
    done = subprocess.run(
        [*strace, "-e", f"trace={_CALLS}", "-o", str(log), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, list(command), stderr=done.stderr[-2000:])
    return list(operations(log.read_text(), str(root), there))


def operations(log: str, root: str, there: set[str]) -> Iterator[Operation]:
    """The operations below `root` in a log of strace; `there`: the paths that existed before."""
    follower = _Follower(root, set(there))
    for line in log.splitlines():
        if "unfinished ..." in line or "resumed>" in line:
            raise CannotFollow(f"two threads at once: {line[:120]}")
        found = _CALL.fullmatch(line)
        if found is not None and not found[3].startswith("-"):
            yield from follower.follow(found[1], found[2], int(found[3], 0))


class _Follower:
    """Names that exist and where each opened file is written next."""

    def __init__(self, root: str, there: set[str]) -> None:
        self._root = root
        self._there = there
        self._positions: dict[str, int] = {}

    def follow(self, call: str, arguments: str, result: int) -> Iterator[Operation]:
        if call in ("openat", "open", "creat"):
            if self._file(arguments) is not None:
                raise CannotFollow(f"{call} below an opened folder: {arguments[-80:]}")
            yield from self._open(arguments)
        elif call == "write" and arguments.startswith("1<"):
            for line in _strings(arguments)[0].decode().splitlines():
                yield Said(line)
        elif (path := self._file(arguments)) is not None:
            yield from self._on_file(call, path, arguments, result)
        elif paths := [text for text in map(os.fsdecode, _strings(arguments)) if self._is_ours(text)]:
            yield from self._on_names(call, paths)

    def _open(self, arguments: str) -> Iterator[Operation]:
        path = os.fsdecode(_strings(arguments)[0])
        if not self._is_ours(path):
            return
        if "O_APPEND" in arguments or "O_TMPFILE" in arguments:
            raise CannotFollow(f"{path}: {arguments[-80:]}")
        is_new = "O_CREAT" in arguments and path not in self._there
        if is_new:
            self._there.add(path)
            yield MakeFile(path)
        elif "O_TRUNC" in arguments:
            yield Resize(path, 0)
        if "O_WRONLY" in arguments:
            self._positions[path] = 0

    def _on_file(self, call: str, path: str, arguments: str, result: int) -> Iterator[Operation]:
        match call:
            case "pwrite64":
                yield Write(path, int(arguments.rpartition(", ")[2]), _strings(arguments)[0][:result])
            case "write" if path in self._positions:
                yield Write(path, self._positions[path], _strings(arguments)[0][:result])
                self._positions[path] += result
            case "lseek":
                if path in self._positions:
                    self._positions[path] = result
            case "ftruncate":
                yield Resize(path, int(arguments.rpartition(", ")[2]))
            case "fsync" | "fdatasync":
                yield Sync(path)
            case "mmap" if "PROT_WRITE" not in arguments or "MAP_PRIVATE" in arguments:
                return
            case "mmap" if path.endswith(_SHARED_MEMORY):
                return
            case _:
                raise CannotFollow(f"{call} of {path}")

    def _on_names(self, call: str, paths: list[str]) -> Iterator[Operation]:
        match call, paths:
            case "rename" | "renameat", [old, new]:
                self._there.discard(old)
                self._there.add(new)
                yield Rename(old, new)
            case "unlink" | "unlinkat", [path]:
                self._there.discard(path)
                yield Unlink(path)
            case "mkdir" | "mkdirat", [path]:
                self._there.add(path)
                yield MakeFolder(path)
            case _:
                raise CannotFollow(f"{call} of {', '.join(paths)}")

    def _file(self, arguments: str) -> str | None:
        """The path behind a call's descriptor, if it is ours and still has a name."""
        for part in (arguments, *arguments.split(", ")[4:5]):  # mmap has it in the fifth place
            found = _FD.match(part)
            if found is not None:
                path = os.fsdecode(_unhex(found[2]))
                return path if self._is_ours(path) and not found[3] else None
        return None

    def _is_ours(self, path: str) -> bool:
        return path == self._root or path.startswith(f"{self._root}/")


def _strings(arguments: str) -> list[bytes]:
    return [_unhex(text) for text in _HEX.findall(arguments)]


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
