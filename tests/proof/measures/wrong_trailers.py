"""Plates of trailers and grounds of plates that are wrong, seen for certain: was the boom told to rise, in the core.

The lane has a trailer camera. Six ways to be wrong: another trailer behind, a look-alike of the declared one, nothing
legible behind, a truck that draws nothing, the trailer's own plate where the tractor's is wanted, and the declared
plate on a ground that no such plate has.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.contract.orders import RaiseBoom
from drivers.contract.readings import PlateColour
from station.core.records import CrossingHeld
from tests.core.container_lane import passage
from tests.core.trailer_lane import DECLARED, lane
from tests.core.world import PLATE

Wrong = Literal[
    "another trailer behind",
    "a look-alike behind",
    "nothing legible behind",
    "no trailer behind",
    "a trailer's plate in front",
    "the declared plate on another ground",
]
WRONG: tuple[Wrong, ...] = get_args(Wrong)

_ODD: tuple[PlateColour, ...] = ("RED", "GREEN", "BLACK")
_LOOKS = {"0": "O", "1": "I", "2": "Z"}


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `n` crossings that were wrong in one way: raised, and held or sent to a person."""

    wrong: Wrong
    n: int
    raised: int
    held: int


def tallies(n: int) -> Iterator[Tally]:
    """One tally for each way, `n` seeded crossings each."""
    for wrong in WRONG:
        rng = random.Random(f"wrong trailers: {wrong}")
        ends = [_cross(*_seen(rng, wrong)) for _ in range(n)]
        yield Tally(wrong, n, sum(raised for raised, _ in ends), sum(held for _, held in ends))


def right_reads_raised(n: int) -> int:
    """The same crossings with the right plates: how often the boom was told to rise (it must be `n`)."""
    return sum(_cross(PLATE, DECLARED, "YELLOW")[0] for _ in range(n))


def _cross(front: str, behind: str, colour: PlateColour) -> tuple[bool, bool]:
    """Whether the boom was told to rise, and whether a person was asked."""
    script = lane(behind, plate=front)
    script.colour = colour
    passage(script)
    return any(isinstance(order, RaiseBoom) for order in script.sent), bool(script.of(CrossingHeld))


def _seen(rng: random.Random, wrong: Wrong) -> tuple[str, str, PlateColour]:
    """The plate in front, the one behind, and the ground in front."""
    match wrong:
        case "another trailer behind":
            return PLATE, _trailer(rng), "UNSURE"
        case "a look-alike behind":
            place = rng.choice([place for place, character in enumerate(DECLARED) if character in "012"])
            return PLATE, DECLARED[:place] + _LOOKS[DECLARED[place]] + DECLARED[place + 1 :], "UNSURE"
        case "nothing legible behind":
            return PLATE, "", "UNSURE"
        case "no trailer behind":
            return PLATE, PLATE, "UNSURE"
        case "a trailer's plate in front":
            return rng.choice((DECLARED, _trailer(rng))), DECLARED, "UNSURE"
        case "the declared plate on another ground":
            return PLATE, DECLARED, rng.choice(_ODD)


def _trailer(rng: random.Random) -> str:
    while True:
        text = f"{rng.choice((12, 14, 15, 24, 29, 51))}{rng.choice(('R', 'RM'))}{rng.randrange(100_000):05d}"
        if text != DECLARED:
            return text
