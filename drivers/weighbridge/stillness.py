"""Whether a deck is still, for indicators that do not say so. Pure."""

from collections import deque

from drivers.contract.quantities import Grams, Millis, Tick
from drivers.weighbridge.window import GAP_AT_MOST

_WATCHED = Millis(1000)  # a deck swings at 1 to 3 Hz: a shorter look may fall on a turning point


class Stillness:
    """Calls the deck still once all masses of a whole second, without a gap, lie within `band` of each other.

    Unknown counts as moving. A mass that is repeated for ever cannot be told from a load at rest.
    """

    def __init__(self, band: Grams) -> None:
        self._band = band
        self._course: deque[tuple[Tick, Grams]] = deque()

    def is_moving(self, mass: Grams, at: Tick) -> bool:
        """Whether the deck moves, `mass` being shown at `at`."""
        if self._course and at - self._course[-1][0] > GAP_AT_MOST:
            self._course.clear()
        self._course.append((at, mass))
        while len(self._course) > 1 and at - self._course[1][0] >= _WATCHED:
            self._course.popleft()
        masses = [mass for _, mass in self._course]
        return at - self._course[0][0] < _WATCHED or max(masses) - min(masses) > self._band
