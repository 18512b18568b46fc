"""Measure the shipped readers on labelled photos: `python -m models.train.evaluate --data DIR`.

DIR holds `plates/index.csv` with the columns path, text, lines, set (paths relative to DIR); the set "cn" is of Chinese
plates, all others are Vietnamese. Every photo is read as at a gate, by all readers of the manifest.
Prints figures only, never a plate's text, unless `--show-misses` asks for it.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from drivers.contract.quantities import Millis
from drivers.contract.readings import PlateRead
from station.core.consensus import ACCEPT_FROM, agree
from station.core.plates import normalise
from station.vision.manifest import model_hashes
from station.vision.plate_reader import PlateText
from station.vision.plate_readers import open_plate_readers
from station.vision.tensors import decode_gray

_CHINESE_SET = "cn"
_DEFAULT_MANIFEST = Path(__file__).resolve().parent.parent / "manifest.toml"


@dataclass(frozen=True, slots=True)
class Trial:
    """One photo, its published label, what was read and how long the reading took."""

    group: str
    lines: str
    path: str
    label: str
    read: PlateText
    took_ms: float

    @property
    def exact(self) -> bool:
        """Whether the whole text equals the published label."""
        return self.read.text == self.label


def interval(right: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in percent."""
    z = 1.96
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return (100 * (centre - spread) / scale, 100 * (centre + spread) / scale)


def run_trials(data: Path, manifest: Path) -> list[Trial]:
    """Read every plate of the folder, one by one on one thread."""
    cv2.setNumThreads(1)
    reader = open_plate_readers(manifest)
    trials = []
    with (data / "plates" / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            picture = decode_gray((data / row["path"]).read_bytes())
            began = time.perf_counter()
            read = reader.read(picture)
            took_ms = (time.perf_counter() - began) * 1000
            trials.append(Trial(row["set"], row["lines"], row["path"], normalise(row["text"]), read, took_ms))
    return trials


def _line(name: str, right: int, n: int) -> str:
    low, high = interval(right, n)
    return f"{name:<34} n {n:>5}  {100 * right / n:5.1f} %  ({low:.1f} to {high:.1f})"


def _exact_lines(trials: Sequence[Trial]) -> list[str]:
    lines = []
    for group in sorted({trial.group for trial in trials}):
        own = [trial for trial in trials if trial.group == group]
        parts = [("all", own), ("one line", [t for t in own if t.lines == "1"])]
        parts += [("two lines", [t for t in own if t.lines == "2"])]
        for name, part in parts:
            if part:
                lines.append(_line(f"{group}, {name}", sum(t.exact for t in part), len(part)))
    for name, part in _by_country(trials):
        greedy = sum(trial.read.raw == trial.label for trial in part)
        lines.append(_line(f"{name}, with the grammar prior", sum(t.exact for t in part), len(part)))
        lines.append(_line(f"{name}, the net's own string", greedy, len(part)))
        if name == "Chinese":
            beyond = sum(trial.read.text[1:] == trial.label[1:] for trial in part)
            lines.append(_line("Chinese, all but the province", beyond, len(part)))
    return lines


def _by_country(trials: Sequence[Trial]) -> list[tuple[str, list[Trial]]]:
    chinese = [trial for trial in trials if trial.group == _CHINESE_SET]
    others = [trial for trial in trials if trial.group != _CHINESE_SET]
    return [(name, part) for name, part in (("Vietnamese", others), ("Chinese", chinese)) if part]


def _chosen_lines(trials: Sequence[Trial], names: dict[str, str]) -> list[str]:
    """Which reader's reading went out, for the plates of each country."""
    lines = []
    for country, part in _by_country(trials):
        for sha256, name in names.items():
            lines.append(_line(f"{country}, read by {name}", sum(t.read.model == sha256 for t in part), len(part)))
    return lines


def _accept_lines(trials: Sequence[Trial]) -> list[str]:
    lines = []
    for floor in (500, 800, ACCEPT_FROM, 950, 990):
        kept = [trial for trial in trials if trial.read.confidence >= floor]
        if kept:
            name = f"confidence >= {floor}, {100 * len(kept) / len(trials):.1f} % kept"
            lines.append(_line(name, sum(t.exact for t in kept), len(kept)))
    return lines


def _as_reading(trial: Trial) -> PlateRead:
    read = trial.read
    return PlateRead("", "", read.raw, read.text, read.confidence, read.characters, "", Millis(0))


def _voted_line(trials: Sequence[Trial]) -> str:
    """Photos that share a label stand for the frames of one stop."""
    stops: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        stops[trial.label].append(trial)
    several = {label: stop for label, stop in stops.items() if len(stop) > 1}
    right = sum(agree([_as_reading(t) for t in stop]).text == label for label, stop in several.items())
    return _line("voted, two and more photos", right, len(several)) if several else "voted: no plate has two photos"


def report(trials: Sequence[Trial], names: dict[str, str]) -> str:
    """Every figure as text, with n and a 95 % interval; `names` are the models by sha256."""
    took = sorted(trial.took_ms for trial in trials)
    p95 = took[int(0.95 * len(took))]
    road = [trial for trial in trials if trial.group == "anpr"] or list(trials)
    blocks = [
        "exact on the published labels",
        *_exact_lines(trials),
        "right among the accepted (set anpr)",
        *_accept_lines(road),
        _voted_line(road),
        "right among the accepted (Chinese)",
        *_accept_lines([trial for trial in trials if trial.group == _CHINESE_SET]),
        "whose reading went out",
        *_chosen_lines(trials, names),
        f"one reading, one thread: p50 {statistics.median(took):.2f} ms, p95 {p95:.2f} ms, n {len(took)}",
    ]
    return "\n".join(blocks)


def main(arguments: Sequence[str]) -> int:
    """Print the report; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m models.train.evaluate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with plates/index.csv")
    parser.add_argument("--manifest", type=Path, default=_DEFAULT_MANIFEST)
    parser.add_argument("--show-misses", type=int, default=0, metavar="N", help="list N misreadings (personal data)")
    options = parser.parse_args(arguments)
    trials = run_trials(options.data, options.manifest)
    print(report(trials, {sha256: name for name, sha256 in model_hashes(options.manifest)}))
    misses = [trial for trial in trials if not trial.exact]
    for trial in sorted(misses, key=lambda t: -t.read.confidence)[: options.show_misses]:
        print(trial.path, trial.label, trial.read.raw, trial.read.text, trial.read.confidence)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
