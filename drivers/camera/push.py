"""What a pushing camera says in one request, whatever its maker's words for it."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from drivers.camera.picture_file import NoPicture, jpeg_sides
from drivers.contract.quantities import Permille

MOST_PICTURES = 8
_LONGEST_PLATE = 32
_LONGEST_SAID = 64
_LONGEST_EVENT = 64
_UNREAD = frozenset({"unknown", "noplate", "no plate", "unlicensed", "unrecognized", "无车牌", "无牌车", "未识别"})
"""What cameras write in place of a plate that they could not read."""

Direction = Literal["forward", "reverse", "unknown"]
Purpose = Literal["plate", "overview"]


@dataclass(frozen=True, slots=True)
class PushedPicture:
    """A JPEG that reaches its end, byte for byte as it came."""

    purpose: Purpose
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class PushedPlate:
    """One sighting. `event` is the camera's own id, or made of what does not change when it sends the same again.

    `plate` is "" if the camera read none; `said` its own time as text; `lacking` says which pictures did not come.
    """

    event: str
    plate: str
    confidence: Permille
    direction: Direction
    said: str
    pictures: tuple[PushedPicture, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """A heartbeat, a device's card, an event that is no plate: the camera is there, and nothing more."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A request that is none of a camera's; `seen` says why."""

    seen: str


Pushed = PushedPlate | SignOfLife | Unusable


def plate_text(said: str) -> str:
    """The plate as the camera wrote it, "" for its word for none. Never longer than 32 characters."""
    plate = printable(said)[:_LONGEST_PLATE]
    return "" if plate.casefold() in _UNREAD else plate


def said_time(said: str) -> str:
    """The camera's own time as it wrote it."""
    return printable(said)[:_LONGEST_SAID]


def printable(text: str) -> str:
    """`text` without control characters and outer space."""
    return "".join(character for character in text if character.isprintable()).strip()


def event_id(given: str, *unchanging: str) -> str:
    """The camera's own id if it gives one that can be used, else a digest of what the event is made of."""
    own = printable(given)
    if own and len(own) <= _LONGEST_EVENT:
        return own
    return hashlib.sha256("\n".join((given, *unchanging)).encode("utf-8", "replace")).hexdigest()[:32]


def per_cent(said: str) -> Permille:
    """A confidence of 0 to 100 as permille; 0 for anything else: what is not said is not believed."""
    text = said.strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    return Permille(value * 10 if value <= 100 else 0)


def judged(named: list[tuple[Purpose, str, bytes]]) -> tuple[tuple[PushedPicture, ...], tuple[str, ...]]:
    """The whole JPEGs among (purpose, name, bytes), and what is wrong with the others. At most 8 are looked at."""
    good: list[PushedPicture] = []
    lacking: list[str] = []
    for purpose, name, data in named[:MOST_PICTURES]:
        try:
            jpeg_sides(printable(name)[:40], data)
        except NoPicture as refusal:
            lacking.append(str(refusal))
        else:
            good.append(PushedPicture(purpose, data))
    return tuple(good), tuple(lacking)
