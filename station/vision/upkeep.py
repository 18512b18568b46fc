"""The memory of the vision process: swept and looked at now and then, and given back by beginning anew.

A reading leaves objects that name each other in a circle. Python's collector comes for them ever more rarely the more
objects live, so by itself the process grows by some 2 MiB over thousands of pictures before it shrinks again. What
lives for good is therefore set aside (`settle`), and the rest, some hundred objects, is swept at each look.

A third party measured a leak in onnxruntime 1.24 to 1.26 (11 MB a run), and a site may enter any model: so the process
has a ceiling. It ends between two orders, in a quiet moment if there is one, with the fault "renewal".
"""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick

LOOK_EVERY: Final = 50
"""Pictures between two looks; a look costs some 4 ms of processor time, between two orders."""
QUIET: Final = Millis(5_000)
"""So long no picture was to be read: no truck is waiting for one."""
_URGENT: Final = 3, 2
"""Beyond this share of the ceiling it waits for no quiet moment."""


def own_pss_kib() -> int:
    """The memory of this process, shared pages in proportion, in KiB. Raises OSError."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise OSError("/proc/self/smaps_rollup has no Pss")


class Upkeep:
    """Counts pictures and judges the memory. `ceiling_mib` is in MiB of PSS."""

    def __init__(self, device: str, ceiling_mib: int, measure: Callable[[], int] = own_pss_kib) -> None:
        self._device = device
        self._ceiling = ceiling_mib * 1024
        self._measure = measure
        self._pictures = 0
        self._looked_at = 0
        self._seen = 0
        self._last_picture = Tick(0)

    def settle(self) -> None:
        """Call when everything that lives for good is loaded: no sweep looks at it any more."""
        gc.collect()
        gc.freeze()

    def let_go(self) -> None:
        """Call when it is let go again: sweeps look at everything as before."""
        gc.unfreeze()

    def read_one(self, now: Tick) -> None:
        """One more picture was read."""
        self._pictures += 1
        self._last_picture = now

    def look(self, now: Tick) -> None:
        """Call between two orders. Raises DeviceFault("renewal") when it is time to begin anew."""
        if self._pictures - self._looked_at >= LOOK_EVERY:
            self._looked_at = self._pictures
            gc.collect()
            self._seen = self._measure()
        over, under = _URGENT
        is_urgent = self._seen * under > self._ceiling * over
        if self._seen > self._ceiling and (is_urgent or now - self._last_picture >= QUIET):
            seen = f"{self._seen // 1024} MiB after {self._pictures} pictures, at most {self._ceiling // 1024}"
            step = "nothing: the reader begins anew by itself; if it does so every hour, report its models"
            raise DeviceFault("renewal", self._device, seen, step)
