"""The folder of a site's own crops: each sealed in a file of its own, all of them bounded in number and age.

`collection.json` names the format and the key; `crops/<mark>.sealed` holds one crop with its label and where it came
from; `history.jsonl` says who let what be done, in figures alone. No text of a plate, no name of a crossing and no hash
of a picture stands anywhere in clear, and the key lies outside the folder.
"""

import contextlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from drivers.contract.plain import NotPlain, canonical, decode, encode, parse
from station.learning.refusal import LearningRefused
from station.trust.data_key import DataKey, NotOpened
from station.trust.refusal import Untrusted
from station.vision.tensors import Gray

FORMAT: Final = 1
MOST_PIXELS: Final = 400_000
"""A plate that fills more of a picture is not what a reader needs to learn from."""
DAY_MS: Final = 86_400_000
_HEADER = "collection.json"
_HISTORY = "history.jsonl"
_CROPS = "crops"
_ENDING = ".sealed"
_HALF = ".half"


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in clear in `collection.json`."""

    format: int
    key_id: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a crop beside its pixels. `crossing` is a keyed hash of its name, "" if none is known.

    `basis` says who vouches for the text: the declaration it was blindly read as, officers who released, a list.
    `taken_ms` is UTC; the age of a crop is counted from it.
    """

    text: str
    basis: str
    crossing: str
    taken_ms: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class SiteCrop:
    """One crop, opened: gray pixels and what stands on the plate. `name` is its file's."""

    name: str
    picture: Gray
    origin: Origin

    @property
    def text(self) -> str:
        """The label: what a person vouched for, normalised."""
        return self.origin.text


class Collection:
    """A collection that this key opens. Everything that reads a crop raises LearningRefused("crop-damaged")."""

    def __init__(self, folder: Path, key: DataKey) -> None:
        """Raises LearningRefused: no collection there, of another key, or not of this format."""
        self.folder, self.key = folder, key
        header = read_header(folder)
        if header.key_id != key.key_id:
            raise LearningRefused("collection-other-key", str(folder), f"sealed by {header.key_id}, not {key.key_id}")

    @classmethod
    def begin(cls, folder: Path, key_file: Path) -> "Collection":
        """The collection in `folder`, with a new key in `key_file` if there is none yet. Raises as `__init__`."""
        if key_file.resolve().is_relative_to(folder.resolve()):
            raise LearningRefused("key-in-collection", str(key_file), str(folder))
        if not (folder / _HEADER).exists():
            (folder / _CROPS).mkdir(mode=0o700, parents=True, exist_ok=True)
            key = DataKey.load(key_file) if key_file.exists() else DataKey.make(key_file)
            _write(folder / _HEADER, encode(Header(FORMAT, key.key_id)))
        return cls(folder, DataKey.load(key_file))

    def put(self, picture: Gray, origin: Origin, source: str) -> bool:
        """Seal one crop. `source` names where it was cut; False if that one is here already."""
        name = self.key.mark(source.encode())[:32]
        place = self._place(name)
        if place.exists():
            return False
        head = encode(origin)
        body = len(head).to_bytes(4) + head + zlib.compress(np.ascontiguousarray(picture).tobytes())
        _write(place, self.key.seal(body, name))
        return True

    def names(self) -> list[str]:
        """The crops' names, in order."""
        return sorted(path.name.removesuffix(_ENDING) for path in (self.folder / _CROPS).glob(f"*{_ENDING}"))

    def crops(self) -> Iterator[SiteCrop]:
        """Every crop, opened in memory, in the order of their names."""
        for name in self.names():
            yield self.crop(name)

    def crop(self, name: str) -> SiteCrop:
        """One crop, opened in memory."""
        place = self._place(name)
        try:
            body = self.key.open(place.read_bytes(), name)
            size = int.from_bytes(body[:4])
            origin: Origin = decode(Origin, body[4 : 4 + size])
            pixels = np.frombuffer(zlib.decompress(body[4 + size :]), np.uint8)
            return SiteCrop(name, pixels.reshape(origin.rows, origin.columns), origin)
        except (NotOpened, NotPlain, ValueError, zlib.error) as error:
            # What the error quotes may be the label.
            raise LearningRefused("crop-damaged", str(place), type(error).__name__) from error

    def let_go(self, now_ms: int, keep_days: int, most: int) -> tuple[int, list[str]]:
        """Delete what is older than `keep_days`, then the oldest beyond `most`. How many; and the files that were
        damaged, which are deleted too: nobody can use them, nor tell how old they are.
        """
        for half in (self.folder / _CROPS).glob(f"*{_HALF}"):  # a run that was killed left it
            half.unlink()
        ages: list[tuple[int, str]] = []
        damaged: list[str] = []
        for name in self.names():
            try:
                ages.append((self.crop(name).origin.taken_ms, name))
            except LearningRefused as error:
                damaged.append(error.thing)
                self._place(name).unlink()
        ages.sort(reverse=True)
        oldest = now_ms - keep_days * DAY_MS
        gone = [name for place, (taken, name) in enumerate(ages) if place >= most or taken < oldest]
        for name in gone:
            self._place(name).unlink()
        _sync(self.folder / _CROPS)
        return len(gone), damaged

    def tell(self, utc_ms: int, what: str, **figures: int | str) -> None:
        """One line of the history: what was done here, and in figures how much. Never a plate."""
        _tell(self.folder, {"utc_ms": utc_ms, "what": what, **figures})

    def compared(self) -> int:
        """How many different candidates were held against this collection's vehicles so far, as the history says."""
        tried: set[str] = set()
        for line in (self.folder / _HISTORY).read_bytes().splitlines():
            with contextlib.suppress(NotPlain):  # a power cut may have broken a line off
                told = parse(line)
                if told.get("what") == "compare":
                    tried.add(told["sha256"])
        return len(tried)

    def _place(self, name: str) -> Path:
        return self.folder / _CROPS / f"{name}{_ENDING}"


