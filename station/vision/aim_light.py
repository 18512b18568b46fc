"""Too much light on a plate: how much of it is white without drawing, and whether that is glare or over-exposure."""

import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from station.vision.tensors import Gray

_WHITE = 250
_RIM = 10
"""One part in so many is left out at each side: a find is seldom exact."""
_DOWN, _ACROSS = 2, 8
"""Parts of a plate; each holds some of its ground beside the writing."""
_GROUND = 0.9
"""Quantile of a part's gray values that is its ground."""


def burnt_share(plate: Gray) -> Permille:
    """How much of the plate is white without drawing."""
    return Permille(int(1000 * _share(_burnt(plate))))


def glare_share(plate: Gray, around: Gray) -> Permille:
    """How much more of one half is burnt than of the other: left against right `around` the find, since a find ends
    where glare begins, above against below in it.

    Never more than the share of the plate's ground that is not burnt. Glare is a patch, and some ground is as gray as
    ever; where a plate is exposed too long all of its ground is white, and what differs between its halves is writing.
    """
    across, down = around.shape[1] // 2, plate.shape[0] // 2
    beside, within = _burnt(around), _burnt(plate)
    sides = abs(_share(beside[:, :across]) - _share(beside[:, -across:]))
    heights = abs(_share(within[:down]) - _share(within[-down:]))
    return Permille(int(1000 * min(max(sides, heights), _gray_ground(plate))))


def _gray_ground(plate: Gray) -> float:
    """The share of the plate's parts whose ground is not burnt, 0 to 1."""
    rows, columns = plate.shape
    y, x = rows // _RIM, columns // _RIM
    inner = plate[y : rows - y, x : columns - x]
    parts = [part for row in np.array_split(inner, _DOWN) for part in np.array_split(row, _ACROSS, axis=1) if part.size]
    return sum(float(np.quantile(part, _GROUND)) < _WHITE for part in parts) / len(parts)


def _burnt(picture: Gray) -> NDArray[np.bool_]:
    return picture >= _WHITE


def _share(burnt: NDArray[np.bool_]) -> float:
    return float(burnt.mean())
