"""Is the plate found in a whole picture? The surest find against the labelled box; and the times of the whole chain."""

import time
from collections.abc import Iterator, Sequence

from station.evaluation.figures import Figure, nothing, share, times
from station.evaluation.folder import DataFolder, Fault
from station.evaluation.trials import open_gray
from station.simulate.scene import HEIGHT_PX, PLATE_REGION, WIDTH_PX, gate_picture
from station.vision.finders import Finder
from station.vision.found import overlap
from station.vision.picture_file import outline
from station.vision.tensors import Gray, Region, crop, decode_gray, decode_half
from station.vision.unfit import PictureUnfit
from station.vision.whole_picture import Reader, read_whole

SAME_FROM = 0.5
"""Intersection over union from which the find is the labelled plate."""

MOST_WHOLE = 100
"""Pictures the times of the whole chain are taken on."""

_WHOLE = (1920, 1080)
_DRAWN = 20


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


def chain_figures(
    data: DataFolder, reader: Reader, finder: Finder | None, faults: list[Fault], most: int = MOST_WHOLE
) -> Iterator[Figure]:
    """Each stage of reading a plate in a 1920x1080 JPEG. On pictures of the folder if it has such, else on drawn ones.

    The whole is measured as a lane does it, decoding and finding by themselves; what is left is cutting and reading.
    Without a finder the plate is where the settings say, and no time goes into finding.
    """
    bodies, what = whole_pictures(data, faults, most)
    stages: dict[str, list[float]] = {name: [] for name in ("eval-decode", "eval-find", "eval-cut-read", "eval-whole")}
    for body in bodies:
        began = time.perf_counter()
        gray = decode_gray(body) if finder is None else decode_half(body)
        decoded = time.perf_counter()
        if finder is not None:
            finder.find(gray)
        sought = time.perf_counter()
        _read(body, finder, reader)
        decode, find, whole = decoded - began, sought - decoded, time.perf_counter() - sought
        for name, seconds in zip(stages, (decode, find, max(0.0, whole - decode - find), whole), strict=True):
            stages[name].append(1000 * seconds)
    for name, all_ms in stages.items():
        if name == "eval-find" and finder is None:
            yield nothing(what, name, "eval-no-finder")
        else:
            yield from times(what, name, all_ms)


def whole_pictures(data: DataFolder, faults: list[Fault], most: int = MOST_WHOLE) -> tuple[Sequence[bytes], str]:
    """At most so many JPEGs of 1920x1080 and the section to tell them under."""
    paths = dict.fromkeys((*(frame.path for frame in data.frames), *(photo.path for photo in data.containers)))
    bodies = [body for path in paths if _is_whole(path, body := (data.root / path).read_bytes(), faults)]
    if bodies:
        return bodies[:most], "eval-chain-photos"
    wide, high = _WHOLE
    drawn = [
        gate_picture("12C-045.67", seed=seed, condition="clear", lines=1 + seed % 2, width_px=wide, height_px=high)
        for seed in range(min(most, _DRAWN))
    ]
    return drawn, "eval-chain-drawn"


def _is_whole(path: str, body: bytes, faults: list[Fault]) -> bool:
    """True for a picture of 1920x1080; what is no picture goes to `faults`, once."""
    try:
        seen = outline(body)
    except PictureUnfit as error:
        if all(fault.thing != path for fault in faults):
            faults.append(Fault(path, error.code, error.seen))
        return False
    return (seen.width, seen.height) == _WHOLE


def _read(body: bytes, finder: Finder | None, reader: Reader) -> None:
    if finder is not None:
        read_whole(body, finder, reader)
    else:
        gray = decode_gray(body)
        reader.read(crop(gray, _region(gray)))


def _region(gray: Gray) -> Region:
    rows, columns = gray.shape
    x, y, wide, high = PLATE_REGION
    return (x * columns // WIDTH_PX, y * rows // HEIGHT_PX, wide * columns // WIDTH_PX, high * rows // HEIGHT_PX)
