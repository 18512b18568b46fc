"""What the inputs of a module say, as readings: each change once, without its bounce. Pure."""

from collections.abc import Callable
from functools import partial
from typing import get_args

from drivers.barrier.bounce import Steady
from drivers.barrier.io_settings import BarrierSettings
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import (
    Beam,
    BeamEdge,
    BoomMoved,
    BoomPosition,
    Button,
    ButtonEdge,
    Contact,
    ContactEdge,
    LoopEdge,
    Point,
    Reading,
)

_HOLD = Millis(20)
"""The longest bounce of a contact (5 to 20 ms as makers state it)."""
_CONTACT_HOLD = Millis(1000)
"""For what moves nothing: each change is a row of the journal, and a door that rattles would change all day."""


_EDGES: tuple[tuple[Callable[..., Reading], tuple[str, ...], str], ...] = (
    (LoopEdge, get_args(Point), ""),
    (BeamEdge, get_args(Beam), ""),
    (ButtonEdge, get_args(Button), "_button"),
    (ContactEdge, get_args(Contact), ""),
)
"""The readings of single inputs, the names they tell, and what a setting's name has besides."""


class _Signal:
    """One input: its number, whether it is on while the state it tells is absent, and the reading that tells it."""

    def __init__(self, number: int, *, is_inverted: bool, tell: Callable[[bool], Reading], hold: Millis) -> None:
        self.number = number
        self.is_inverted = is_inverted
        self.tell = tell
        self.steady = Steady[bool](hold)


class Signals:
    """The readings of one module's inputs; everything is told once, and then what changes."""

    def __init__(self, settings: BarrierSettings) -> None:
        self._settings = settings
        self._signals = tuple(_signals(settings))
        self._boom = Steady[BoomPosition](_HOLD)

    @property
    def look_again_at(self) -> Tick | None:
        """When the next look can settle a change; None if nothing is changing."""
        looks = (self._boom.look_again_at, *(signal.steady.look_again_at for signal in self._signals))
        return min((at for at in looks if at is not None), default=None)

    def look(self, inputs: tuple[bool, ...], seen: Tick) -> list[Reading]:
        """What these levels, read at `seen`, have settled."""
        s = self._settings
        news: list[Reading] = []
        position = boom_position(up=self._is_reached(s.boom_up, inputs), down=self._is_reached(s.boom_down, inputs))
        if (settled := self._boom.look(seen, position)) is not None:
            news.append(BoomMoved(settled))
        for signal in self._signals:
            state = signal.steady.look(seen, inputs[signal.number] != signal.is_inverted)
            if state is not None:
                news.append(signal.tell(state))
        return news

    def is_clear_below(self, inputs: tuple[bool, ...]) -> bool:
        """Whether neither loop nor beam sees anything under the boom, as the levels stand, bounce or not."""
        s = self._settings
        beam_is_clear = s.boom_beam is None or inputs[s.boom_beam] != (s.boom_beam in s.normally_open)
        return beam_is_clear and not self._is_reached(s.under_boom_loop, inputs)

    def _is_reached(self, number: int, inputs: tuple[bool, ...]) -> bool:
        return inputs[number] != (number in self._settings.normally_closed)


def boom_position(*, up: bool, down: bool) -> BoomPosition:
    """What the two limit switches say together."""
    if up and down:
        return "wiring-fault"
    if up:
        return "up"
    return "down" if down else "moving"


def _signals(settings: BarrierSettings) -> list[_Signal]:
    """What is fitted, in the order of `_EDGES`."""
    made = []
    for edge, names, suffix in _EDGES:
        for name in names:
            number: int | None = getattr(settings, name.replace("-", "_") + suffix)
            if number is not None:
                is_beam = edge is BeamEdge
                is_inverted = number not in settings.normally_open if is_beam else number in settings.normally_closed
                hold = _CONTACT_HOLD if edge is ContactEdge else _HOLD
                made.append(_Signal(number, is_inverted=is_inverted, tell=partial(edge, name), hold=hold))
    return made
