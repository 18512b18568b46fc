"""Container numbers that are read wrongly and for certain: how often the boom was told to rise, in the pure core.

The lane has two container cameras; every picture says its number with a confidence of 999 permille. Five ways to be
wrong: any number of the form with a right check digit, one that differs from the declared one in two places and still
has a right check digit, the number of another truck of the list, two views that say different numbers, a number whose
painted check digit is wrong. And three ways to see nothing: no view reads anything, both cameras are dead, one is dead
and the other reads another number.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.contract.orders import RaiseBoom
from station.core.containers import check_digit
from station.core.records import CrossingHeld
from tests.core.container_lane import DECLARED, LEFT, REAR, lane, passage
from tests.core.view_world import VIEWS

Wrong = Literal[
    "any valid number",
    "two places off, check digit right",
    "another truck's number",
    "two views disagree",
    "painted with a wrong check digit",
    "nothing seen",
    "both cameras dead",
    "one camera dead",
]
WRONG: tuple[Wrong, ...] = get_args(Wrong)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LISTED = ("CSQU3054383", "TEMU1234565", "GESU1234564", "TRHU5123455", "TCLU1000030")
_SURE = 999


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `n` crossings whose container was read wrongly in one way: raised, and held or sent to a person."""

    wrong: Wrong
    n: int
    raised: int
    held: int


def tallies(n: int) -> Iterator[Tally]:
    """One tally for each way, `n` seeded crossings each."""
    for wrong in WRONG:
        rng = random.Random(f"wrong containers: {wrong}")
        ends = [_cross(*_seen(rng, wrong)) for _ in range(n)]
        yield Tally(wrong, n, sum(raised for raised, _ in ends), sum(held for _, held in ends))


def right_reads_raised(n: int) -> int:
    """The same crossings with the right number: how often the boom was told to rise (it must be `n`)."""
    return sum(_cross(DECLARED, DECLARED, ())[0] for _ in range(n))


def _cross(left: str, rear: str, dead: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether the boom was told to rise, and whether a person was asked."""
    script = passage(lane(lambda camera: (left if camera == LEFT else rear, _SURE), dead=dead))
    return any(isinstance(order, RaiseBoom) for order in script.sent), bool(script.of(CrossingHeld))


def _seen(rng: random.Random, wrong: Wrong) -> tuple[str, str, tuple[str, ...]]:
    """What the left and the rear view read, and which cameras are dead."""
    match wrong:
        case "any valid number":
            number = _valid(rng)
            return number, number, ()
        case "two places off, check digit right":
            number = _near(rng)
            return number, number, ()
        case "another truck's number":
            number = rng.choice(_LISTED)
            return number, number, ()
        case "two views disagree":
            views = [DECLARED, _valid(rng)]
            rng.shuffle(views)
            return views[0], views[1], ()
        case "painted with a wrong check digit":
            number = _valid(rng)
            painted = f"{number[:-1]}{(int(number[-1]) + rng.randrange(1, 10)) % 10}"
            return painted, painted, ()
        case "nothing seen":
            return "", "", ()
        case "both cameras dead":
            return "", "", VIEWS
        case "one camera dead":
            number = _valid(rng)
            return number, number, (rng.choice((LEFT, REAR)),)


def _valid(rng: random.Random) -> str:
    while True:
        ten = "".join(rng.choices(_LETTERS, k=3)) + rng.choice("UJZ") + "".join(rng.choices("0123456789", k=6))
        if ten != DECLARED[:-1]:
            return f"{ten}{check_digit(ten)}"


def _near(rng: random.Random) -> str:
    """The declared number with two other digits and a check digit that fits, one time in eleven the same."""
    ten = list(DECLARED[:-1])
    for place in rng.sample(range(4, 10), 2):
        ten[place] = rng.choice("0123456789".replace(ten[place], ""))
    return f"{''.join(ten)}{check_digit(''.join(ten))}"
