"""How full the disk is, as a state: judged from the bytes that are left, worse at once, better only with some room.

`usable` are the free bytes less what the reserve file still lacks: whoever frees the reserve makes nothing better.
"""

from dataclasses import dataclass
from typing import Literal

DiskLevel = Literal["OK", "LOW", "CRITICAL", "READ_ONLY"]

LEVELS: tuple[DiskLevel, ...] = ("OK", "LOW", "CRITICAL", "READ_ONLY")
"""Best to worst. LOW sheds diagnostics, CRITICAL also the video of cleared trucks before its term; in READ_ONLY the
reserve is free and the lane is closed.
"""

_GIB, _MIB = 1 << 30, 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Below so many usable bytes the level begins."""

    low: int
    critical: int
    read_only: int


def bounds_of(size: int) -> Bounds:
    """A tenth, a twentieth, a hundredth of a disk of `size` bytes (Fledge warns at 10 %, ends at 5 %), of a large disk
    less: 4 GiB, 2 GiB, 64 MiB, some 250 crossings of the journal's budget.
    """
    return Bounds(min(size // 10, 4 * _GIB), min(size // 20, 2 * _GIB), min(size // 100, 64 * _MIB))


def judge(before: DiskLevel, usable: int, bounds: Bounds) -> DiskLevel:
    """The level now. It is left for a better one only with a quarter more than its bound, so that it does not flap."""
    now, with_room = _at(usable, bounds), _at(usable * 4 // 5, bounds)
    if LEVELS.index(now) >= LEVELS.index(before):
        return now
    return min(before, with_room, key=LEVELS.index)


def is_at_least(level: DiskLevel, wanted: DiskLevel) -> bool:
    """`level` is as bad as `wanted`, or worse."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def _at(usable: int, bounds: Bounds) -> DiskLevel:
    if usable < bounds.read_only:
        return "READ_ONLY"
    if usable < bounds.critical:
        return "CRITICAL"
    return "LOW" if usable < bounds.low else "OK"
