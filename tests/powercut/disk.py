"""What a disk may hold after the power went, from what a process did until then.

What was synced is there. Of a file that was not, each sector of 512 bytes holds any of the versions since the last
sync, and the length is that of any of them. Names are the second question:

ordered  they reach the disk in the order they were given, and a sync of a file or folder takes the earlier ones along:
         a journalling file system
strict   a name is there for certain only after a sync of its folder; of the others any may be there: what POSIX says
"""

import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from tests.powercut.trace import MakeFile, MakeFolder, Operation, Rename, Resize, Said, Sync, Unlink, Write

SECTOR = 512

Contents = Literal["only synced", "all written", "any sectors"]
Names = Literal["ordered", "strict"]
CONTENTS: tuple[Contents, ...] = get_args(Contents)
NAMES: tuple[Names, ...] = get_args(Names)

Image = Mapping[str, bytes | None]
"""Path -> content; None for a folder."""


@dataclass(slots=True, eq=False)
class _Inode:
    """A file or a folder: what is certain of it, and what has been done to it since."""

    is_folder: bool = False
    certain: bytearray = field(default_factory=bytearray)
    since: list[Write | Resize] = field(default_factory=list)

    def versions(self) -> list[bytes]:
        """The content after each step, the certain one first."""
        content = bytearray(self.certain)
        found = [bytes(content)]
        for step in self.since:
            _do(content, step)
            found.append(bytes(content))
        return found

    def settle(self) -> None:
        for step in self.since:
            _do(self.certain, step)
        self.since.clear()


@dataclass(frozen=True, slots=True)
class _Naming:
    """`inode` got the name `to` ("": none) and lost the name `path` ("": had none)."""

    inode: _Inode
    path: str
    to: str

    @property
    def folders(self) -> set[str]:
        return {os.path.dirname(name) for name in (self.path, self.to) if name}  # noqa: PTH120 - names of a log

    def apply(self, names: dict[str, _Inode]) -> None:
        if self.path and names.get(self.path) is self.inode:
            del names[self.path]
        if self.to:
            names[self.to] = self.inode


class Disk:
    """Starts with a folder at rest; `do` every operation up to the cut, then take an `image`."""

    def __init__(self, start: Image, names: Names) -> None:
        self._mode = names
        self._root = min(start)
        self._seen = {path: _Inode(content is None, bytearray(content or b"")) for path, content in start.items()}
        self._certain = dict(self._seen)
        self._namings: list[_Naming] = []
        self.said: list[str] = []

    def do(self, operation: Operation) -> None:
        """Go on by one operation that has returned."""
        match operation:
            case Said(line):
                self.said.append(line)
            case MakeFile(path) | MakeFolder(path):
                self._name(_Naming(_Inode(isinstance(operation, MakeFolder)), "", path))
            case Rename(path, to):
                self._name(_Naming(self._seen[path], path, to))
            case Unlink(path):
                self._name(_Naming(self._seen[path], path, ""))
            case Write(path) | Resize(path):
                self._seen[path].since.append(operation)
            case Sync(path):
                self._sync(path)

    def image(self, contents: Contents, seed: object) -> Image:
        """What the disk may hold now. One of many for "any sectors": the seed says which."""
        chance = random.Random(f"{contents} {seed}")
        names = dict(self._certain)
        for naming in self._of_namings(contents, chance):
            naming.apply(names)
        return {
            path: None if inode.is_folder else _content(inode, contents, chance, path)
            for path, inode in sorted(names.items())
            if self._has_way(path, names)
        }

    def _name(self, naming: _Naming) -> None:
        naming.apply(self._seen)
        self._namings.append(naming)

    def _sync(self, path: str) -> None:
        inode = self._seen.get(path)
        if inode is not None:
            inode.settle()
        if self._mode == "ordered":
            done, self._namings = self._namings, []
        else:
            done = [naming for naming in self._namings if path in naming.folders]
            self._namings = [naming for naming in self._namings if path not in naming.folders]
        for naming in done:
            naming.apply(self._certain)

    def _has_way(self, path: str, names: Mapping[str, _Inode]) -> bool:
        """Every folder above it is there too."""
        while path != self._root and path in names:
            path = os.path.dirname(path)  # noqa: PTH120 - names of a log
        return path in names

    def _of_namings(self, contents: Contents, chance: random.Random) -> Iterable[_Naming]:
        if contents == "only synced":
            return []
        if contents == "all written":
            return self._namings
        if self._mode == "ordered":
            return self._namings[: chance.randint(0, len(self._namings))]
        return [naming for naming in self._namings if chance.random() < 0.5]


def read_folder(root: Path) -> dict[str, bytes | None]:
    """A folder at rest, as the start of a disk."""
    return {str(path): None if path.is_dir() else path.read_bytes() for path in [root, *sorted(root.rglob("*"))]}


def write_folder(image: Image, root: Path, to: Path) -> None:
    """The image of what was under `root` as the folder `to`, which does not exist yet."""
    to.mkdir()
    for path, content in sorted(image.items()):  # a folder stands before what is in it
        target = to / Path(path).relative_to(root)
        if content is None:
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(content)


def _content(inode: _Inode, contents: Contents, chance: random.Random, path: str) -> bytes:
    if path.endswith("-shm"):  # written through a mapping that nobody traces: may hold anything
        return chance.randbytes(len(inode.versions()[-1]))
    how = chance.choice(CONTENTS) if contents == "any sectors" else contents
    if how == "only synced" or not inode.since:
        return bytes(inode.certain)
    versions = inode.versions()
    if how == "all written":
        return versions[-1]
    return _mixed(versions, chance)


def _mixed(versions: list[bytes], chance: random.Random) -> bytes:
    """A length of one of the versions, each sector of any of them."""
    size = len(chance.choice(versions))
    mixed = bytearray(size)
    for at in range(0, size, SECTOR):
        sectors = list(dict.fromkeys(version[at : at + SECTOR].ljust(SECTOR, b"\0") for version in versions))
        mixed[at : at + SECTOR] = chance.choice(sectors)
    return bytes(mixed[:size])


def _do(content: bytearray, step: Write | Resize) -> None:
    size = step.size if isinstance(step, Resize) else step.offset + len(step.data)
    if len(content) < size:
        content.extend(bytes(size - len(content)))
    if isinstance(step, Resize):
        del content[size:]
    else:
        content[step.offset : size] = step.data
