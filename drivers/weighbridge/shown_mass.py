"""A displayed number with its unit as a mass. Pure."""

import re

from drivers.contract.quantities import Grams

_NUMBER = re.compile(r" *(?P<sign>[+-]?) *(?P<whole>\d{1,8})(\.(?P<parts>\d{1,7}))? *", re.ASCII)
_DECIMALS_OF_A_GRAM = {"g": 0, "kg": 3, "t": 6}


def shown_mass(number: str, unit: str) -> Grams | None:
    """`number` as an indicator shows it, with sign, point and padding, in `unit`.

    None if it is no number, if it has places finer than a gram, or if the unit is none of g, kg and t.
    """
    told = _NUMBER.fullmatch(number)
    if told is None or unit not in _DECIMALS_OF_A_GRAM:
        return None
    parts = told["parts"] or ""
    if len(parts) > _DECIMALS_OF_A_GRAM[unit]:
        return None
    mass = int(told["whole"] + parts) * 10 ** (_DECIMALS_OF_A_GRAM[unit] - len(parts))
    return Grams(-mass if told["sign"] == "-" else mass)
