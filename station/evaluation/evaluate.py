"""The whole evaluation of a data folder, from its index files to every figure."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from station.bench.memory import pss_mib
from station.evaluation.beside import Beside, beside_figures, open_whole_ocr, read_beside
from station.evaluation.containers import container_figures
from station.evaluation.figures import Figure, Labels, Point, nothing
from station.evaluation.folder import CHINESE, DataFolder, Fault, FolderRefused, Photo
from station.evaluation.frames import MOST_WHOLE, chain_figures, frame_figures
from station.evaluation.plates import by_set, exact_figures, labels_of, plate_figures, road_curve
from station.evaluation.seals import seal_figures
from station.evaluation.trials import Read, Trial, pictures, timed_trial
from station.vision.finders import open_listed_finder
from station.vision.one_thread import use_one_thread
from station.vision.plate_reader import CHINESE_MODEL, open_plate_reader
from station.vision.plate_readers import PlateReaders, open_plate_readers
from station.vision.second_reader import SecondReader, open_second_reader
from station.vision.tensors import Gray

_TELL_EVERY = 100

Tell = Callable[[int, int], None]
"""Told now and then: how many photos are read, of how many."""


@dataclass(frozen=True, slots=True)
class Options:
    """`sample` bounds the photos of each set (0: all), taken evenly; `with_second`, `with_whole` read them beside."""

    sample: int = 0
    with_second: bool = False
    with_whole: bool = False


@dataclass(slots=True)
class Evaluation:
    """All that was measured, and the hash of the reader's file.

    `curves` are precision against coverage by set, `misses` the surest first.
    """

    model: str
    figures: list[Figure] = field(default_factory=list)
    curves: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    misses: list[Trial] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def evaluate(data: DataFolder, manifest: Path, options: Options, tell: Tell) -> Evaluation:
    """Read everything. Raises DeviceFault on a broken model, NotInstalled, FolderRefused if no picture can be read."""
    use_one_thread()
    reader = open_plate_readers(manifest)
    done = Evaluation(reader.entries[0].sha256, faults=list(data.faults))
    memory = [_memory("eval-memory-own")]
    labels: Labels = "corrected" if data.has_corrections else "published"
    photos = sampled([photo for photo in data.photos if photo.group != CHINESE], options.sample)
    second = open_second_reader() if options.with_second or options.with_whole else None
    if second is not None:
        memory.append(_memory("eval-memory-second"))
    trials = _read(data, photos, reader, second, manifest, options, done, tell)
    done.figures += plate_figures(trials, has_corrections=data.has_corrections)
    done.figures += _chinese(data, reader, options, done)
    finder = open_listed_finder(manifest)
    done.figures += frame_figures(data, finder, done.faults)
    done.figures += container_figures(data, manifest, done.faults, second)
    done.figures += seal_figures(data, done.faults)
    done.figures += memory
    done.figures += chain_figures(data, reader, finder, done.faults, options.sample or MOST_WHOLE)
    done.curves = {group: road_curve(own, labels) for group, own in by_set(trials)}
    wrong = (trial for trial in trials if not trial.is_right(corrected=data.has_corrections))
    done.misses = sorted(wrong, key=lambda trial: (-trial.read.confidence, trial.photo.path))
    return done


def sampled(photos: Sequence[Photo], most: int) -> list[Photo]:
    """At most this many photos of each set, evenly spread; all of them if `most` is 0."""
    groups: dict[str, list[Photo]] = {}
    for photo in photos:
        groups.setdefault(photo.group, []).append(photo)
    kept = []
    for group in groups.values():
        few = min(most or len(group), len(group))
        kept += [group[place * len(group) // few] for place in range(few)]
    return kept


def _read(
    data: DataFolder,
    photos: Sequence[Photo],
    reader: PlateReaders,
    second: SecondReader | None,
    manifest: Path,
    options: Options,
    done: Evaluation,
    tell: Tell,
) -> list[Trial]:
    """The own reader's trials; where asked, the other readers' figures go to `done`."""
    told = _counted(pictures(data.root, photos, done.faults), len(photos), tell)
    if second is None:
        trials = [timed_trial(photo, gray, reader.read) for photo, gray in told]
    else:
        whole: Read | None = open_whole_ocr() if options.with_whole else None
        beside: list[Beside] = list(read_beside(told, open_plate_reader(manifest), second, whole))
        done.figures += beside_figures(beside, has_corrections=data.has_corrections)
        trials = [photo.trials["eval-own"] for photo in beside]
    if photos and not trials:
        first = next(fault for fault in done.faults if fault.thing == photos[0].path)
        raise FolderRefused("no-picture-read", str(data.root), f"{first.thing}: {first.seen}")
    return trials


def _chinese(data: DataFolder, reader: PlateReaders, options: Options, done: Evaluation) -> Iterator[Figure]:
    photos = sampled([photo for photo in data.photos if photo.group == CHINESE], options.sample)
    if not photos:
        yield nothing("eval-chinese", "eval-all", "eval-no-photos")
        return
    if all(entry.name != CHINESE_MODEL for entry in reader.entries):
        yield nothing("eval-chinese", "eval-all", "eval-no-chinese-reader")
        return
    trials = [timed_trial(photo, gray, reader.read) for photo, gray in pictures(data.root, photos, done.faults)]
    for labels in labels_of(has_corrections=data.has_corrections):
        yield from exact_figures(trials, labels)


def _memory(what: str) -> Figure:
    return Figure("eval-memory", what, "", "", 1, pss_mib(os.getpid()), None, None, "MiB")


def _counted(each: Iterator[tuple[Photo, Gray]], of: int, tell: Tell) -> Iterator[tuple[Photo, Gray]]:
    for count, one in enumerate(each, 1):
        yield one
        if count % _TELL_EVERY == 0:
            tell(count, of)
