"""Find painted codes in a whole picture of a container: its number, in a line or in a column, and its size/type."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drivers.contract.quantities import Permille
from station.vision.found import Found, overlap
from station.vision.letterbox import letterbox
from station.vision.manifest import ModelEntry, load_model_entry, refusal
from station.vision.plate_finder import CELL_PX, merge, parts_of, peaks
from station.vision.runner import Runner
from station.vision.tensors import Gray, Region, decode_gray

MODEL = "code-finder"

FINDER_ROWS = 192
FINDER_COLUMNS = 320
CLASSES = 2
"""Numbers, then size/types."""
CHANNELS = CLASSES + 4

FLOOR = Permille(150)
"""What is less likely is no find. Low: the middle of a long code is a vague place, and a find must yet be read."""
MOST = 4
"""Of either class at most so many are told."""
_KNOWN_OVERLAP = 0.7


@dataclass(frozen=True, slots=True)
class Codes:
    """What stands in a picture, the surest first: boxes in pixels of the picture."""

    numbers: tuple[Found, ...]
    size_types: tuple[Found, ...]


class CodeFinder:
    """Finds with our own network, of kind "heat-map". At a gate `open_code_finder` proves it first."""

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry
        shapes = ((1, 1, FINDER_ROWS, FINDER_COLUMNS), (1, CHANNELS, FINDER_ROWS // CELL_PX, FINDER_COLUMNS // CELL_PX))
        if (entry.input_shape, entry.output_shape) != shapes:
            seen = f"its input is {entry.input_shape} and its output {entry.output_shape}"
            raise refusal(entry.name, f"{seen}, this finder needs {shapes[0]} and {shapes[1]}")
        self._runner = Runner(entry)

    def find(self, picture: Gray) -> Codes:
        """The codes of a picture of any size. Raises DeviceFault if the model's output is broken.

        The parts of the picture are looked at where the whole shows none. There is no closer look as there is for
        plates: it took parts of long codes for the whole (0025).
        """
        rows, columns = picture.shape
        found = self._look(picture, (0, 0, columns, rows))
        if not found.numbers:
            looks = [found, *(self._look(picture, part) for part in parts_of(rows, columns))]
            numbers = merge([one for look in looks for one in look.numbers])
            found = Codes(numbers, merge([one for look in looks for one in look.size_types]))
        return Codes(_likely(found.numbers), _likely(found.size_types))

    def _look(self, picture: Gray, region: Region) -> Codes:
        x, y, width, height = region
        seen = letterbox(picture[y : y + height, x : x + width], FINDER_ROWS, FINDER_COLUMNS)
        scores = self._runner.run(seen.input.astype(np.float32)[np.newaxis, np.newaxis])[0]
        classes = []
        for score in scores[:CLASSES]:
            boxes = (
                (seen.back(corners), sure)
                for corners, sure in peaks(np.concatenate([[score], scores[CLASSES:]]), FLOOR)
            )
            classes.append(
                merge([Found((box[0] + x, box[1] + y, box[2], box[3]), sure) for box, sure in boxes if box is not None])
            )
        return Codes(classes[0], classes[1])


def _likely(found: tuple[Found, ...]) -> tuple[Found, ...]:
    return tuple(one for one in found if one.confidence >= FLOOR)[:MOST]


def open_code_finder(manifest: Path) -> CodeFinder:
    """The finder that the manifest lists, after its files matched their hashes and it gave its known answer.

    Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
    entry = load_model_entry(manifest, MODEL)
    finder, known = CodeFinder(entry), entry.known
    found = finder.find(decode_gray(known.picture.read_bytes())).numbers
    best = found[0] if found else Found((0, 0, 0, 0), Permille(0))
    if overlap(best.box, known.box) < _KNOWN_OVERLAP or abs(best.confidence - known.confidence) > known.tolerance:
        raise refusal(
            entry.name,
            f"its known answer is {known.box} at {known.confidence} +- {known.tolerance} permille, "
            f"it found {best.box} at {best.confidence}",
        )
    return finder
