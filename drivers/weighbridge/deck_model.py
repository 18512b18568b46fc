"""The physics of a truck scale: a deck on springs, and what its indicator shows. No bytes.

A load that rolls on makes the deck overshoot and swing at 1 to 3 Hz until friction settles it after 2 to 5 seconds.
The indicator rounds to its division and calls it motion while the shown mass moves by more than one division in a
second. Floats live only here.
"""

import math
import random
from collections import deque

from drivers.contract.quantities import Grams, Millis, kilograms

_STEP_S = 0.001
_ROLL_ON_S = (0.6, 1.2)  # how long an axle takes to roll onto the deck
_SWING_HZ = (1.0, 3.0)
_SETTLE_S = (2.0, 5.0)
_SETTLED_DECAY = 6.0  # e**-6 of the first swing is left when the deck counts as settled
_AT_REST_G = 500.0
_MOTION_WINDOW_MS = 1000
_MOTION_SAMPLE_MS = 20


class DeckModel:
    """One deck with its indicator. `advance` moves time; any split of the time gives the same course.

    `maximum` is the scale's Max, `division` its e. By OIML R 76 the indicator shows no mass above Max + 9 e
    nor below -20 e; here that is `in_range` False. `seed` chooses swing and settling of each change of load.
    """

    def __init__(self, seed: int = 0, maximum: Grams = kilograms(80_000), division: Grams = kilograms(20)) -> None:
        self.maximum = maximum
        self.division = division
        self.zeroed = True
        """False after a power-up with a load on the deck: the indicator could not take its zero."""
        self._random = random.Random(seed)
        self._load = 0.0  # what stands on the deck, grams
        self._carried = 0.0  # of which the deck carries this much by now
        self._roll_g_per_s = 0.0
        self._shown = 0.0  # where the swinging deck is, grams
        self._speed = 0.0
        self._omega = 2 * math.pi * 2.0
        self._friction = 2.0
        self._zero_error = 0.0
        self._clock_ms = 0
        self._course: deque[float] = deque([0.0], maxlen=_MOTION_WINDOW_MS // _MOTION_SAMPLE_MS)

    @property
    def load(self) -> Grams:
        """What stands on the deck now: the truth that the shown mass settles to."""
        return Grams(round(self._load))

    @property
    def mass(self) -> Grams:
        """What the indicator shows, rounded to the division; negative too."""
        return Grams(round(self._shown_with_error() / self.division) * self.division)

    @property
    def moving(self) -> bool:
        """The indicator's motion flag."""
        return max(self._course) - min(self._course) > self.division

    @property
    def in_range(self) -> bool:
        """False above Max + 9 e and below -20 e."""
        return -20 * self.division <= self._shown_with_error() <= self.maximum + 9 * self.division

    def set_load(self, load: Grams) -> None:
        """From now on `load` stands on the deck in all; an axle rolls on or off over about a second."""
        self._load = float(load)
        self._roll_g_per_s = (self._load - self._carried) / self._random.uniform(*_ROLL_ON_S)
        self._omega = 2 * math.pi * self._random.uniform(*_SWING_HZ)
        self._friction = _SETTLED_DECAY / self._random.uniform(*_SETTLE_S)

    def set_zero_error(self, error: Grams) -> None:
        """Mud on the deck, or mud washed off since the last zero: added to everything shown."""
        self._zero_error = float(error)

    def take_zero(self) -> bool:
        """Somebody presses zero: what the deck shows becomes 0 if it is at rest and within 4 % of Max (OIML R 76)."""
        shown = self._shown_with_error()
        if self.moving or abs(shown) > 0.04 * self.maximum:
            return False
        self._zero_error -= shown
        self._course.clear()
        self._course.append(self._shown_with_error())
        return True

    def power_up(self) -> None:
        """The indicator starts anew: it takes its zero only if the deck bears at most 20 % of Max (OIML R 76)."""
        self.zeroed = abs(self._shown_with_error()) <= 0.2 * self.maximum

    def advance(self, elapsed: Millis) -> None:
        """Move the time on."""
        if self._is_at_rest():
            samples = (self._clock_ms + elapsed) // _MOTION_SAMPLE_MS - self._clock_ms // _MOTION_SAMPLE_MS
            self._course.extend([self._shown_with_error()] * min(samples, _MOTION_WINDOW_MS // _MOTION_SAMPLE_MS))
            self._clock_ms += elapsed
            return
        for _ in range(elapsed):
            self._clock_ms += 1
            self._move()
            if self._clock_ms % _MOTION_SAMPLE_MS == 0:
                self._course.append(self._shown_with_error())

    def _is_at_rest(self) -> bool:
        """Nothing will change until the load does."""
        return self._carried == self._load == self._shown and self._speed == 0.0

    def _move(self) -> None:
        """One millisecond of a damped spring that follows the load rolling on."""
        rest = self._load - self._carried
        if rest:
            step = self._roll_g_per_s * _STEP_S
            self._carried = self._load if abs(step) >= abs(rest) else self._carried + step
        elif abs(self._shown - self._load) < _AT_REST_G and abs(self._speed) < _AT_REST_G:
            self._shown, self._speed = self._load, 0.0
            return
        pull = self._omega**2 * (self._carried - self._shown) - 2 * self._friction * self._speed
        self._speed += pull * _STEP_S
        self._shown += self._speed * _STEP_S

    def _shown_with_error(self) -> float:
        return self._shown + self._zero_error
