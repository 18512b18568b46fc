"""Readers side by side on the same photos: our own, PP-OCRv6's recogniser, both fused, and `rapidocr` as it comes."""

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from drivers.contract.quantities import Permille
from station.core.plates import normalise
from station.evaluation.figures import Figure, share, times
from station.evaluation.folder import Photo
from station.evaluation.plates import by_set, coverage_at, labels_of, road_curve
from station.evaluation.trials import Read, Trial, Watch, timed_trial
from station.vision.fusion import fuse
from station.vision.plate_reader import PlateReader, PlateText, plate_text
from station.vision.second_file import PACKAGE, NotInstalled
from station.vision.second_reader import SecondReader
from station.vision.tensors import Gray

OWN, SECOND, FUSED, WHOLE = "eval-own", "eval-second", "eval-fused", "eval-whole-ocr"

_GROUND = 2.3
"""Sides of the square per longer side of the crop: the best of three tries on some crops."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One photo, read by every reader, under the names above."""

    trials: dict[str, Trial]

    @property
    def is_agreed(self) -> bool:
        """Own and second reader say the same."""
        return self.trials[OWN].read.text == self.trials[SECOND].read.text


def read_beside(
    seen: Iterable[tuple[Photo, Gray]], own: PlateReader, second: SecondReader, whole: Read | None
) -> Iterator[Beside]:
    """Each photo by every reader in turn, `whole` being the package as it comes. Raises DeviceFault."""
    for photo, gray in seen:
        watch = Watch()
        ours = own.likely(gray)
        own_read = Trial(photo, plate_text(ours), *watch.ms())
        again = Watch()
        theirs = second.likely(gray)
        second_read = Trial(photo, plate_text(theirs), *again.ms())
        fused = Trial(photo, fuse(ours, theirs), *watch.ms())
        trials = {
            OWN: own_read,
            SECOND: second_read,
            FUSED: fused,
        }
        yield Beside(trials if whole is None else trials | {WHOLE: timed_trial(photo, gray, whole)})


def beside_figures(read: list[Beside], *, has_corrections: bool) -> Iterator[Figure]:
    """Each reader's figures per set, where own and second agree, and the times of each."""
    if not read:
        return
    for labels in labels_of(has_corrections=has_corrections):
        is_corrected = labels == "corrected"
        for name in read[0].trials:
            trials = [photo.trials[name] for photo in read]
            for group, part in by_set(trials):
                right = sum(trial.is_right(corrected=is_corrected) for trial in part)
                yield share("eval-beside", name, right, len(part), group, labels)
        for group, part in by_set([photo.trials[OWN] for photo in read]):
            agreed = [p.trials[OWN] for p in read if p.is_agreed and p.trials[OWN].photo.group == group]
            right = sum(trial.is_right(corrected=is_corrected) for trial in agreed)
            kept = f"{group} ({100 * len(agreed) / len(part):.1f} %)"
            yield share("eval-beside", "eval-agreed", right, len(agreed), kept, labels)
        for name, section in ((OWN, "eval-beside-own"), (FUSED, "eval-beside-fused")):
            for group, part in by_set([photo.trials[name] for photo in read]):
                yield coverage_at(road_curve(part, labels), len(part), group, labels, section)
    for name in read[0].trials:
        yield from times("eval-beside-times", name, [photo.trials[name].took_ms for photo in read])
    for name in read[0].trials:
        yield from times("eval-beside-cpu", name, [photo.trials[name].cpu_ms for photo in read])


def _on_a_ground(plate: Gray) -> Gray:
    """The crop in the middle of an even square: the package looks for text in pictures, not for pictures full of it."""
    rows, columns = plate.shape
    side = int(_GROUND * max(rows, columns))
    ground = np.full((side, side), int(np.median(plate)), np.uint8)
    top, left = (side - rows) // 2, (side - columns) // 2
    ground[top : top + rows, left : left + columns] = plate
    return ground


def open_whole_ocr() -> Read:
    """`rapidocr` as it comes, on one thread, detection included. Its models lie in its package: nothing is fetched.

    Raises NotInstalled naming the package that is missing.
    """
    try:
        package: Any = importlib.import_module(PACKAGE)
    except ModuleNotFoundError as error:
        raise NotInstalled(error.name or PACKAGE) from error
    engine = package.RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def read(plate: Gray) -> PlateText:
        said = engine(np.repeat(_on_a_ground(plate)[:, :, np.newaxis], 3, axis=2))
        text = normalise("".join(said.txts or ()))
        confidence = Permille(int(1000 * min(said.scores))) if said.txts else Permille(0)
        return PlateText(text, "".join(c for c in text if c.isascii() and c.isalnum()), confidence, ())

    return read
