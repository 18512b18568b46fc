"""What the empty deck showed before a vehicle came: the zero that its weight was taken from. Pure.

An indicator's own flag tells only of its power-up, and most protocols have none. Mud, rain and a stone under the deck
move the zero too, and every weight by as much.
"""

from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.weighbridge.window import WeighedFrame, WindowJudge

_EMPTY_BELOW = kilograms(500)  # what presence on the deck begins with
_STILL_FOR = Millis(1000)
_SPREAD = kilograms(20)
_NEVER = Tick(2**62)


class ZeroWatch:
    """Remembers what the deck showed when it last stood empty and still for a second; None until it has."""

    def __init__(self) -> None:
        self.zero: Grams | None = None
        self._judge = WindowJudge(TakeWeight("zero", _NEVER, _STILL_FOR, _SPREAD, Millis(_NEVER)), Tick(0))

    def see(self, frame: WeighedFrame, at: Tick) -> None:
        """Take in a frame, whatever stands on the deck."""
        if abs(frame.mass) >= _EMPTY_BELOW:
            self._judge.start_over()
        elif window := self._judge.see(frame, at):
            self.zero = window.mass
            self._judge.start_over()
