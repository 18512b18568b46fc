"""A truck as a body that moves: where it is, how fast, which axle presses where. No driver's mind, no devices."""

import math
from dataclasses import dataclass

from drivers.contract.quantities import Grams, Millis
from station.simulate.ground import DECK, Stretch

_STEP_S = 0.01
_CRUISE_M_PER_S = 5.0
_CREEP_M_PER_S = 3.0  # backwards, and round the corner to the bay
_PUSH_M_PER_S2 = 1.5
_AT_GOAL_M = 0.01
_CORNER_M = 1.0  # what the first axle drives before it is off the deck's side

LENGTH_M = 16.0
_AXLES_BEHIND_NOSE_M = (1.4, 4.8, 12.0, 13.3, 14.6)
_SHARES_PERCENT = (14, 26, 20, 20, 20)


@dataclass(frozen=True, slots=True)
class Axle:
    """One axle: how far behind the nose, and what it presses down with."""

    behind_nose_m: float
    load: Grams


def five_axles(gross: Grams) -> tuple[Axle, ...]:
    """The axles of a laden tractor with semi-trailer; their loads add up to `gross` exactly."""
    loads = [gross * share // 100 for share in _SHARES_PERCENT]
    loads[-1] += gross - sum(loads)
    return tuple(Axle(at, Grams(load)) for at, load in zip(_AXLES_BEHIND_NOSE_M, loads, strict=True))


class Truck:
    """One truck. `head_for` sets where the nose shall stop, `turn_aside` drives off the deck's side into the bay."""

    def __init__(self, axles: tuple[Axle, ...], nose_m: float, length_m: float = LENGTH_M) -> None:
        self.axles = axles
        self.length_m = length_m
        self.nose_m = nose_m
        self.speed_m_per_s = 0.0
        """Along the lane; below 0 while it reverses."""
        self._goal_m = nose_m
        self._aside_m = 0.0
        self._is_turning = False

    @property
    def gross(self) -> Grams:
        """What the whole truck weighs."""
        return Grams(sum(axle.load for axle in self.axles))

    @property
    def is_at_goal(self) -> bool:
        """Whether it stands where it was told to go."""
        return self.speed_m_per_s == 0.0 and self.nose_m == self._goal_m

    @property
    def is_in_bay(self) -> bool:
        """Whether the last axle has left the deck sideways."""
        return self._aside_m > self.length_m + _CORNER_M

    def head_for(self, nose_m: float) -> None:
        """Drive until the nose is there, forwards or backwards, and stop."""
        self._goal_m = nose_m

    def turn_aside(self) -> None:
        """Leave the lane by the side, from where it stands now."""
        self._is_turning = True

    def covers(self, stretch: Stretch) -> bool:
        """Whether any part of the truck is above `stretch`. One that turns aside is on none any more."""
        if self._is_turning:
            return False
        return self.nose_m > stretch.start and self.nose_m - self.length_m < stretch.end

    def on_deck(self) -> Grams:
        """What presses on the deck."""
        return Grams(sum(axle.load for axle in self.axles if self._is_on_deck(axle)))

    def advance(self, elapsed: Millis) -> None:
        """Move the time on."""
        left = elapsed / 1000
        while left > 0:
            self._move(min(left, _STEP_S))
            left -= _STEP_S

    def _is_on_deck(self, axle: Axle) -> bool:
        has_turned = self._aside_m > axle.behind_nose_m + _CORNER_M
        return DECK.start <= self.nose_m - axle.behind_nose_m <= DECK.end and not has_turned

    def _move(self, seconds: float) -> None:
        if self._is_turning:
            self._aside_m += _CREEP_M_PER_S * seconds
            return
        way = self._goal_m - self.nose_m
        if abs(way) < _AT_GOAL_M:
            self.nose_m, self.speed_m_per_s = self._goal_m, 0.0
            return
        fastest = min(_CRUISE_M_PER_S if way > 0 else _CREEP_M_PER_S, math.sqrt(2 * _PUSH_M_PER_S2 * abs(way)))
        speed = min(abs(self.speed_m_per_s) + _PUSH_M_PER_S2 * seconds, fastest)
        self.speed_m_per_s = math.copysign(speed, way)
        self.nose_m += math.copysign(min(speed * seconds, abs(way)), way)
