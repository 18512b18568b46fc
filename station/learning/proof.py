"""The shipped reader against a candidate: on vehicles that taught nothing, and on plates that no site knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from station.learning.candidate import MANIFEST, Candidate
from station.learning.collection import Collection
from station.learning.paired import Compared, Pair, Verdict, compare, verdict
from station.learning.parts import split
from station.vision.one_thread import use_one_thread
from station.vision.plate_reader import PlateReader, open_plate_reader
from station.vision.tensors import Gray


@dataclass(frozen=True, slots=True)
class Proof:
    """Both comparisons, the hashes of both files, and what follows."""

    shipped: str
    candidate: str
    site: Compared
    synthetic: Compared
    verdict: Verdict


def prove_gain(candidate: Candidate, models: Path, collection: Collection) -> Proof:
    """Read everything with the reader in force in `models` and with the candidate, as a gate would read it.

    Raises LearningRefused, DeviceFault("bad-model"), PictureUnfit.
    """
    use_one_thread()
    held_out = split(collection.crops(), collection.key).held_out
    shipped, ours = open_plate_reader(models / MANIFEST), open_plate_reader(candidate.manifest)
    site = compare(_pairs(((one.picture, one.text) for one in held_out), shipped, ours))
    drawn = candidate.synthetic()
    # Two rendered plates are two vehicles, whatever stands on them.
    synthetic = compare(
        Pair(f"{place}", shipped.read(picture).text == text, ours.read(picture).text == text)
        for place, (picture, text) in enumerate(drawn)
    )
    return Proof(shipped.entry.sha256, ours.entry.sha256, site, synthetic, verdict(site, synthetic))


def _pairs(labelled: Iterable[tuple[Gray, str]], shipped: PlateReader, ours: PlateReader) -> Iterable[Pair]:
    for picture, text in labelled:
        yield Pair(text, shipped.read(picture).text == text, ours.read(picture).text == text)
