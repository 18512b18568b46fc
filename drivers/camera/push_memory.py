"""What a pushing camera has been thanked for: durable before the thanks, so nothing is lost and nothing told twice."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.camera.picture_store import NotStored
from drivers.contract import plain
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PlateSeen

REMEMBERED = 512
"""Sightings that are known again; more than a lane sees in an hour."""

RETOLD_WITHIN = Millis(30_000)
"""A sighting that was stored but not handed over is told after a restart only while its truck may still be there."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row: a sighting is safe. `boot` and `tick` date it."""

    boot: str
    tick: Tick
    seen: PlateSeen


@dataclass(frozen=True, slots=True)
class _Told:
    """A row: this sighting was handed over. Need not survive a power cut: the next boot tells nothing again."""

    event: str
    plate: str


class PushMemory:
    """One small file of rows, the newest last: `<evidence>/pushed/<device>.jsonl`, rewritten when it has doubled.

    A sighting is the same if the camera's id and the plate are: a plate that changed under one id is news.
    A row that cannot be read (a power cut tore it) is passed over.
    """

    def __init__(self, evidence: Path, device: str) -> None:
        self._path = evidence / "pushed" / f"{device}.jsonl"
        self._boot = _BOOT_ID.read_text().strip()
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._untold: dict[tuple[str, str], _Kept] = {}
        self._rows = 0

    def load(self, now: Tick) -> Sequence[PlateSeen]:
        """Read the file; the sightings that were stored shortly before this and never handed over."""
        self._kept, self._untold, self._rows = {}, {}, 0
        for line in self._lines():
            self._rows += 1
            try:
                self._take(plain.decode(_Kept | _Told, line))
            except plain.NotPlain:
                continue
        return [row.seen for row in self._untold.values() if self._is_fresh(row, now)]

    def knows(self, event: str, plate: str) -> bool:
        """Whether this sighting is safe already."""
        return (event, plate) in self._kept

    def keep(self, seen: PlateSeen, now: Tick) -> None:
        """Make a sighting safe. Raises NotStored."""
        row = _Kept(self._boot, now, seen)
        try:
            self._append(plain.encode(row), durable=True)
        except OSError as error:
            raise NotStored(f"{self._path}: {error.strerror}") from error
        self._take(row)

    def told(self, seen: PlateSeen) -> None:
        """Note that a sighting has been handed over."""
        row = _Told(seen.event, seen.plate)
        try:
            self._append(plain.encode(row), durable=False)
        except OSError:  # a full disk: at worst it is told once more after a restart within seconds
            self._untold.pop((seen.event, seen.plate), None)
            return
        self._take(row)

    def _take(self, row: _Kept | _Told) -> None:
        if isinstance(row, _Told):
            self._untold.pop((row.event, row.plate), None)
            return
        key = (row.seen.event, row.seen.plate)
        self._kept[key] = self._untold[key] = row
        if len(self._kept) > REMEMBERED:
            del self._kept[next(iter(self._kept))]

    def _is_fresh(self, row: _Kept, now: Tick) -> bool:
        return row.boot == self._boot and 0 <= now - row.tick <= RETOLD_WITHIN

    def _lines(self) -> list[bytes]:
        """All rows, safe on the disk by now: whoever wrote the last may have been killed before it was."""
        try:
            with self._path.open("rb") as file:
                os.fsync(file.fileno())
                _sync_folder(self._path.parent)
                _sync_folder(self._path.parent.parent)
                return file.read().splitlines()
        except OSError:  # no file yet; one that cannot be read is told by the first `keep`
            return []

    def _append(self, row: bytes, *, durable: bool) -> None:
        if self._rows >= 4 * REMEMBERED:
            self._rewrite()
        is_new = not self._path.exists()
        if is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(b"\n" + row + b"\n")  # a torn row before it ends here
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if is_new:
            _sync_folder(self._path.parent)
            _sync_folder(self._path.parent.parent)
        self._rows += 2

    def _rewrite(self) -> None:
        part = self._path.with_suffix(".part")
        told = [_Told(*key) for key in self._kept if key not in self._untold]
        rows = [plain.encode(row) for row in (*self._kept.values(), *told)]
        with part.open("wb") as file:
            file.write(b"\n".join(rows) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        _sync_folder(self._path.parent)
        self._rows = len(rows)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
