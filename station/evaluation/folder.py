"""The data folder: what its index files list, and by name whatever in it cannot be used.

`plates/index.csv`: path, text, and where known lines (1 or 2) and set; `frames/index.csv`: path, x1, y1, x2, y2 of the
one plate; `containers/index.csv`: path, text, and where known kind ("container_number", or "size_type" in a row of its
own); `seals/index.csv`: path, label ("sealed" or "unsealed"), and where known container. Paths are relative to the
folder. The set "cn" holds Chinese plates. More columns are no harm.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from station.core import containers
from station.core.plates import normalise

CHINESE = "cn"
_PLATES, _FRAMES, _CONTAINERS, _SEALS = "plates", "frames", "containers", "seals"
_COLUMNS = {
    _PLATES: ("path", "text"),
    _FRAMES: ("path", "x1", "y1", "x2", "y2"),
    _CONTAINERS: ("path", "text"),
    _SEALS: ("path", "label"),
}
_SEALED = ("sealed", "unsealed")
_NUMBER, _SIZE_TYPE = "container_number", "size_type"
_NOT_EVALUATED = "not-evaluated"
_PICTURES = frozenset({".jpg", ".jpeg", ".png"})


class FolderRefused(Exception):
    """The folder cannot be evaluated at all: the cause (a code), the thing, and what was seen."""

    def __init__(self, cause: str, thing: str, seen: str = "") -> None:
        self.cause, self.thing, self.seen = cause, thing, seen
        super().__init__(f"{thing}: {cause}: {seen}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A file or a row that is not evaluated: its path, with :line in an index, a code, and what was seen."""

    thing: str
    code: str
    seen: str = ""

    @property
    def is_mistake(self) -> bool:
        """Somebody should mend it; a kind that nothing measures yet is no mistake of the folder."""
        return self.code != _NOT_EVALUATED


@dataclass(frozen=True, slots=True)
class Photo:
    """A crop of one plate. `label` is as published, `corrected` the user's own (the same if there is none).

    `lines` is "1", "2" or "" (not known).
    """

    path: str
    label: str
    corrected: str
    lines: str
    group: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole picture with one plate in it: x, y, width, height in pixels."""

    path: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ContainerPhoto:
    """A whole picture of a container: its number and its size/type, "" where the index does not tell."""

    path: str
    number: str = ""
    size_type: str = ""


@dataclass(frozen=True, slots=True)
class SealPhoto:
    """A crop of a container's door lock; `container` groups the crops of one, "" where the index does not tell."""

    path: str
    is_sealed: bool
    container: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """What is there."""

    root: Path
    photos: tuple[Photo, ...]
    frames: tuple[Frame, ...]
    containers: tuple[ContainerPhoto, ...]
    faults: tuple[Fault, ...]
    has_corrections: bool
    seals: tuple[SealPhoto, ...] = ()


def read_folder(root: Path, corrections: Path | None = None) -> DataFolder:
    """Read every index of the folder. Raises FolderRefused if there is none, or one has the wrong columns."""
    if not root.is_dir():
        raise FolderRefused("no-data-folder", str(root))
    indexes = sorted(root.glob("*/index.csv"))
    if not any(index.parent.name in _COLUMNS for index in indexes):
        raise FolderRefused("no-index", str(root))
    corrected = {} if corrections is None else _corrected(corrections)
    gathered = _Gathered(root, corrected)
    for index in indexes:
        gathered.take(index)
    gathered.faults += [Fault(path, "not-in-data") for path in corrected if path not in gathered.listed]
    gathered.faults += _unlisted(root, gathered.listed)
    return DataFolder(
        root,
        tuple(gathered.photos),
        tuple(gathered.frames),
        tuple(gathered.containers.values()),
        tuple(gathered.faults),
        bool(corrected),
        tuple(gathered.seals),
    )


