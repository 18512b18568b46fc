"""A plate found in a picture."""

from dataclasses import dataclass

from drivers.contract.quantities import Permille
from station.vision.tensors import Region


@dataclass(frozen=True, slots=True)
class Found:
    """A plate: its box in pixels of the picture, and how sure the network is that it is one."""

    box: Region
    confidence: Permille


def overlap(one: Region, other: Region) -> float:
    """Intersection over union of two boxes, 0..1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(wide, 0) * max(high, 0)
    return common / max(one[2] * one[3] + other[2] * other[3] - common, 1)
