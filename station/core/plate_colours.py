"""The ground that a plate must have by its text, and what several frames say of it. Pure; UNSURE never harms.

Circular 58/2020 art. 25 (carried on by 79/2024) for Vietnam: blue bears eleven series of state bodies, red the army's,
yellow with two letters an economic zone's. GA 36 for China: green is new energy, of eight characters; trailers yellow.
"""

from collections.abc import Sequence

from drivers.contract.quantities import Permille
from drivers.contract.readings import PlateColour, PlateRead
from station.core.plates import PlateClass, classify

SAID_FROM = Permille(900)
"""A frame names a colour from this confidence on."""

_STATE_SERIES = frozenset("ABCDEFGHKLM")
_CIVIL: tuple[PlateColour, ...] = ("WHITE", "YELLOW")
_WITH_STATE: tuple[PlateColour, ...] = ("WHITE", "YELLOW", "BLUE")

_BY_CLASS: dict[PlateClass, tuple[PlateColour, ...]] = {
    "VN_TRAILER": _WITH_STATE,
    "VN_SPECIAL": _WITH_STATE,
    "VN_FOREIGN": ("WHITE",),
    "VN_TEMP": ("WHITE",),
    "VN_GATE_EZ": ("YELLOW",),
    "VN_MIL": ("RED",),
    "CN_TRAILER": ("YELLOW",),
    "CN_NEV_LARGE": ("GREEN", "YELLOW"),  # yellow under the province, green under the rest
    "CN_NEV_SMALL": ("GREEN",),
    "CN_STD": ("BLUE", "YELLOW", "BLACK"),
}
_BY_LAST: dict[str, tuple[PlateColour, ...]] = {
    "学": ("YELLOW", "GREEN"),
    "警": ("WHITE",),
    "港": ("BLACK",),
    "澳": ("BLACK",),
}


def allowed(text: str) -> tuple[PlateColour, ...]:
    """The grounds that a normalised text may stand on; () where any may be."""
    kind = classify(text)
    if kind == "VN_TRUCK":
        return _WITH_STATE if text[2] in _STATE_SERIES else _CIVIL
    return _BY_LAST[text[-1]] if kind == "CN_SPECIAL" else _BY_CLASS.get(kind, ())


def contradicts(text: str, colour: PlateColour) -> bool:
    """Whether no plate of this text has such a ground."""
    grounds = allowed(text)
    return colour != "UNSURE" and bool(grounds) and colour not in grounds


def vote(reads: Sequence[PlateRead], text: str) -> PlateColour:
    """What the frames that read `text` say of its ground: half of them or more the same, and none another colour."""
    own = [read for read in reads if text and read.text == text]
    said = [read.colour for read in own if read.colour != "UNSURE" and read.colour_confidence >= SAID_FROM]
    return said[0] if len(set(said)) == 1 and 2 * len(said) >= len(own) else "UNSURE"
