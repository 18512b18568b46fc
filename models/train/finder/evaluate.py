"""Measure the shipped finder on labelled photos: `python -m models.train.finder.evaluate --data DIR`.

DIR holds `frames/index.csv` (columns path, x1, y1, x2, y2: one plate each, paths relative to DIR) and, for false finds,
`containers/*.jpg` without any plate. Photos are unpacked at half their size, as at a gate. Prints figures only.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2

from station.evaluation.figures import wilson
from station.vision.finders import Finder, open_plate_finder
from station.vision.found import Found, overlap
from station.vision.plate_reader import PlateReader, open_plate_reader
from station.vision.tensors import Region, crop, decode_gray, decode_half
from station.vision.whole_picture import read_whole, widened

_DEFAULT_MANIFEST = Path(__file__).resolve().parents[2] / "manifest.toml"
_OVERLAPS = (0.3, 0.5, 0.7)
_FLOORS = (400, 500, 600, 700, 800)
_REPEATS = 3


def _share(name: str, hits: int, n: int) -> str:
    low, high = (100 * end for end in wilson(hits, n))
    return f"{name:<46} n {n:>4}  {100 * hits / n:5.1f} %  ({low:.1f} to {high:.1f})"


def _times(name: str, took_ms: list[float]) -> str:
    took = sorted(took_ms)
    return (
        f"{name:<46} n {len(took):>4}  p50 {statistics.median(took):.1f} ms, p95 {took[int(0.95 * len(took))]:.1f} ms"
    )


def frames(data: Path) -> list[tuple[bytes, Region]]:
    """Photos and their plates, in pixels of the half-size picture."""
    with (data / "frames" / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        left, top, right, bottom = (round(float(row[side]) / 2) for side in ("x1", "y1", "x2", "y2"))
        found.append(((data / row["path"]).read_bytes(), (left, top, right - left, bottom - top)))
    return found


def _best(found: Sequence[Found]) -> Found | None:
    return found[0] if found else None


def found_lines(finder: Finder, labelled: list[tuple[bytes, Region]]) -> list[str]:
    """How often the surest find overlaps the label, and how sure it was."""
    best = [(_best(finder.find(decode_half(photo))), label) for photo, label in labelled]
    lines = []
    for least in _OVERLAPS:
        hits = sum(one is not None and overlap(one.box, label) >= least for one, label in best)
        lines.append(_share(f"surest find, overlap of {least} and more", hits, len(best)))
    for floor in _FLOORS:
        hits = sum(one is not None and one.confidence >= floor for one, _ in best)
        lines.append(_share(f"a find of {floor} permille and more", hits, len(best)))
    return lines


def false_lines(finder: Finder, photos: list[bytes]) -> list[str]:
    """Finds on photos without a plate."""
    finds = [finder.find(decode_half(photo)) for photo in photos]
    lines = []
    for floor in _FLOORS:
        sure = [sum(one.confidence >= floor for one in found) for found in finds]
        name = f"no plate, yet a find of {floor} permille and more"
        lines.append(_share(name, sum(count > 0 for count in sure), len(finds)) + f"  {sum(sure)} finds")
    return lines


def time_lines(finder: Finder, reader: PlateReader, photos: list[bytes]) -> list[str]:
    """Processor time of one thread, by stage and for the whole chain, on 1920x1080 JPEGs made of the photos."""
    stages: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.thread_time()
        work()
        stages.setdefault(name, []).append((time.thread_time() - began) * 1000)

    for photo in photos:
        full_hd = cv2.resize(decode_gray(photo), (1920, 1080), interpolation=cv2.INTER_AREA)
        data = cv2.imencode(".jpg", cv2.cvtColor(full_hd, cv2.COLOR_GRAY2BGR))[1].tobytes()
        half = decode_half(data)
        found = finder.find(half)
        plate = crop(half, widened(found[0].box, *half.shape)) if found else half
        for _ in range(_REPEATS):
            timed("unpack at half size", partial(decode_half, data))
            timed("find", partial(finder.find, half))
            timed("unpack whole", partial(decode_gray, data))
            timed("read one plate", partial(reader.read, plate))
            timed("whole chain", partial(read_whole, data, finder, reader))
    return [_times(f"1920x1080, {name}", took) for name, took in stages.items()]


def main(arguments: Sequence[str]) -> int:
    """Print the report; exit code 0."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train.finder.evaluate", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with frames/index.csv and containers/")
    parser.add_argument("--manifest", type=Path, default=_DEFAULT_MANIFEST)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    finder, reader = open_plate_finder(options.manifest), open_plate_reader(options.manifest)
    labelled = frames(options.data)
    empty = [path.read_bytes() for path in sorted((options.data / "containers").glob("*.jpg"))]
    print("\n".join(found_lines(finder, labelled)))
    print("\n".join(false_lines(finder, empty)))
    print("\n".join(time_lines(finder, reader, [photo for photo, _ in labelled])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
