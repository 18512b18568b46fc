"""A van that is always in a hurry: the fast truck of the rig, and the physics of its axles. No devices, no driver."""

from drivers.contract.quantities import Grams, Millis, kilograms
from station.simulate.ground import BEFORE_THE_LANE, DECK, STOP_LINE, Stretch

SPEED_M_PER_S = 9.0
LENGTH_M = 6.0
BEYOND_THE_LANE = 38.0
"""A nose here leaves the van beyond the exit loop."""

_AXLES: tuple[tuple[float, Grams], ...] = ((1.0, kilograms(2_400)), (4.8, kilograms(3_600)))
GROSS = kilograms(6_000)


class Van:
    """Drives at one speed towards `goal_m`."""

    def __init__(self) -> None:
        self.nose_m = BEFORE_THE_LANE
        self.goal_m = STOP_LINE

    @property
    def is_at_goal(self) -> bool:
        return self.nose_m == self.goal_m

    def covers(self, stretch: Stretch) -> bool:
        return self.nose_m > stretch.start and self.nose_m - LENGTH_M < stretch.end

    def on_deck(self) -> Grams:
        loads = (load for behind, load in _AXLES if DECK.start <= self.nose_m - behind <= DECK.end)
        return Grams(sum(loads))

    def advance(self, elapsed: Millis) -> None:
        way = self.goal_m - self.nose_m
        step = SPEED_M_PER_S * elapsed / 1000
        self.nose_m = self.goal_m if abs(way) <= step else self.nose_m + (step if way > 0 else -step)
