"""Models that answer with boxes, end to end: picture -> letterboxed tensor, rows of seven numbers -> plates found."""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from station.vision.found import Found
from station.vision.manifest import ModelEntry, refusal
from station.vision.runner import Runner, Scores
from station.vision.tensors import Gray, Region

_PAD = 114
"""Gray around the picture, as these models were trained."""
_PLATE_CLASS = 0
FLOOR = Permille(300)
"""What is less likely is no find."""
MOST = 4


class BoxesFinder:
    """Finds with one loaded model of kind "boxes". At a gate it is proved first (`open_plate_finder`)."""

    def __init__(self, entry: ModelEntry) -> None:
        if entry.kind != "boxes":
            raise refusal(entry.name, f"it is of kind {entry.kind}, this finder needs boxes")
        self.entry = entry
        self._runner = Runner(entry)

    def find(self, picture: Gray) -> tuple[Found, ...]:
        """At most four plates of a picture of any size, the surest first. Raises DeviceFault if the output is bad."""
        framed, scale, left, top = _letterbox(picture, self.entry.input_shape)
        rows = self._runner.run(framed)
        if not _are_boxes(rows):
            raise refusal(self.entry.name, "its output has a score that is none or a box whose ends are swapped")
        found = []
        for _, x1, y1, x2, y2, kind, score in rows.tolist():
            corners = ((x1 - left) / scale, (y1 - top) / scale, (x2 - left) / scale, (y2 - top) / scale)
            box = _within(corners, picture.shape)
            if kind == _PLATE_CLASS and score * 1000 >= FLOOR and box is not None:
                found.append(Found(box, Permille(min(1000, int(score * 1000)))))
        return tuple(sorted(found, key=lambda one: (-one.confidence, one.box))[:MOST])


def _letterbox(picture: Gray, shape: tuple[int, ...]) -> tuple[NDArray[np.float32], float, int, int]:
    """The whole picture in `shape` (1, 3, rows, columns), 0..1, proportions kept and centred; scale, left and top."""
    _, channels, rows, columns = shape
    scale = min(rows / picture.shape[0], columns / picture.shape[1])
    high, wide = max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale))
    top, left = (rows - high) // 2, (columns - wide) // 2
    framed = np.full((rows, columns), _PAD, np.uint8)
    framed[top : top + high, left : left + wide] = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_LINEAR)
    one = framed.astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(np.repeat(one[np.newaxis, np.newaxis], channels, axis=1)), scale, left, top


def _are_boxes(rows: Scores) -> bool:
    x1, y1, x2, y2, score = rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 6]
    return bool((x1 <= x2).all() and (y1 <= y2).all() and (score >= 0).all() and (score <= 1).all())


def _within(corners: tuple[float, float, float, float], shape: tuple[int, ...]) -> Region | None:
    """The box as far as it lies in the picture; None if nothing of it does."""
    left, top = max(0, round(corners[0])), max(0, round(corners[1]))
    right, bottom = min(shape[1], round(corners[2])), min(shape[0], round(corners[3]))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None
