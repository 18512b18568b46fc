"""Whether a device's count of its own measurements goes on: answers that repeat an old one are no measurement. Pure."""

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick


class Heartbeat:
    """Watches a counter that device `thing` moves on by itself, however it wraps."""

    def __init__(self, thing: str, limit: Millis) -> None:
        self._thing = thing
        self._limit = limit
        self.start_afresh()

    def start_afresh(self) -> None:
        """Nothing was seen: the wire was opened anew."""
        self._count: int | None = None
        self._since = Tick(0)

    def see(self, count: int, at: Tick) -> None:
        """Take in the counter as read at `at`. Raises DeviceFault("frozen") if it stands for `limit`."""
        if count != self._count:
            self._count, self._since = count, at
        elif at - self._since >= self._limit:
            seen = f"answers, but its count of measurements stands at {count} for {at - self._since} ms"
            raise DeviceFault("frozen", self._thing, seen, "switch the indicator off and on; check its load cells")
