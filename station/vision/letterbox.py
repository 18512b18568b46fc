"""A picture of any shape into a finder's input and boxes back out of it."""

from dataclasses import dataclass

import cv2
import numpy as np

from station.vision.tensors import Gray, Region

FINDER_ROWS = 128
FINDER_COLUMNS = 192
PADDING = 128
"""Gray of the part of the input that the picture does not cover."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """`input` is of the finder's size; the picture lies in it scaled by `scale`, its corner at left, top."""

    input: Gray
    scale: float
    left: int
    top: int
    rows: int
    columns: int

    def back(self, box: tuple[float, float, float, float]) -> Region | None:
        """A box (left, top, right, bottom) of the input as a region of the picture; None if it lies outside."""
        left = max(0, round((box[0] - self.left) / self.scale))
        top = max(0, round((box[1] - self.top) / self.scale))
        right = min(self.columns, round((box[2] - self.left) / self.scale))
        bottom = min(self.rows, round((box[3] - self.top) / self.scale))
        return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def letterbox(
    picture: Gray, of_rows: int = FINDER_ROWS, of_columns: int = FINDER_COLUMNS, padding: int = PADDING
) -> Letterbox:
    """The whole picture, proportions kept, centred: by area when it shrinks, linear when it grows."""
    rows, columns = picture.shape
    scale = min(of_rows / rows, of_columns / columns)
    high, wide = max(1, round(rows * scale)), max(1, round(columns * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    framed = np.full((of_rows, of_columns), padding, np.uint8)
    top, left = (of_rows - high) // 2, (of_columns - wide) // 2
    framed[top : top + high, left : left + wide] = cv2.resize(picture, (wide, high), interpolation=method)
    return Letterbox(framed, scale, left, top, rows, columns)
