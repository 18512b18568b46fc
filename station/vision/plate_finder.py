"""Find the plates in a whole picture: a look at all of it, at its parts if need be, and a closer look at each find."""

import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from station.vision.found import Found, overlap
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS, letterbox
from station.vision.manifest import ModelEntry, refusal
from station.vision.runner import Runner, Scores
from station.vision.tensors import Gray, Region

CELL_PX = 8
"""The network answers once per cell of 8x8 pixels of its input."""
BOX_UNIT_PX = 32.0
"""Widths and heights are logarithms in this unit."""
CHANNELS = 5

FLOOR = Permille(400)
"""What is less likely is no find."""
SURE = Permille(600)
"""Below this the parts of the picture are looked at as well."""
MOST = 4
_CLOSER_LOOKS = 2
_CLOSER_WIDTHS = 2.2
"""A closer look shows this many widths of the plate."""
_SAME_FROM = 0.3
_LARGEST_LOG = 3.0
_PART = 0.6
"""Side of a part of the picture; four of them overlap in the middle."""

Corners = tuple[float, float, float, float]
"""left, top, right, bottom in pixels of the input."""


class PlateFinder:
    """Finds with our own network, of kind "heat-map". At a gate `open_plate_finder` proves it first."""

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry
        shapes = ((1, 1, FINDER_ROWS, FINDER_COLUMNS), (1, CHANNELS, FINDER_ROWS // CELL_PX, FINDER_COLUMNS // CELL_PX))
        if (entry.input_shape, entry.output_shape) != shapes:
            seen = f"its input is {entry.input_shape} and its output {entry.output_shape}"
            raise refusal(entry.name, f"{seen}, this finder needs {shapes[0]} and {shapes[1]}")
        self._runner = Runner(entry)

    def find(self, picture: Gray) -> tuple[Found, ...]:
        """At most four plates of a picture of any size, the surest first, none of them overlapping much.

        Raises DeviceFault if the model's output is broken.
        """
        rows, columns = picture.shape
        found = self._look(picture, (0, 0, columns, rows))
        if not found or found[0].confidence < SURE:
            parts = [one for part in parts_of(rows, columns) for one in self._look(picture, part)]
            found = merge((*found, *parts))
        closer = [self._look_closer(picture, one) for one in found[:_CLOSER_LOOKS]]
        likely = [one for one in (*closer, *found[_CLOSER_LOOKS:]) if one.confidence >= FLOOR]
        return merge(likely)[:MOST]

    def _look(self, picture: Gray, region: Region) -> tuple[Found, ...]:
        x, y, width, height = region
        seen = letterbox(picture[y : y + height, x : x + width])
        scores = self._runner.run(seen.input.astype(np.float32)[np.newaxis, np.newaxis])
        found = []
        for corners, confidence in peaks(scores[0]):
            box = seen.back(corners)
            if box is not None:
                found.append(Found((box[0] + x, box[1] + y, box[2], box[3]), confidence))
        return merge(found)

    def _look_closer(self, picture: Gray, first: Found) -> Found:
        """The same plate as it appears when it fills a good part of the input; `first` if it is gone then."""
        region = around(first.box, *picture.shape)
        if region[2] * region[3] > picture.size // 2:
            return first  # nothing would grow
        same = [one for one in self._look(picture, region) if overlap(one.box, first.box) >= _SAME_FROM]
        if not same:
            return Found(first.box, Permille(first.confidence // 2))
        return same[0]


def cell_centres(rows: int, columns: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """X and y of every cell's centre in pixels of the input, each of shape (rows, columns)."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    return (x + np.float32(0.5)) * np.float32(CELL_PX), (y + np.float32(0.5)) * np.float32(CELL_PX)


def peaks(scores: Scores, floor: Permille = FLOOR) -> tuple[tuple[Corners, Permille], ...]:
    """The boxes of the cells that beat their neighbours and `floor`, the surest first; of shape (5, rows, columns)."""
    share = 1 / (1 + np.exp(-np.clip(scores[0].astype(np.float64), -30, 30)))
    rows, columns = share.shape
    padded = np.pad(share, 1)
    rivals = np.max([padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0)
    x, y = cell_centres(rows, columns)
    places = np.argwhere((share >= rivals) & (share * 1000 >= floor))
    ranked = sorted(((float(share[r, c]), int(r), int(c)) for r, c in places), reverse=True)
    found = []
    for likely, row, column in ranked[: 4 * MOST]:
        right, down, log_wide, log_high = (float(value) for value in scores[1:, row, column])
        wide = BOX_UNIT_PX * float(np.exp(np.clip(log_wide, -_LARGEST_LOG, _LARGEST_LOG)))
        high = BOX_UNIT_PX * float(np.exp(np.clip(log_high, -_LARGEST_LOG, _LARGEST_LOG)))
        middle_x, middle_y = float(x[row, column]) + right * wide, float(y[row, column]) + down * high
        corners = (middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)
        found.append((corners, Permille(int(likely * 1000))))
    return tuple(found)


def merge(found: tuple[Found, ...] | list[Found]) -> tuple[Found, ...]:
    """The surest first; what overlaps a surer one is the same plate and is dropped."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (-one.confidence, one.box)):
        if all(overlap(one.box, other.box) < _SAME_FROM for other in kept):
            kept.append(one)
    return tuple(kept)


def parts_of(rows: int, columns: int) -> tuple[Region, ...]:
    """Four overlapping parts of a picture that is large enough to show more in parts; else none."""
    if rows < FINDER_ROWS or columns < FINDER_COLUMNS:
        return ()
    high, wide = round(rows * _PART), round(columns * _PART)
    return tuple((x, y, wide, high) for y in (0, rows - high) for x in (0, columns - wide))


def around(box: Region, rows: int, columns: int) -> Region:
    """The part of the picture around a box that a closer look shows, in the proportions of the input where it fits."""
    x, y, width, height = box
    wide = max(width, height * FINDER_COLUMNS / FINDER_ROWS) * _CLOSER_WIDTHS
    high = wide * FINDER_ROWS / FINDER_COLUMNS
    left, top = max(0, round(x + (width - wide) / 2)), max(0, round(y + (height - high) / 2))
    right = min(columns, max(left + 1, round(x + (width + wide) / 2)))
    bottom = min(rows, max(top + 1, round(y + (height + high) / 2)))
    return (left, top, right - left, bottom - top)
