"""A vehicle as a body that moves: where it is, how fast, what presses where. No driver's mind, no devices."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from drivers.contract.quantities import Grams, Millis
from station.simulate.ground import BEAM_HEIGHTS_M, DECK, LOOP_REACH_M, Stretch
from station.simulate.shapes import ORDINARY, Axle, Shape

_STEP_S = 0.01
_CREEP_M_PER_S = 3.0  # backwards, and round the corner to the bay
_AT_GOAL_M = 0.01
_CORNER_M = 1.0  # what the first axle drives before it is off the deck's side


class Pace(NamedTuple):
    """How a driver drives: the speed he keeps to and how hard he speeds up and brakes."""

    cruise_m_per_s: float = 5.0
    push_m_per_s2: float = 1.5


ORDINARY_PACE = Pace()


class Truck:
    """One vehicle. `head_for` sets where the nose shall stop, `turn_aside` drives off the deck's side into the bay."""

    def __init__(self, gross: Grams, nose_m: float, shape: Shape = ORDINARY, pace: Pace = ORDINARY_PACE) -> None:
        self.shape = shape
        self.axles: tuple[Axle, ...] = shape.laden(gross)
        self.length_m = shape.length_m
        self.nose_m = nose_m
        self.pace = pace
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
        """Whether any part of it, however high, is above `stretch`. One that turns aside is on none any more."""
        if self._is_turning:
            return False
        return self.nose_m > stretch.start and self.nose_m - self.length_m < stretch.end

    def is_felt(self, loop: Stretch, reach_m: float = LOOP_REACH_M) -> bool:
        """Whether a loop there feels it: iron low enough above the loop."""
        return self.covers(loop) and any(
            section.iron_m <= reach_m
            and self.nose_m - section.front > loop.start
            and self.nose_m - section.rear < loop.end
            for section in self.shape.outline
        )

    def breaks(self, beam_m: float, heights_m: Sequence[float] = BEAM_HEIGHTS_M) -> bool:
        """Whether it stands in a light beam that crosses the lane at `beam_m`, at any of these heights."""
        behind = self.nose_m - beam_m
        if self._is_turning or not 0.0 < behind < self.length_m:
            return False
        return any(
            section.front <= behind <= section.rear and section.bottom_m <= height <= section.top_m
            for section in self.shape.outline
            for height in heights_m
        )

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
        cruise, push = self.pace
        fastest = min(cruise if way > 0 else _CREEP_M_PER_S, math.sqrt(2 * push * abs(way)))
        speed = min(abs(self.speed_m_per_s) + push * seconds, fastest)
        self.speed_m_per_s = math.copysign(speed, way)
        self.nose_m += math.copysign(min(speed * seconds, abs(way)), way)
