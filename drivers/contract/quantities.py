"""Quantities with their unit in the type. All are integers: a chained record never holds a float."""

from typing import NewType

Grams = NewType("Grams", int)
"""Mass in integer grams; a 100 t truck is 100_000_000."""

Millis = NewType("Millis", int)
"""A duration in milliseconds."""

Tick = NewType("Tick", int)
"""A point in time: CLOCK_MONOTONIC in milliseconds, the same for every process of one boot."""

Permille = NewType("Permille", int)
"""A share in thousandths, 0..1000; used for confidence."""

GRAMS_PER_KILOGRAM = 1000


def kilograms(value: int) -> Grams:
    """The mass of `value` whole kilograms."""
    return Grams(value * GRAMS_PER_KILOGRAM)
