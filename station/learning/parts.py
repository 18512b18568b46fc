"""Which crops teach and which prove: split by vehicle, so that none is on both sides, now or in a later run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from station.learning.collection import SiteCrop
from station.learning.refusal import LearningRefused
from station.trust.data_key import DataKey

LEAST_CROPS: Final = 200
LEAST_VEHICLES: Final = 100
HELD_OUT_PERMILLE: Final = 250
"""Of the vehicles, by chance; of the crops at least LEAST_HELD_OUT_PERMILLE must come out of it."""
LEAST_HELD_OUT_PERMILLE: Final = 200
_SPAN: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Parts:
    """The crops that a training may see, and those that it never sees."""

    teaching: tuple[SiteCrop, ...]
    held_out: tuple[SiteCrop, ...]


def is_held_out(text: str, key: DataKey) -> bool:
    """Decided by a keyed hash of the text alone: however the collection grows, a vehicle stays on its side."""
    return int(key.mark(b"held out:" + text.encode())[:8], 16) * 1000 < HELD_OUT_PERMILLE * _SPAN


def split(crops: Iterable[SiteCrop], key: DataKey) -> Parts:
    """Both parts. Raises LearningRefused where they would be too few to learn from or to prove anything."""
    teaching: list[SiteCrop] = []
    held_out: list[SiteCrop] = []
    for one in crops:
        (held_out if is_held_out(one.text, key) else teaching).append(one)
    count, few = len(teaching) + len(held_out), vehicles([*teaching, *held_out])
    if count < LEAST_CROPS or few < LEAST_VEHICLES:
        needed = f"{count} crops of {few} vehicles; at least {LEAST_CROPS} of {LEAST_VEHICLES}"
        raise LearningRefused("too-few-crops", "collection", needed)
    if len(held_out) * 1000 < LEAST_HELD_OUT_PERMILLE * count:
        share = f"{len(held_out)} of {count} crops held out; at least {LEAST_HELD_OUT_PERMILLE // 10} %"
        raise LearningRefused("held-out-small", "collection", share)
    return Parts(tuple(teaching), tuple(held_out))


def vehicles(crops: Iterable[SiteCrop]) -> int:
    """How many different plates."""
    return len({one.text for one in crops})
