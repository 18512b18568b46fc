"""Plates that are read wrongly and for certain: how often the boom was told to rise, in the pure core.

Four ways to be wrong: one character is a look-alike, one character is any other, the plate of another truck of the
same list, any plate of the grammar. Every frame says the same with a confidence of 999 permille.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.contract.orders import RaiseBoom
from station.core import plates
from station.core.records import CrossingHeld
from tests.core.script import Script
from tests.core.world import PLATE

Wrong = Literal["look-alike", "one-character", "another-truck", "any-plate"]
WRONG: tuple[Wrong, ...] = get_args(Wrong)

_SERIES = "ABCDEFGHKLMNPSTUVXYZ"
_CHARACTERS = "0123456789" + _SERIES


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `n` crossings whose plate was read wrongly in one way: raised, and held or sent to a person."""

    wrong: Wrong
    n: int
    raised: int
    held: int


def tallies(n: int) -> Iterator[Tally]:
    """One tally for each way, `n` seeded crossings each."""
    for wrong in WRONG:
        rng = random.Random(f"wrong reads: {wrong}")
        ends = [_cross(_misread(rng, wrong)) for _ in range(n)]
        yield Tally(wrong, n, sum(raised for raised, _ in ends), sum(held for _, held in ends))


def right_reads_raised(n: int) -> int:
    """The same crossings with the right plate: how often the boom was told to rise (it must be `n`)."""
    return sum(_cross(PLATE)[0] for _ in range(n))


def _cross(plate: str) -> tuple[bool, bool]:
    """Whether the boom was told to rise, and whether a person was asked."""
    script = Script(plate=plate)
    script.drive_on()
    script.scan()
    script.wait(script.parameters.patience.decide)
    return any(isinstance(order, RaiseBoom) for order in script.sent), bool(script.of(CrossingHeld))


def _misread(rng: random.Random, wrong: Wrong) -> str:
    while True:
        text = _candidate(rng, wrong)
        if text != PLATE and (wrong != "look-alike" or plates.is_look_alike(text, PLATE)):
            return text


def _candidate(rng: random.Random, wrong: Wrong) -> str:
    match wrong:
        case "look-alike" | "one-character":
            place = rng.randrange(len(PLATE))
            return PLATE[:place] + rng.choice(_CHARACTERS) + PLATE[place + 1 :]
        case "another-truck":
            return PLATE[:3] + "".join(rng.choice("0123456789") for _ in PLATE[3:])
        case "any-plate":
            serial = f"{rng.randrange(100_000):05d}"
            return f"{rng.randrange(11, 100)}{rng.choice(_SERIES)}{serial}"
