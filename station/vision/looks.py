"""Several looks at one crop of a plate: what one of them mistakes, the others seldom mistake in the same way."""

import cv2
import numpy as np

from station.vision.tensors import Gray

_MOST_COLUMNS = 512
_SOFTNESS = 1 / 70  # of the crop's rows: takes back the hard halos that surveillance cameras draw around strokes
_LEAST_SOFT_PX = 0.6
_CLOSER = (0.04, 0.03)  # of rows and columns at each edge
_TURN_DEGREES = -3.0


def looks(plate: Gray) -> tuple[Gray, Gray, Gray]:
    """The crop softened, a little closer, and a little turned; gray pictures of any size.

    Chosen among twelve on photos of four public sets, together with their number: docs/decisions/0019-three-looks.md.
    """
    rows, columns = plate.shape
    if columns > _MOST_COLUMNS:
        rows, columns = max(1, rows * _MOST_COLUMNS // columns), _MOST_COLUMNS
        plate = np.asarray(cv2.resize(plate, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return _softened(plate), _closer(plate), _turned(plate)


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
