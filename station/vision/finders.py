"""The finder that the manifest lists, of whichever family, proved before it is used."""

from pathlib import Path
from typing import Protocol

from drivers.contract.quantities import Permille
from station.vision.boxes import BoxesFinder
from station.vision.found import Found, overlap
from station.vision.manifest import ModelEntry, load_model_entry, model_hashes, refusal
from station.vision.plate_finder import PlateFinder
from station.vision.tensors import Gray, decode_gray

MODEL = "plate-finder"

_KNOWN_OVERLAP = 0.8


class Finder(Protocol):
    """What finds plates in a picture, the surest first."""

    def find(self, picture: Gray) -> tuple[Found, ...]: ...


def open_plate_finder(manifest: Path, name: str = MODEL) -> Finder:
    """The finder that the manifest lists as `name`, after its files matched their hashes and it gave its known answer.

    Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
    entry = load_model_entry(manifest, name)
    finder = BoxesFinder(entry) if entry.kind == "boxes" else PlateFinder(entry)
    _prove(finder, entry)
    return finder


def open_listed_finder(manifest: Path) -> Finder | None:
    """The finder, proved; None if the manifest lists none. Raises DeviceFault("bad-model")."""
    return open_plate_finder(manifest) if MODEL in dict(model_hashes(manifest)) else None


def _prove(finder: Finder, entry: ModelEntry) -> None:
    known = entry.known
    found = finder.find(decode_gray(known.picture.read_bytes()))
    best = found[0] if found else Found((0, 0, 0, 0), Permille(0))
    if overlap(best.box, known.box) < _KNOWN_OVERLAP or abs(best.confidence - known.confidence) > known.tolerance:
        raise refusal(
            entry.name,
            f"its known answer is {known.box} at {known.confidence} +- {known.tolerance} permille, "
            f"it found {best.box} at {best.confidence}",
        )
