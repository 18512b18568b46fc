"""Models that answer with boxes, end to end: picture -> letterboxed tensor, rows of seven numbers -> plates found."""

import numpy as np

from drivers.contract.quantities import Permille
from station.vision.found import Found
from station.vision.letterbox import letterbox
from station.vision.manifest import ModelEntry, refusal
from station.vision.runner import Runner, Scores
from station.vision.tensors import Gray

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
        _, channels, high, wide = self.entry.input_shape
        seen = letterbox(picture, high, wide, _PAD)
        shares = seen.input.astype(np.float32)[np.newaxis, np.newaxis] / np.float32(255)
        rows = self._runner.run(np.ascontiguousarray(np.repeat(shares, channels, axis=1)))
        if not _are_boxes(rows):
            raise refusal(self.entry.name, "its output has a score that is none or a box whose ends are swapped")
        found = []
        for _, x1, y1, x2, y2, kind, score in rows.tolist():
            box = seen.back((x1, y1, x2, y2))
            if kind == _PLATE_CLASS and score * 1000 >= FLOOR and box is not None:
                found.append(Found(box, Permille(min(1000, int(score * 1000)))))
        return tuple(sorted(found, key=lambda one: (-one.confidence, one.box))[:MOST])


def _are_boxes(rows: Scores) -> bool:
    x1, y1, x2, y2, score = rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 6]
    return bool((x1 <= x2).all() and (y1 <= y2).all() and (score >= 0).all() and (score <= 1).all())
