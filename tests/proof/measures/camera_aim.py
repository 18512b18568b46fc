"""How surely the right cause is named when a camera is aimed badly: drawn cameras with one thing wrong, and good ones.

Each camera gives a series of passes, by day and by night in turn from camera to camera; finder, reader, measures and
judgement are the product's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from station.vision import aim
from station.vision.aim import Cause, Light
from station.vision.aim_measures import AimMeasures, measure_aim
from station.vision.finders import open_plate_finder
from station.vision.plate_readers import open_plate_readers
from tests.proof.measures.drawn_aims import STRENGTHS, Setting, bad_setting, good_setting, picture
from tests.vision.models_folder import MODELS

CAMERAS = 20
PASSES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Of `n` cameras with this fault, `named` were told the right cause and `told` any."""

    cause: Cause
    strength: float
    n: int
    told: int
    named: int
    others: tuple[str, ...]


class Bench:
    """The shipped models, opened once."""

    def __init__(self) -> None:
        self._finder = open_plate_finder(MODELS / "manifest.toml")
        self._reader = open_plate_readers(MODELS / "manifest.toml")

    def cause(self, setting: Setting, seed: int, passes: int) -> str:
        """What is told of a camera that stands so."""
        light: Light = "night" if seed % 2 else "day"
        seen = [self._seen(picture(setting, seed, number, light)) for number in range(passes)]
        return told(seen, light)

    def _seen(self, data: bytes) -> AimMeasures:
        return measure_aim(data, self._finder, self._reader)


def told(seen: Sequence[AimMeasures], light: Light) -> str:
    """The cause that the passes of one camera are told."""
    return aim.judge(seen, light)[0].cause


def bad_aims(
    bench: Bench, cameras: int = CAMERAS, passes: int = PASSES, strengths: Sequence[int] = (0, 1, 2)
) -> Iterator[Found]:
    """Each cause at each of these strengths (0 weak, 2 strong), from each camera."""
    for cause, levels in STRENGTHS.items():
        for strength in (levels[at] for at in strengths):
            causes = [bench.cause(bad_setting(seed, cause, strength), seed, passes) for seed in range(cameras)]
            others = tuple(sorted(one for one in causes if one not in (cause, "")))
            yield Found(cause, strength, cameras, sum(map(bool, causes)), causes.count(cause), others)


def false_alarms(bench: Bench, cameras: int = CAMERAS, passes: int = PASSES) -> tuple[str, ...]:
    """The causes that good cameras are told; none are right."""
    causes = (bench.cause(good_setting(1000 + seed), 1000 + seed, passes) for seed in range(cameras))
    return tuple(cause for cause in causes if cause)