class _Gathered:
    """Grows with each index."""

    def __init__(self, root: Path, corrected: dict[str, str]) -> None:
        self._root = root
        self._corrected = corrected
        self.photos: list[Photo] = []
        self.frames: list[Frame] = []
        self.containers: dict[str, ContainerPhoto] = {}
        self.seals: list[SealPhoto] = []
        self.faults: list[Fault] = []
        self.listed: set[str] = set()

    def take(self, index: Path) -> None:
        kind = index.parent.name
        if kind not in _COLUMNS:
            self.faults.append(Fault(str(index.relative_to(self._root)), _NOT_EVALUATED))
            self.listed |= {row.get("path") or "" for _, row in _rows(index, ("path",))}
            return
        for line, row in _rows(index, _COLUMNS[kind]):
            path = row["path"]
            seen = self._wrong(kind, row)
            if seen:
                self.faults.append(Fault(f"{index.relative_to(self._root)}:{line}", "bad-row", seen))
            elif not (self._root / path).is_file():
                self.faults.append(Fault(path, "picture-missing", f"{index.relative_to(self._root)}:{line}"))
            else:
                self._add(kind, row)
            self.listed.add(path)

    def _wrong(self, kind: str, row: dict[str, str]) -> str:
        """What is wrong with a row; "" if nothing is."""
        path = self._root / row["path"]
        if not row["path"] or not path.resolve().is_relative_to(self._root.resolve()):
            return f"path {row['path']!r}"
        if kind == _FRAMES:
            wide, high = _corner(row, "x2") - _corner(row, "x1"), _corner(row, "y2") - _corner(row, "y1")
            return (
                "" if min(_corner(row, "x1"), _corner(row, "y1")) >= 0 and wide > 0 and high > 0 else "x1, y1, x2, y2"
            )
        if kind == _CONTAINERS:
            return _wrong_code(row)
        if kind == _SEALS:
            return "" if row["label"] in _SEALED else f"label {row['label']!r}"
        if kind == _PLATES and not normalise(row["text"]):
            return "text"
        return "lines" if kind == _PLATES and row.get("lines", "") not in ("", "1", "2") else ""

    def _add(self, kind: str, row: dict[str, str]) -> None:
        path = row["path"]
        if kind == _PLATES:
            label = normalise(row["text"])
            corrected = self._corrected.get(path, label)
            self.photos.append(Photo(path, label, corrected, row.get("lines", ""), row.get("set") or _PLATES))
        elif kind == _FRAMES:
            x1, y1, x2, y2 = (_corner(row, name) for name in ("x1", "y1", "x2", "y2"))
            self.frames.append(Frame(path, (x1, y1, x2 - x1, y2 - y1)))
        elif kind == _SEALS:
            self.seals.append(SealPhoto(path, row["label"] == "sealed", row.get("container", "")))
        else:
            text, seen = containers.normalise(row["text"]), self.containers.get(path, ContainerPhoto(path))
            is_size = row.get("kind") == _SIZE_TYPE
            self.containers[path] = replace(seen, size_type=text) if is_size else replace(seen, number=text)


def _wrong_code(row: dict[str, str]) -> str:
    text, kind = containers.normalise(row["text"]), row.get("kind") or _NUMBER
    if kind not in (_NUMBER, _SIZE_TYPE):
        return f"kind {kind!r}"
    fits = containers.is_size_type(text) if kind == _SIZE_TYPE else containers.form_of(text) != "MALFORMED"
    return "" if fits else f"text {text!r}"


def _rows(index: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of each row; a cell that is not there is "". Raises FolderRefused."""
    try:
        with index.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, restval="")
            missing = [name for name in needed if name not in (rows.fieldnames or ())]
            if missing:
                raise FolderRefused("bad-index", str(index), f"- {', '.join(missing)}; + {_names(rows.fieldnames)}")
            for row in rows:
                yield rows.line_num, {name: value for name, value in row.items() if isinstance(name, str)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise FolderRefused("bad-index", str(index), str(error)) from error


def _names(found: object) -> str:
    return ", ".join(map(str, found)) if isinstance(found, list) else "-"


def _corner(row: dict[str, str], name: str) -> int:
    """A coordinate; -1 where it is none."""
    return int(row[name]) if row[name].isascii() and row[name].isdigit() else -1


def _corrected(file: Path) -> dict[str, str]:
    """Path -> text of the user's own corrections. Raises FolderRefused."""
    if not file.is_file():
        raise FolderRefused("no-corrections", str(file))
    return {row["path"]: normalise(row["text"]) for _, row in _rows(file, ("path", "text"))}


def _unlisted(root: Path, listed: set[str]) -> list[Fault]:
    """Pictures that no index names."""
    pictures = sorted(path for path in root.rglob("*") if path.suffix.lower() in _PICTURES and path.is_file())
    return [Fault(name, "unlisted") for path in pictures if (name := path.relative_to(root).as_posix()) not in listed]
