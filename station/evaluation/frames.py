"""Is the plate found in a whole picture? The surest find against the labelled box; and the times of the whole chain."""

import importlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from drivers.contract.quantities import Permille
from station.evaluation.figures import Figure, nothing, share, times
from station.evaluation.folder import DataFolder, Fault
from station.evaluation.trials import Read, open_gray
from station.simulate.scene import HEIGHT_PX, PLATE_REGION, WIDTH_PX, gate_picture
from station.vision.manifest import model_hashes
from station.vision.picture_size import picture_size
from station.vision.tensors import Gray, Region, crop, decode_gray

FINDER = "plate-finder"
SAME_FROM = 0.5
"""Intersection over union from which the find is the labelled plate."""

_WHOLE = (1920, 1080)
_DRAWN = 20


class Found(Protocol):
    """A find: x, y, width, height in pixels of the picture, and how sure it is."""

    @property
    def box(self) -> Region: ...

    @property
    def confidence(self) -> Permille: ...


class Finder(Protocol):
    """Finds plates in a picture, the surest first."""

    def find(self, picture: Gray) -> tuple[Found, ...]: ...


def finder_of(manifest: Path) -> Finder | None:
    """The proven finder of a manifest; None if it lists none. Raises DeviceFault."""
    if FINDER not in dict(model_hashes(manifest)):
        return None
    return cast("Finder", importlib.import_module("station.vision.plate_finder").open_plate_finder(manifest))


def frame_figures(data: DataFolder, finder: Finder | None, faults: list[Fault]) -> Iterator[Figure]:
    """The share of frames whose plate is the surest find, and how long finding takes."""
    if finder is None or not data.frames:
        why = "eval-no-finder" if finder is None else "eval-no-photos"
        yield nothing("eval-frames", "eval-found", why)
        return
    right, taken_ms = 0, []
    for frame in data.frames:
        gray = open_gray(data.root, frame.path, faults)
        if gray is None:
            continue
        began = time.perf_counter()
        found = finder.find(gray)
        taken_ms.append((time.perf_counter() - began) * 1000)
        right += bool(found) and overlap(found[0].box, frame.box) >= SAME_FROM
    yield share("eval-frames", "eval-found", right, len(taken_ms))
    yield from times("eval-frames", "eval-finding", taken_ms)


def overlap(one: Region, other: Region) -> float:
    """Intersection over union of two boxes (x, y, width, height), 0..1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(wide, 0) * max(high, 0)
    return common / max(one[2] * one[3] + other[2] * other[3] - common, 1)


def chain_figures(data: DataFolder, read: Read, finder: Finder | None) -> Iterator[Figure]:
    """Each stage of reading a plate in a 1920x1080 JPEG. On pictures of the folder if it has such, else on drawn ones.

    Without a finder the plate is where the settings say, and no time goes into finding.
    """
    bodies, what = whole_pictures(data)
    stages: dict[str, list[float]] = {name: [] for name in ("eval-decode", "eval-find", "eval-cut-read", "eval-whole")}
    for body in bodies:
        began = time.perf_counter()
        gray = decode_gray(body)
        decoded = time.perf_counter()
        found = () if finder is None else finder.find(gray)
        sought = time.perf_counter()
        read(crop(gray, found[0].box if found else _region(gray)))
        ended = time.perf_counter()
        taken = (decoded - began, sought - decoded, ended - sought, ended - began)
        for name, seconds in zip(stages, taken, strict=True):
            stages[name].append(1000 * seconds)
    for name, all_ms in stages.items():
        if name == "eval-find" and finder is None:
            yield nothing(what, name, "eval-no-finder")
        else:
            yield from times(what, name, all_ms)


def whole_pictures(data: DataFolder) -> tuple[Sequence[bytes], str]:
    """JPEGs of 1920x1080 and the section to tell them under."""
    paths = dict.fromkeys((*(frame.path for frame in data.frames), *data.containers))
    bodies = [body for path in paths if picture_size(body := (data.root / path).read_bytes()) == _WHOLE]
    if bodies:
        return bodies, "eval-chain-photos"
    wide, high = _WHOLE
    drawn = [
        gate_picture("12C-045.67", seed=seed, condition="clear", lines=1 + seed % 2, width_px=wide, height_px=high)
        for seed in range(_DRAWN)
    ]
    return drawn, "eval-chain-drawn"


def _region(gray: Gray) -> Region:
    rows, columns = gray.shape
    x, y, wide, high = PLATE_REGION
    return (x * columns // WIDTH_PX, y * rows // HEIGHT_PX, wide * columns // WIDTH_PX, high * rows // HEIGHT_PX)
