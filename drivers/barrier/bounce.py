"""A contact without its bounce. Pure."""

from drivers.contract.quantities import Millis, Tick


class SteadyContact:
    """Believes a contact once two looks at least `hold` apart, and all between them, agree; the first look at once."""

    def __init__(self, hold: Millis) -> None:
        self._hold = hold
        self._believed: bool | None = None
        self._changing_since: Tick | None = None

    @property
    def look_again_at(self) -> Tick | None:
        """When the next look can settle a change; None if there is nothing to settle."""
        return None if self._changing_since is None else Tick(self._changing_since + self._hold)

    def look(self, now: Tick, closed: bool) -> bool | None:
        """The new state if this look settles one, else None."""
        if closed == self._believed:
            self._changing_since = None
            return None
        if self._believed is not None and self._changing_since is None:
            self._changing_since = now
        if self._changing_since is not None and now - self._changing_since < self._hold:
            return None
        self._believed, self._changing_since = closed, None
        return closed
