"""Until when a motion output is on, or may be, as far as our own orders tell. Pure."""

from collections.abc import Sequence

from drivers.contract.quantities import Millis, Tick

OVERDUE = Millis(500)
"""How much longer than its width a module's own pulse may be seen: its clock, the wire and our own delay."""


class Motion:
    """The pulses of `width` that we have begun, by output."""

    def __init__(self, width: Millis) -> None:
        self._width = width
        self._ends: dict[int, Tick] = {}

    def may_begin(self, output: int, until: Tick) -> None:
        """A pulse is being ordered; without an answer it may begin at any time until then."""
        self._ends[output] = Tick(until + self._width)

    def has_begun(self, output: int, now: Tick) -> None:
        """The module has answered."""
        self._ends[output] = Tick(now + self._width)

    def may_be_on(self, output: int, now: Tick) -> bool:
        """Whether a pulse of ours may last."""
        return now < self._ends.get(output, Tick(0))

    @property
    def next_end(self) -> Tick | None:
        """When the first of our pulses is over; None if there is none."""
        return min(self._ends.values(), default=None)

    def forget_what_is_over(self, now: Tick, but: Sequence[int]) -> None:
        """Pulses that have ended are of no interest any more, except on the outputs `but`."""
        self._ends = {output: end for output, end in self._ends.items() if now < end or output in but}

    def is_over(self, on: Sequence[int], now: Tick) -> bool:
        """Whether a pulse of ours among the outputs that are `on` has lasted its time."""
        return any(output in self._ends and now >= self._ends[output] for output in on)

    def is_overdue(self, on: Sequence[int], now: Tick) -> bool:
        """Whether one has lasted longer than any delay explains."""
        return self.is_over(on, Tick(now - OVERDUE))
