"""Where things lie along the simulated lane, in metres in the direction of travel, and where a driver goes."""

from typing import NamedTuple


class Stretch(NamedTuple):
    """A piece of the lane from `start` to `end`."""

    start: float
    end: float


ENTRY_LOOP = Stretch(0.0, 2.0)
DECK = Stretch(3.0, 22.0)
UNDER_BOOM_LOOP = Stretch(22.8, 25.2)
BOOM = 24.0
EXIT_LOOP = Stretch(29.0, 31.0)

DECK_ENTRY_BEAM = 2.6
DECK_EXIT_BEAM = 22.4
"""Past the stop line by less than a truck's nose may err."""
BEAM_HEIGHTS_M = (0.7, 1.1)
"""Each light barrier is a pair, one above the other on one input: a drawbar passes under the upper, the rails of a
high bed over the lower, and no vehicle of ours between both."""
LOOP_REACH_M = 0.8
"""Up to this height a loop feels iron."""

BEFORE_THE_LANE = -3.0
"""Where a nose is before the truck arrives, and after it has reversed out."""
STOP_LINE = 22.0
"""A nose here leaves a 16 m truck wholly on the deck and on no loop."""
WHOLE_ON_DECK = 18.0
"""A nose beyond this has brought a 16 m truck past the entry loop."""
BEYOND_THE_LANE = 52.0
"""A nose here leaves the longest vehicle beyond the exit loop."""
IN_SIGHT = Stretch(12.0, 27.0)
"""Where a nose is while the plate camera sees the truck's front."""
