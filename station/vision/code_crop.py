"""A crop of a painted code as the code reader's input: a column laid on its side, 32 rows, 256 columns."""

import cv2
import numpy as np

from station.vision.tensors import Gray, Tensor

CODE_ROWS = 32
CODE_COLUMNS = 256
SIZE_TYPE_COLUMNS = 96
"""Four characters take as many columns as four of eleven; the rest is padding."""
PADDING = 128


def laid_flat(crop: Gray, *, upright: bool, is_number: bool) -> Gray:
    """The crop stretched into the input, shape (32, 256). `upright`: its letters stand below each other.

    A column is turned a quarter to the left, so that it reads from left to right with letters that lie on their backs.
    """
    flat = turned(crop, upright=upright)
    columns = CODE_COLUMNS if is_number else SIZE_TYPE_COLUMNS
    method = cv2.INTER_AREA if flat.shape[1] > columns and flat.shape[0] > CODE_ROWS else cv2.INTER_LINEAR
    seen = np.full((CODE_ROWS, CODE_COLUMNS), PADDING, np.uint8)
    seen[:, :columns] = cv2.resize(np.ascontiguousarray(flat), (columns, CODE_ROWS), interpolation=method)
    return seen


def turned(crop: Gray, *, upright: bool) -> Gray:
    """A column on its side, a line as it is."""
    return np.asarray(cv2.rotate(crop, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8) if upright else crop


def code_tensor(flat: Gray) -> Tensor:
    """The laid-flat crop as network input."""
    return flat.astype(np.float32)[np.newaxis, np.newaxis]
