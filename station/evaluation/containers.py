"""Is the right number read in a whole picture of a container? One view alone, and where two views of it agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from station.core.containers import form_of
from station.evaluation.figures import Figure, nothing, share, times
from station.evaluation.folder import ContainerPhoto, DataFolder, Fault
from station.evaluation.trials import Watch
from station.vision.code_finder import open_code_finder
from station.vision.code_reader import open_code_reader
from station.vision.container_reader import WholeReader, open_container_reader
from station.vision.container_seen import ContainerReader, ContainerSeen
from station.vision.overlay import without_cyan
from station.vision.second_code_reader import BothCodeReaders, SecondCodeReader
from station.vision.second_reader import SecondReader
from station.vision.unfit import PictureUnfit

SECTION, SECOND, FUSED = "eval-containers", "eval-containers-second", "eval-containers-fused"
"""Of our own reader, of PP-OCRv6's recogniser on the same finds, and of both."""
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


Views = Mapping[str, View]
"""One photo by every reader, by section."""


def container_figures(
    data: DataFolder, manifest: Path, faults: list[Fault], second: SecondReader | None = None
) -> Iterator[Figure]:
    """The figures of every photo whose number the index tells; with `second` those of its reading of the same finds,
    and of both readers together. Raises DeviceFault on a broken model.
    """
    photos = [photo for photo in data.containers if photo.number]
    own = open_container_reader(manifest)
    if own is None or not photos:
        yield nothing(SECTION, "eval-right-code", "eval-no-photos" if own else "eval-no-code-models")
        return
    readers = {SECTION: own} | ({} if second is None else _beside(manifest, second))
    read = list(_views(data.root, photos, readers, faults))
    for section in readers:
        yield from figures_of([views[section] for views in read], section)
    if second is not None:
        yield agreed_figure(read)


def _beside(manifest: Path, second: SecondReader) -> dict[str, ContainerReader]:
    """Readers with the same finder, by their sections."""
    finder, theirs = open_code_finder(manifest), SecondCodeReader(second)
    both = BothCodeReaders(open_code_reader(manifest), theirs)
    return {SECOND: WholeReader(finder, theirs), FUSED: WholeReader(finder, both)}


def agreed_figure(read: Sequence[Views]) -> Figure:
    """How often a number is right that our own and the second reader both read."""
    agreed = [views[SECTION] for views in read if views[SECTION].seen.text == views[SECOND].seen.text != ""]
    kept = f"({100 * len(agreed) / max(1, len(read)):.1f} %)"
    return share(FUSED, "eval-agreed", sum(view.is_right for view in agreed), len(agreed), kept)


def figures_of(views: Sequence[View], section: str = SECTION) -> Iterator[Figure]:
    """Shares of the photos, and of the pairs of photos of one container."""
    yield share(section, "eval-right-code", sum(view.is_right for view in views), len(views))
    for least in _SURE_FROM:
        sure = [view for view in views if view.seen.text and view.seen.confidence >= least]
        yield share(section, "eval-code-accepted", sum(view.is_right for view in sure), len(sure), f"{least} ‰")
    wrong = sum(not view.is_right and form_of(view.seen.text) == "VALID" for view in views)
    yield share(section, "eval-code-wrong-valid", wrong, len(views))
    pairs = [pair for pair in combinations(views, 2) if pair[0].photo.number == pair[1].photo.number]
    agreed = [one for one, other in pairs if one.seen.text and one.seen.text == other.seen.text]
    yield share(section, "eval-views-agree", len(agreed), len(pairs))
    yield share(section, "eval-views-right", sum(view.is_right for view in agreed), len(agreed))
    sized = [view for view in views if view.photo.size_type]
    yield share(section, "eval-size-type", sum(v.seen.size_type == v.photo.size_type for v in sized), len(sized))
    yield from times(section, "eval-code-reading", [view.cpu_ms for view in views])


def _views(
    root: Path, photos: Sequence[ContainerPhoto], readers: Mapping[str, ContainerReader], faults: list[Fault]
) -> Iterator[Views]:
    """Each photo, read by all; what cannot be judged goes to `faults`, once."""
    for photo in photos:
        try:
            body = without_cyan((root / photo.path).read_bytes())
            yield {section: _view(photo, body, reader) for section, reader in readers.items()}
        except PictureUnfit as error:
            if all(fault.thing != photo.path for fault in faults):
                faults.append(Fault(photo.path, error.code, error.seen))


def _view(photo: ContainerPhoto, body: bytes, reader: ContainerReader) -> View:
    watch = Watch()
    seen = reader.read_picture(body)
    return View(photo, seen, watch.ms()[1])
