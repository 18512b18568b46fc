"""A flood of refusals becomes a few rows: each refusal is passed on up to a number a minute, then one that says so."""

from drivers.contract.quantities import Millis, Tick
from station.courier.downlink import DownlinkUnacceptable

MOST_A_MINUTE = 20
_MINUTE = Millis(60_000)


class RefusalLimit:
    """Counts refusals by the minute."""

    def __init__(self) -> None:
        self._since: Tick | None = None
        self._count = 0

    def allow(self, refusal: DownlinkUnacceptable, now: Tick) -> DownlinkUnacceptable | None:
        """The refusal itself, the last word of this minute, or None."""
        if self._since is None or now - self._since >= _MINUTE:
            self._since = now
            self._count = 0
        self._count += 1
        if self._count < MOST_A_MINUTE:
            return refusal
        if self._count == MOST_A_MINUTE:
            next_step = "find out who floods the lane's topics; further refusals of this minute are not listed"
            return DownlinkUnacceptable(refusal.thing, "too-many", next_step)
        return None
