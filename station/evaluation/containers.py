"""Is the right number read in a whole picture of a container? One view alone, and where two views of it agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from station.core.containers import form_of
from station.evaluation.figures import Figure, nothing, share, times
from station.evaluation.folder import ContainerPhoto, DataFolder, Fault
from station.evaluation.trials import Watch
from station.vision.container_reader import open_container_reader
from station.vision.container_seen import ContainerReader, ContainerSeen
from station.vision.overlay import without_cyan
from station.vision.unfit import PictureUnfit

SECTION = "eval-containers"
_SURE_FROM = (900, 990)
"""Permille."""


@dataclass(frozen=True, slots=True)
class View:
    """One photo, its reading, and the processor time of that."""

    photo: ContainerPhoto
    seen: ContainerSeen
    cpu_ms: float

    @property
    def is_right(self) -> bool:
        """The whole number."""
        return self.seen.text == self.photo.number


def container_figures(data: DataFolder, manifest: Path, faults: list[Fault]) -> Iterator[Figure]:
    """The figures of every photo whose number the index tells. Raises DeviceFault on a broken model."""
    photos = [photo for photo in data.containers if photo.number]
    reader = open_container_reader(manifest)
    if reader is None or not photos:
        yield nothing(SECTION, "eval-right-code", "eval-no-photos" if reader else "eval-no-code-models")
        return
    yield from figures_of(list(_views(data.root, photos, reader, faults)))


def figures_of(views: Sequence[View]) -> Iterator[Figure]:
    """Shares of the photos, and of the pairs of photos of one container."""
    yield share(SECTION, "eval-right-code", sum(view.is_right for view in views), len(views))
    for least in _SURE_FROM:
        sure = [view for view in views if view.seen.text and view.seen.confidence >= least]
        yield share(SECTION, "eval-code-accepted", sum(view.is_right for view in sure), len(sure), f"{least} ‰")
    wrong = sum(not view.is_right and form_of(view.seen.text) == "VALID" for view in views)
    yield share(SECTION, "eval-code-wrong-valid", wrong, len(views))
    pairs = [pair for pair in combinations(views, 2) if pair[0].photo.number == pair[1].photo.number]
    agreed = [one for one, other in pairs if one.seen.text and one.seen.text == other.seen.text]
    yield share(SECTION, "eval-views-agree", len(agreed), len(pairs))
    yield share(SECTION, "eval-views-right", sum(view.is_right for view in agreed), len(agreed))
    sized = [view for view in views if view.photo.size_type]
    yield share(SECTION, "eval-size-type", sum(v.seen.size_type == v.photo.size_type for v in sized), len(sized))
    yield from times(SECTION, "eval-code-reading", [view.cpu_ms for view in views])


def _views(
    root: Path, photos: Sequence[ContainerPhoto], reader: ContainerReader, faults: list[Fault]
) -> Iterator[View]:
    """Each photo read; what cannot be judged goes to `faults`, once."""
    for photo in photos:
        try:
            body = without_cyan((root / photo.path).read_bytes())
            watch = Watch()
            seen = reader.read_picture(body)
        except PictureUnfit as error:
            if all(fault.thing != photo.path for fault in faults):
                faults.append(Fault(photo.path, error.code, error.seen))
            continue
        yield View(photo, seen, watch.ms()[1])