def forget(folder: Path, key_file: Path, utc_ms: int) -> int:
    """Delete every crop and the key that sealed them, so that a copy of a file opens no more. How many crops.

    Where the key is lost already, the crops go all the same. The history stays: it says that they were kept, for whom,
    and when they went. Raises LearningRefused if `folder` holds no collection.
    """
    header = read_header(folder)
    with contextlib.suppress(Untrusted):
        if DataKey.load(key_file).key_id == header.key_id:
            key_file.unlink()  # first: from here on nothing opens, whatever happens
            _sync(key_file.parent)
    files = sorted((folder / _CROPS).iterdir())
    for file in files:
        file.unlink()
    (folder / _HEADER).unlink()
    gone = sum(file.suffix == _ENDING for file in files)
    _tell(folder, {"utc_ms": utc_ms, "what": "forget", "crops": gone})
    _sync(folder)
    return gone


def read_header(folder: Path) -> Header:
    """What `collection.json` says. Raises LearningRefused: no collection there, or not of this format."""
    try:
        header: Header = decode(Header, (folder / _HEADER).read_bytes())
    except FileNotFoundError as error:
        raise LearningRefused("no-collection", str(folder)) from error
    except NotPlain as error:
        raise LearningRefused("collection-not-ours", str(folder / _HEADER), str(error)[:200]) from error
    if header.format != FORMAT:
        raise LearningRefused("collection-not-ours", str(folder / _HEADER), f"format {header.format}")
    return header


def _tell(folder: Path, line: dict[str, int | str]) -> None:
    with (folder / _HISTORY).open("ab") as file:
        file.write(canonical(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def origin_of(picture: Gray, text: str, basis: str, crossing: str, taken_ms: int) -> Origin:
    """The origin of a crop, its size taken from the pixels."""
    return Origin(text, basis, crossing, taken_ms, picture.shape[0], picture.shape[1])


def _write(place: Path, data: bytes) -> None:
    """Whole and durable, readable by its owner alone, or not there under this name."""
    half = place.with_name(place.name + _HALF)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    _sync(place.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
