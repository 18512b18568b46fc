"""A contact, or several read together, without their bounce. Pure."""

from typing import Generic, TypeVar

from drivers.contract.quantities import Millis, Tick

State = TypeVar("State")


class Steady(Generic[State]):
    """Believes a state once two looks at least `hold` apart, and all between them, agree; the first look at once."""

    def __init__(self, hold: Millis) -> None:
        self._hold = hold
        self._believed: State | None = None
        self._coming: State | None = None
        self._since = Tick(0)

    @property
    def look_again_at(self) -> Tick | None:
        """When the next look can settle a change; None if there is nothing to settle."""
        return None if self._coming is None else Tick(self._since + self._hold)

    def look(self, now: Tick, state: State) -> State | None:
        """The new state if this look settles one, else None."""
        if state == self._believed:
            self._coming = None
            return None
        if self._believed is not None and state != self._coming:
            self._coming, self._since = state, now
        if self._coming is not None and now - self._since < self._hold:
            return None
        self._believed, self._coming = state, None
        return state
