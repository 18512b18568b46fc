"""Where an ADAM-6060 keeps what: coils and registers, and how its bits read. Pure.

Coils, inputs and counters: Advantech ADAM-6000 manual, appendix B. Pulse registers: by the layout of the sister module
ADAM-6052 (counters, low widths, high widths, absolute counts; two words per point, low word first; 0.1 ms); to be
verified on a module.
"""

from drivers.contract.quantities import Millis
from drivers.contract.readings import BoomPosition, LightColour

POINTS = 6
INPUTS_AT = 0
OUTPUTS_AT = 16
LOW_WIDTHS_AT = 12
HIGH_WIDTHS_AT = 24
PULSE_COUNTS_AT = 36
_WORDS_PER_VALUE = 2
_WIDTH_UNITS_PER_MS = 10


def register(block: int, output: int) -> int:
    """The first register of `output` in a block of two-word values."""
    return block + _WORDS_PER_VALUE * output


def width_units(width: Millis) -> int:
    """A pulse width as the module counts it, in 0.1 ms."""
    return width * _WIDTH_UNITS_PER_MS


def boom_position(*, up: bool, down: bool) -> BoomPosition:
    """What the two limit switches say together."""
    if up and down:
        return "wiring-fault"
    if up:
        return "up"
    return "down" if down else "moving"


def light_colour(*, red: bool, green: bool) -> LightColour | None:
    """What the two lamp outputs say together; None if both are on, which nobody may order."""
    if red and green:
        return None
    if red:
        return "red"
    return "green" if green else "dark"
