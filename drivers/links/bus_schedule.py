"""Whose turn it is on a bus. Pure: told what happened and when, it says who is next.

A unit is visited once per period. The barrier goes before all others that are due, but not twice in a row past one
that waits. A unit that fails is tried again soon, and after a few failures in a row only every five seconds, so
that a dead unit costs its neighbours one reply limit in five seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from drivers.contract.quantities import Millis, Tick

FAILURES_TO_REST = 3
RETRY_PAUSE = Millis(500)
PROBE_PAUSE = Millis(5_000)
_TOO_EARLY_BY = Millis(5)
"""A driver keeps its period by itself; one that was visited a moment too early is looked at again so much later."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One device of the bus: the time between two visits, and whether it goes before the others."""

    name: str
    period: Millis
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """When `unit` is due, and how often it has failed since it last answered."""

    unit: Unit
    due: Tick
    failures: int = 0

    @property
    def is_resting(self) -> bool:
        """Whether the circuit is open: it is only probed now and then."""
        return self.failures >= FAILURES_TO_REST


class BusSchedule:
    """Turns of `units`, all due at `now`."""

    def __init__(self, units: Iterable[Unit], now: Tick) -> None:
        self._turns = {unit.name: Turn(unit, now) for unit in units}
        self._last = ""

    def next(self, now: Tick) -> str | None:
        """Whose turn it is at `now`; None if nobody is due."""
        due = [turn for turn in self._turns.values() if turn.due <= now]
        others = [turn for turn in due if not turn.unit.is_first]
        first = [turn for turn in due if turn.unit.is_first and not (others and turn.unit.name == self._last)]
        return min(first or others, key=lambda turn: turn.due).unit.name if due else None

    def wait(self, now: Tick) -> Millis:
        """How long until somebody is due."""
        return Millis(max(0, min(turn.due for turn in self._turns.values()) - now))

    def is_resting(self, name: str) -> bool:
        """Whether `name` is only probed now and then."""
        return self._turns[name].is_resting

    def visited(self, name: str, began: Tick, ended: Tick) -> None:
        """`name` had its turn, and has answered or had nothing to ask yet."""
        self._last = name
        turn = self._turns[name]
        if ended == began:
            self._turns[name] = replace(turn, due=Tick(ended + min(_TOO_EARLY_BY, turn.unit.period)))
            return
        self._turns[name] = replace(turn, due=Tick(began + turn.unit.period), failures=0)

    def opened(self, name: str, ended: Tick) -> None:
        """`name` was opened: it is due at once, and has yet to prove itself."""
        self._last = name
        self._turns[name] = replace(self._turns[name], due=ended)

    def failed(self, name: str, ended: Tick) -> None:
        """`name` was visited or opened in vain."""
        self._last = name
        failures = self._turns[name].failures + 1
        pause = PROBE_PAUSE if failures >= FAILURES_TO_REST else RETRY_PAUSE
        self._turns[name] = replace(self._turns[name], due=Tick(ended + pause), failures=failures)
