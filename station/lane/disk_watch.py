"""The disk of the data folder as it is now: its level, and the reserve that goes with it."""

import os
from pathlib import Path

from station.core.disk_level import Bounds, DiskLevel, bounds_of, judge
from station.lane.reserve_file import ReserveFile


class DiskWatch:
    """Judges the level and keeps the reserve: freed in READ_ONLY, made again as soon as that is over."""

    def __init__(self, root: Path, reserve_bytes: int, level: DiskLevel = "OK") -> None:
        """Settles at once, so that a lane which starts on a full disk can open its journal. Raises OSError."""
        self._root = root
        self.reserve = ReserveFile(root, reserve_bytes)
        self.level: DiskLevel = level
        self.free = self.usable = 0
        self.bounds: Bounds = bounds_of(0)
        self.settle()

    def settle(self) -> DiskLevel:
        """Look at the disk, and free or make the reserve; the level it has now. Raises OSError if there is no disk."""
        found = os.statvfs(self._root)
        self.free = found.f_bavail * found.f_frsize
        self.usable = self.free - self.reserve.missing
        self.bounds = bounds_of(found.f_blocks * found.f_frsize)
        self.level = judge(self.level, self.usable, self.bounds)
        if self.level == "READ_ONLY":
            self.reserve.free()
        else:
            self.reserve.make()
        return self.level
