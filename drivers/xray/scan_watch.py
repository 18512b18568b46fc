"""When a scan in a drop folder is whole. Pure: told what lies there and when, it says what may be read now.

A scan is a set of files with one name and the declared endings: `S17.tif` and `S17.xml` are scan S17. What ends
otherwise, such as `S17.tif.tmp`, does not exist yet.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from drivers.contract.quantities import Millis, Tick

Completion = Literal["renamed", "marker", "quiet"]
MARKER = ".done"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the folder shows it. A change of size or time is another file."""

    name: str
    size: int
    modified_ns: int


Files = tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A scan that may be read."""

    scan: str
    files: Files


@dataclass(frozen=True, slots=True)
class Overdue:
    """A scan that should have been whole long ago."""

    scan: str


@dataclass(slots=True)
class _Seen:
    files: Files
    first: Tick
    changed: Tick
    is_told_overdue: bool = False


@dataclass(slots=True)
class ScanWatch:
    """`look` at the folder again and again; what was dealt with is `settle`d and not named again until it changes."""

    endings: tuple[str, ...]
    completion: Completion
    quiet: Millis
    give_up: Millis
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _settled: dict[str, Files] = field(default_factory=dict)

    def look(self, listed: Iterable[Listed], now: Tick) -> list[Whole | Overdue]:
        """What is whole, oldest file first, and what has become overdue."""
        scans, marked = self._scans(listed)
        for gone in (self._seen.keys() | self._settled.keys()) - scans.keys():
            self._seen.pop(gone, None)
            self._settled.pop(gone, None)
        found: list[Whole | Overdue] = []
        for scan, files in sorted(scans.items(), key=lambda item: max(file.modified_ns for file in item[1])):
            if self._settled.get(scan) != files:
                found += self._judge(scan, files, is_marked=scan in marked, now=now)
        return found

    def settle(self, scan: str, files: Files) -> None:
        """Need nothing more of this scan as it was."""
        self._settled[scan] = files
        self._seen.pop(scan, None)

    def _scans(self, listed: Iterable[Listed]) -> tuple[dict[str, Files], set[str]]:
        scans: dict[str, Files] = {}
        marked: set[str] = set()
        for file in sorted(listed, key=lambda file: file.name):
            scan, dot, rest = file.name.partition(".")
            if dot + rest == MARKER:
                marked.add(scan)
            elif dot + rest in self.endings:
                scans[scan] = (*scans.get(scan, ()), file)
        return scans, marked

    def _judge(self, scan: str, files: Files, *, is_marked: bool, now: Tick) -> list[Whole | Overdue]:
        seen = self._seen.setdefault(scan, _Seen(files, now, now))
        if seen.files != files:
            seen.files, seen.changed = files, now
        is_whole = len(files) == len(self.endings) and (
            self.completion == "renamed"
            or (self.completion == "marker" and is_marked)
            or (self.completion == "quiet" and now >= seen.changed + self.quiet)
        )
        if is_whole:
            return [Whole(scan, files)]
        if now < seen.first + self.give_up or seen.is_told_overdue:
            return []
        seen.is_told_overdue = True
        return [Overdue(scan)]


def is_scan_id(name: str) -> bool:
    """Whether a scan's name is fit to be its id: letters, digits, hyphens and underscores, at most 64."""
    return _ID.fullmatch(name) is not None
