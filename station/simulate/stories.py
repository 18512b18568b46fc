"""Stories: what is painted and loaded, what is declared, how the driver behaves, what comes out. Seven make the demo.

Identifiers are synthetic. `altered` changes what physically happens and nothing of what is expected.
"""

from dataclasses import dataclass, replace
from typing import Literal

from drivers.contract.quantities import Grams, Millis, kilograms
from station.simulate.shapes import DRAWBAR, HIGH_BED, LOW_LOADER, MOTORCYCLE, ORDINARY, TRACTOR, Shape

Behaviour = Literal["pass", "reverse", "bay"]

TARE = kilograms(20_000)
"""Tractor, trailer and container together."""
GOODS = kilograms(22_000)
TRAILER = "12RM00321"
CONTAINER = "TCLU4567897"
"""Declared for every truck; painted on all but one."""

OTHER_CONTAINER = "TEMU1234565"
"""Another one, whose check digit fits as well."""

OTHER_PLATE = "98K-7716"
"""Painted on an altered truck."""
OTHER_LOAD = kilograms(4_000)
"""On an altered truck beside its load."""
ALTERED_PATIENCE = Millis(15_000)


@dataclass(frozen=True, slots=True)
class Expected:
    """How the crossing must end. `basis` is "RULES", "ACTS" or "" for a boom that stays down."""

    end: str
    reason: str
    verdict: str
    basis: Literal["", "RULES", "ACTS"]


@dataclass(frozen=True, slots=True)
class Tail:
    """Somebody who follows `gap_m` behind without a release; below 0 he rides beside the other's tail."""

    shape: Shape
    gross: Grams
    gap_m: float


@dataclass(frozen=True, slots=True)
class Story:
    """One truck. `plate` and the number `container` are painted on it, `gross` is what it weighs, `code` is what its
    driver shows ("" for none).

    `sun`: for so long after the truck is whole on the deck its plate is burnt out. `is_listed`: the centre lists it.
    `is_link_down`: the broker is gone while it passes. `patience`: how long the driver waits for green or a wave.
    `halts_m`: on its way out it halts for a while with its nose so far beyond the boom. `tail` follows it.
    """

    name: str
    plate: str
    code: str
    gross: Grams
    expected: Expected
    behaviour: Behaviour = "pass"
    sun: Millis = Millis(0)
    is_listed: bool = True
    is_link_down: bool = False
    patience: Millis = Millis(60_000)
    shape: Shape = ORDINARY
    halts_m: float = 0.0
    tail: Tail | None = None
    container: str = CONTAINER

    @property
    def number(self) -> int:
        """Its place among all stories."""
        return ALL_NAMES.index(self.name)

    @property
    def plain_plate(self) -> str:
        """The plate without separators, as lists and records carry it."""
        return self.plate.replace("-", "").replace(".", "")


_PASSED = Expected("DEPARTED", "", "PASS", "RULES")

STORIES = (
    Story("green", "12C-045.67", "107900000010", kilograms(42_140), _PASSED),
    Story("second-picture", "14C-123.45", "107900001800", kilograms(41_980), _PASSED, sun=Millis(700)),
    Story(
        "overweight",
        "29H-880.01",
        "107900000032",
        kilograms(43_320),
        Expected("REFERRED", "WEIGHT_DEVIATION", "REFER_XRAY", ""),
        "bay",
    ),
    Story("reverse", "51D-792.64", "", kilograms(42_060), Expected("ABORTED", "REVERSED_OUT", "", ""), "reverse"),
    Story(
        "held",
        "15C-334.28",
        "107900000054",
        kilograms(42_000),
        Expected("DEPARTED", "NOT_ELIGIBLE", "HOLD", "ACTS"),
        is_listed=False,
    ),
    Story(
        "other-container",
        "20C-415.93",
        "107900000143",
        kilograms(42_020),
        Expected("DEPARTED", "CONTAINER_MISMATCH", "HOLD", "ACTS"),
        container=OTHER_CONTAINER,
    ),
    Story("link-down", "43H-562.18", "107900000065", kilograms(41_940), _PASSED, is_link_down=True),
)
NAMES = tuple(story.name for story in STORIES)

SHAPE_STORIES = (
    Story("high-bed", "60C-118.05", "107900000076", kilograms(42_100), _PASSED, shape=HIGH_BED, halts_m=9.0),
    Story("drawbar", "61C-226.16", "107900000087", kilograms(41_900), _PASSED, shape=DRAWBAR),
    Story("low-loader", "62C-334.27", "107900000098", kilograms(42_080), _PASSED, shape=LOW_LOADER),
    Story(
        "tractor",
        "63C-442.38",
        "107900000109",
        kilograms(8_900),
        Expected("REFERRED", "WEIGHT_DEVIATION", "REFER_XRAY", ""),
        "bay",
        shape=TRACTOR,
    ),
    Story("across-the-boom", "64C-550.49", "107900000110", kilograms(42_020), _PASSED, halts_m=5.0),
    Story(
        "follower",
        "65C-668.50",
        "107900000121",
        kilograms(42_060),
        _PASSED,
        tail=Tail(ORDINARY, kilograms(30_000), 1.0),
    ),
    Story(
        "motorcycle",
        "66C-776.61",
        "107900000132",
        kilograms(41_960),
        _PASSED,
        tail=Tail(MOTORCYCLE, kilograms(220), 1.0),
    ),
)
"""What fools loops; not part of the demo, whose lane has no light barriers."""
ALL_STORIES = (*STORIES, *SHAPE_STORIES)
ALL_NAMES = tuple(story.name for story in ALL_STORIES)


class NoSuchStory(ValueError):
    """`name` is no story's; `known` are."""

    def __init__(self, name: str, known: tuple[str, ...] = NAMES) -> None:
        super().__init__(f"no story {name!r}; there are {', '.join(known)}")
        self.name = name
        self.known = known


def chosen(names: tuple[str, ...], among: tuple[Story, ...] = STORIES) -> tuple[Story, ...]:
    """The stories of these names `among` those, in their order; all without a name. Raises NoSuchStory."""
    known = tuple(story.name for story in among)
    for name in names:
        if name not in known:
            raise NoSuchStory(name, known)
    return tuple(story for story in among if not names or story.name in names)


def altered(story: Story) -> Story:
    """The same story with something else on the road: another plate where all else would pass, else another load."""
    changed = replace(story, patience=ALTERED_PATIENCE)
    if story.expected == _PASSED:
        return replace(changed, plate=OTHER_PLATE)
    return replace(changed, gross=Grams(story.gross + OTHER_LOAD))
