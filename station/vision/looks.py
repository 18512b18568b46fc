"""Several looks at one crop of a plate: what one of them mistakes, the others seldom mistake in the same way."""

import cv2
import numpy as np

from station.vision.tensors import Gray, shrink_to_input

_MOST_COLUMNS = 512
_SOFTNESS = 1 / 70  # of the crop's rows: takes back the hard halos that surveillance cameras draw around strokes
_LEAST_SOFT_PX = 0.6
_LEAST_SHARP_COLUMNS = 282
_EDGE_WIDTH = 1 / 141  # of the columns
_SHARPNESS = 0.8
_ROOM_BEFORE = 0.03
_MOST_BEFORE_ROOM = 497
_CLOSER = (0.04, 0.03)  # of rows and columns at each edge
_TURN_DEGREES = -3.0


def looks(plate: Gray) -> tuple[Gray, Gray, Gray]:
    """The crop softened, a little closer, and a little turned; gray pictures of any size.

    Chosen among twelve on photos of four public sets, together with their number: docs/decisions/0019-three-looks.md.
    """
    plate = _fitted(plate, 1, _MOST_COLUMNS)
    return _softened(plate), _closer(plate), _turned(plate)


def chinese_looks(plate: Gray) -> tuple[Gray, Gray]:
    """The crop sharpened, and with more room before its first character; gray pictures of any size.

    A province is one dense character at the very edge: what helps to read it is contrast and room, and not the
    softness that takes back halos. Chosen among nine looks on one half of a set of 489 photos and proved on the other.
    """
    sharpened = _sharpened(_fitted(plate, _LEAST_SHARP_COLUMNS, _MOST_COLUMNS))
    return sharpened, _with_room_before(_fitted(plate, 1, _MOST_BEFORE_ROOM))


PROVINCE_SHARE = 0.36
"""Of the columns of a plate of one line: the province, the letter behind it, and room for a slanted view."""
_PROVINCE_EDGES = ((-0.03, 0.0), (-0.04, -0.02))


def province_looks(plate: Gray) -> tuple[Gray, ...]:
    """The part of a plate of one line that holds its province, cut twice, with room before it.

    Chosen among six cuts on photos; the resolution is that of the pictures that the province's reader learnt on.
    """
    whole = shrink_to_input(plate)
    return tuple(first_part(whole, left, PROVINCE_SHARE + right) for left, right in _PROVINCE_EDGES)


def first_part(plate: Gray, left: float, right: float) -> Gray:
    """The columns from `left` to `right`, shares of the whole; before the picture's edge that edge goes on."""
    columns = plate.shape[1]
    before = max(0, -round(columns * left))
    padded = np.pad(plate, ((0, 0), (before, 0)), mode="edge")
    return padded[:, round(columns * left) + before : round(columns * right) + before]


def _fitted(plate: Gray, least: int, most: int) -> Gray:
    """The crop with at least and at most so many columns, in its own proportions."""
    rows, columns = plate.shape
    wide = min(max(columns, least), most)
    if wide == columns:
        return plate
    method = cv2.INTER_CUBIC if wide > columns else cv2.INTER_AREA
    high = max(1, round(rows * wide / columns))
    return np.asarray(cv2.resize(plate, (wide, high), interpolation=method), np.uint8)


def _sharpened(plate: Gray) -> Gray:
    picture = plate.astype(np.float32)
    soft = cv2.GaussianBlur(picture, (0, 0), max(1.0, plate.shape[1] * _EDGE_WIDTH))
    return np.clip(picture + (picture - soft) * _SHARPNESS, 0, 255).astype(np.uint8)


def _with_room_before(plate: Gray) -> Gray:
    return np.pad(plate, ((0, 0), (max(1, int(plate.shape[1] * _ROOM_BEFORE)), 0)), mode="edge")


def _softened(plate: Gray) -> Gray:
    blurred = cv2.GaussianBlur(plate, (0, 0), max(_LEAST_SOFT_PX, plate.shape[0] * _SOFTNESS))
    return np.asarray(blurred, np.uint8)


def _closer(plate: Gray) -> Gray:
    rows, columns = plate.shape
    y, x = int(rows * _CLOSER[0]), int(columns * _CLOSER[1])
    return plate[y : rows - y, x : columns - x]


def _turned(plate: Gray) -> Gray:
    rows, columns = plate.shape
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), _TURN_DEGREES, 1.0)
    return np.asarray(cv2.warpAffine(plate, turn, (columns, rows), borderMode=cv2.BORDER_REPLICATE), np.uint8)
