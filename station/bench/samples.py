"""Many times the same measurement: how many, the median, the 99th percentile, and what it should stay under."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["ms", "1/s", "MiB"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a bench. `what` is a key of the commands' phrases, `of` the thing it was measured at ("" if plain).

    `aim` bounds the median from above (None: no aim). `p99` is the smallest sample that 99 % do not exceed.
    """

    what: str
    of: str
    unit: Unit
    n: int
    median: float
    p99: float
    aim: float | None

    @property
    def is_met(self) -> bool:
        """The median is below the aim, or there is none. Nothing measured meets no aim."""
        return self.aim is None or (self.n > 0 and self.median < self.aim)


def measured(what: str, samples: Sequence[float], unit: Unit, aim: float | None = None, of: str = "") -> Measured:
    """The line of these samples; NaN where there are none."""
    if not samples:
        return Measured(what, of, unit, 0, math.nan, math.nan, aim)
    ordered = sorted(samples)
    p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
    return Measured(what, of, unit, len(ordered), statistics.median(ordered), p99, aim)
