"""The one clock of the drivers: monotonic milliseconds, shared by all processes of a boot."""

import time

from drivers.contract.quantities import Tick


def now() -> Tick:
    """CLOCK_MONOTONIC in milliseconds."""
    return Tick(time.monotonic_ns() // 1_000_000)
