"""What the wall clock says and how far it may be trusted."""

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Tick
from station.core.facts import Clock, ClockQuality

PERIOD_MS = 300_000
"""A Clock fact is told at least this often: 12 rows an hour."""

JUMP_MS = 1_000
"""A wall clock that strays further than this from the monotonic one is told at once."""

HOLDOVER_MS = 86_400_000
"""How long after the last synchronisation the clock still counts as held over."""

_TIME_ERROR = 5  # ntp_adjtime(2): the kernel clock is not synchronised
_TIMEX_BYTES = 512  # struct timex is 208 bytes on 64-bit Linux; the rest is room to spare

ClockSource = Literal["kernel", "assumed"]


def kernel_is_synced() -> bool:
    """Whether the kernel says that a time service keeps its clock (ntp_adjtime, read only)."""
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).ntp_adjtime(buffer)
    return state not in (-1, _TIME_ERROR)


def assumed_synced() -> bool:
    """For benches and the demo, whose rules must not depend on the host's time service."""
    return True


SOURCES: dict[ClockSource, Callable[[], bool]] = {"kernel": kernel_is_synced, "assumed": assumed_synced}


@dataclass(slots=True)
class WallClock:
    """Tells a Clock fact when one is due: at start, every five minutes, on a jump, on a change of quality."""

    is_synced: Callable[[], bool]
    utc_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    _told: Clock | None = None
    _synced_at: Tick | None = None
    _looked: Tick | None = None

    def fact(self, now: Tick) -> Clock | None:
        """The Clock fact that is due at `now`, or None. Looks at most once a second."""
        if self._looked is not None and now - self._looked < JUMP_MS:
            return None
        self._looked = now
        clock = Clock(now, self.utc_ms(), self._quality(now))
        told = self._told
        if told is not None:
            strayed = abs(clock.utc_ms - told.utc_ms - (now - told.tick))
            if clock.quality == told.quality and strayed <= JUMP_MS and now - told.tick < PERIOD_MS:
                return None
        self._told = clock
        return clock

    def _quality(self, now: Tick) -> ClockQuality:
        if self.is_synced():
            self._synced_at = now
            return "synced"
        held = self._synced_at is not None and now - self._synced_at < HOLDOVER_MS
        return "holdover" if held else "unsynced"
