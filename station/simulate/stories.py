"""The six stories of the demo: what is painted and loaded, what is declared, how the driver behaves, what comes out.

Identifiers are synthetic. `altered` changes what physically happens and nothing of what is expected.
"""

from dataclasses import dataclass, replace
from typing import Literal

from drivers.contract.quantities import Grams, Millis, kilograms

Behaviour = Literal["pass", "reverse", "bay"]

TARE = kilograms(20_000)
"""Tractor, trailer and container together."""
GOODS = kilograms(22_000)
TRAILER = "12RM00321"
CONTAINER = "TCLU4567897"

OTHER_PLATE = "98R-7716"
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
class Story:
    """One truck. `plate` is painted on it, `gross` is what it weighs, `code` is what its driver shows ("" for none).

    `sun`: for so long after the truck is whole on the deck its plate is burnt out. `is_listed`: the centre lists it.
    `is_link_down`: the broker is gone while it passes. `patience`: how long the driver waits for green or a wave.
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

    @property
    def number(self) -> int:
        """Its place among the stories."""
        return NAMES.index(self.name)

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
    Story("link-down", "43H-562.18", "107900000065", kilograms(41_940), _PASSED, is_link_down=True),
)
NAMES = tuple(story.name for story in STORIES)


class NoSuchStory(ValueError):
    """`name` is no story's; `known` are."""

    def __init__(self, name: str, known: tuple[str, ...] = NAMES) -> None:
        super().__init__(f"no story {name!r}; there are {', '.join(known)}")
        self.name = name
        self.known = known


def chosen(names: tuple[str, ...]) -> tuple[Story, ...]:
    """The stories of these names in the demo's order; all without a name. Raises NoSuchStory."""
    for name in names:
        if name not in NAMES:
            raise NoSuchStory(name)
    return tuple(story for story in STORIES if not names or story.name in names)


def altered(story: Story) -> Story:
    """The same story with something else on the road: another plate where all else would pass, else another load."""
    changed = replace(story, patience=ALTERED_PATIENCE)
    if story.expected == _PASSED:
        return replace(changed, plate=OTHER_PLATE)
    return replace(changed, gross=Grams(story.gross + OTHER_LOAD))
