"""When a lane is sent again what it lacks: at once for something new, else ever more rarely."""

from dataclasses import dataclass

from drivers.contract.quantities import Millis, Tick

_AGAIN = Millis(5_000)
_MOST_AGAIN = Millis(300_000)

Lane = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Pushed:
    """What was last sent to a lane, when, and how long until it is sent again."""

    numbers: tuple[int, ...]
    tick: Tick
    patience: Millis


class Pushes:
    """Remembers for each lane what it was sent last, by the numbers of what is newest for it."""

    def __init__(self) -> None:
        self._last: dict[Lane, _Pushed] = {}

    def forget(self, lane: Lane) -> None:
        """The lane has come anew: everything is due at once."""
        self._last.pop(lane, None)

    def is_due(self, lane: Lane, numbers: tuple[int, ...], tick: Tick) -> bool:
        """Whether to send now; who asks sends."""
        last = self._last.get(lane)
        again = last is not None and last.numbers == numbers
        if last is not None and again and tick - last.tick < last.patience:
            return False
        patience = Millis(min(2 * last.patience, _MOST_AGAIN)) if last is not None and again else _AGAIN
        self._last[lane] = _Pushed(numbers, tick, patience)
        return True
