"""When could this frame first have been here? Frames lie in buffers, so the instant of reading says nothing."""

from drivers.contract.quantities import Tick

_WINDOW_MS = 30_000
_LONGEST_STEP_MS = 2_000
_CALM_FRAMES = 3


class FrameClock:
    """Turns the stream's own time stamps into our ticks.

    A frame cannot arrive before it is made, so the smallest (arrival - stamp) seen of late belongs to a frame that
    waited nowhere; stamp + that smallest difference is when a frame would have arrived had it not waited. It is
    remembered for 30 to 60 s, which follows a camera clock that drifts. A new stream begins with frames that have
    waited, so nothing is told until the difference has stopped falling; the same after stamps that jump.
    What every frame needs alike (exposure, coding, the way, decoding) cannot be seen from here.
    """

    def __init__(self) -> None:
        self._smallest: int | None = None
        self._smallest_before: int | None = None
        self._window_began = 0
        self._last_stamp_ms = 0
        self._calm = 0

    def due(self, stamp_ms: int, arrived: Tick) -> Tick | None:
        """The tick at which the frame with this stamp could first be here; None while that cannot be told."""
        step = stamp_ms - self._last_stamp_ms
        self._last_stamp_ms = stamp_ms
        difference = arrived - stamp_ms
        if self._smallest is None or not 0 <= step <= _LONGEST_STEP_MS:
            self._begin(difference, arrived)
            return None
        self._turn_window(difference, arrived)
        known = self._known()
        fall = known - difference
        self._calm = self._calm + 1 if fall <= max(step // 4, 1) or self._settled else 0
        self._smallest = min(self._smallest, difference)
        return Tick(stamp_ms + min(known, difference)) if self._settled else None

    @property
    def _settled(self) -> bool:
        return self._calm >= _CALM_FRAMES

    def _begin(self, difference: int, arrived: Tick) -> None:
        self._smallest, self._smallest_before = difference, None
        self._window_began = arrived
        self._calm = 0

    def _turn_window(self, difference: int, arrived: Tick) -> None:
        if arrived - self._window_began >= _WINDOW_MS:
            self._smallest_before, self._smallest = self._smallest, difference
            self._window_began = arrived

    def _known(self) -> int:
        known = [value for value in (self._smallest, self._smallest_before) if value is not None]
        return min(known)
