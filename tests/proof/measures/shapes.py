"""The shapes that fool loops: seeded passes of each through the yard's bodies and the pure core.

Of every pass: was the boom ordered down while anything was at it, was a lone vehicle taken for two, and was a real
follower 1 m behind called out within two seconds of its nose under the boom (A4). With each shape other things come
too: trucks that close up behind and stop, some that touch the entry loop and back off.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Literal, get_args

from drivers.contract.quantities import Millis, Tick, kilograms
from station.core.parameters import Sensors
from station.simulate.ground import BEFORE_THE_LANE, BOOM, STOP_LINE
from station.simulate.shapes import DRAWBAR, HIGH_BED, LOW_LOADER, MOTORCYCLE, ORDINARY, TRACTOR, Shape
from station.simulate.truck import Pace, Truck
from tests.proof.frame import Extent, Line
from tests.proof.measures.shape_lane import Script, ShapeLane

ALL_BEAMS = Sensors("barrier", "barrier", "barrier")
BOOM_BEAM_ONLY = Sensors(boom_beam="barrier")
NO_BEAMS = Sensors()

Scene = Literal[
    "ordinary",
    "high-bed",
    "drawbar",
    "low-loader",
    "tractor",
    "boundary",
    "follower-1m",
    "motorcycle-behind",
    "motorcycle-beside",
]
SCENES: tuple[Scene, ...] = get_args(Scene)
LONE: tuple[Scene, ...] = ("ordinary", "high-bed", "drawbar", "low-loader", "tractor", "boundary")
"""Only one vehicle passes under the boom; whoever else comes stops on the deck."""

ALERT_WITHIN = Millis(2_000)
"""From a follower's nose under the boom to its alarm (acceptance scenario A4)."""

_SHAPES: dict[str, Shape] = {s.name: s for s in (ORDINARY, HIGH_BED, DRAWBAR, LOW_LOADER, TRACTOR)}
_LONG: tuple[Shape, ...] = (ORDINARY, HIGH_BED, DRAWBAR, LOW_LOADER)
_OUT_M = 56.0
_LONGEST_PASS = Millis(420_000)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to. When the second's nose came under the boom it was `gap_m` behind the first's tail;
    `alerted` is how long after that, None for never.
    """

    seed: int
    lowered_on: int
    struck: int
    alarms: int
    gap_m: float | None
    alerted: Millis | None
    first_end: str
    wrong_weights: int
    is_finished: bool

    @property
    def caught(self) -> bool:
        """In time."""
        return self.alerted is not None and self.alerted <= ALERT_WITHIN


@dataclass(frozen=True, slots=True)
class Tally:
    """All passes of one scene."""

    scene: Scene
    passes: tuple[Pass, ...]

    @property
    def lowered_on(self) -> int:
        return sum(p.lowered_on + p.struck for p in self.passes)

    @property
    def false_followers(self) -> int:
        return sum(p.alarms > 0 for p in self.passes) if self.scene in LONE else 0

    @property
    def caught(self) -> int:
        return sum(p.caught for p in self.passes)

    @property
    def called_out_at_all(self) -> int:
        return sum(p.alerted is not None for p in self.passes)

    @property
    def wrong_weights(self) -> int:
        return sum(p.wrong_weights > 0 for p in self.passes)

    @property
    def first_ends(self) -> Counter[str]:
        return Counter(p.first_end if p.is_finished else "UNFINISHED" for p in self.passes)

    def __len__(self) -> int:
        return len(self.passes)


def measure(scene: Scene, passes: int, sensors: Sensors = ALL_BEAMS, workers: int = 1) -> Tally:
    """`passes` seeded passes of `scene` at a lane with these light barriers."""
    if workers == 1:
        return Tally(scene, tuple(one_pass(scene, seed, sensors) for seed in range(passes)))
    with ProcessPoolExecutor(workers) as pool:
        made = pool.map(one_pass, repeat(scene), range(passes), repeat(sensors), chunksize=20)
        return Tally(scene, tuple(made))


def one_pass(scene: Scene, seed: int, sensors: Sensors) -> Pass:
    """One pass from arrival until everybody has done what he came for and the lane has come to rest."""
    rng = random.Random(f"{scene} {seed}")
    shape = _SHAPES[scene] if scene in _SHAPES else rng.choice(_LONG)
    gross = kilograms(8_900) if shape is TRACTOR else kilograms(rng.randrange(16_000, 48_000, 20))
    heights = (0.7 + rng.uniform(-0.05, 0.05), 1.1 + rng.uniform(-0.05, 0.05))
    lane = ShapeLane(
        seed, sensors, gross, poll=Millis(rng.choice((40, 40, 60))), reach_m=rng.uniform(0.6, 0.95), beams_m=heights
    )
    pace = Pace(rng.uniform(1.0, 4.0), rng.uniform(0.4, 1.0))
    first = Truck(gross, BEFORE_THE_LANE, shape, pace)
    lane.enter(first, _first(lane, first, rng, is_halting=scene == "boundary"))
    second = _second(scene, lane, first, rng)
    nose_under, gap_m = _run(lane, first, second if scene not in LONE else None)
    alarms = lane.alarms("UNAUTHORISED_PASSAGE")
    return Pass(
        seed=seed,
        lowered_on=lane.lowered_on,
        struck=lane.struck,
        alarms=len(alarms),
        gap_m=gap_m,
        alerted=Millis(max(0, alarms[0] - nose_under)) if alarms and nose_under is not None else None,
        first_end=lane.ends()[0] if lane.ends() else "",
        wrong_weights=sum(abs(decided - gross) > kilograms(100) for decided in lane.weights()[:1]),
        is_finished=lane.is_over and lane.boom.down_limit,
    )


def _run(lane: ShapeLane, first: Truck, second: Truck | None) -> tuple[Tick | None, float | None]:
    """Until all is quiet; returns when the second vehicle's nose came under the boom, and how far behind it was."""
    nose_under: Tick | None = None
    gap_m: float | None = None
    rest = 0
    while rest < 200 and lane.now < _LONGEST_PASS:
        lane.advance()
        if second is not None and nose_under is None and second.nose_m > BOOM:
            nose_under, gap_m = lane.now, first.nose_m - first.length_m - second.nose_m
        rest = rest + 1 if lane.is_over and lane.boom.down_limit else 0
    return nose_under, gap_m


# ------------------------------------------------------------------ drivers
def _first(lane: ShapeLane, truck: Truck, rng: random.Random, *, is_halting: bool) -> Script:
    """Stops at the line, shows the code, goes on green; halts on its way when the road ahead is full."""
    yield from _drive(truck, STOP_LINE + rng.uniform(-0.4, 0.3))
    yield from _pause(lane, rng.randrange(500, 2_500))
    lane.scan()
    while not lane.may_go:
        yield
    yield from _pause(lane, rng.randrange(200, 1_500))
    halts = rng.randrange(1, 4) if is_halting else int(rng.random() < 0.3)
    for nose_m in sorted(rng.uniform(BOOM + 0.2, BOOM + truck.length_m + 1.0) for _ in range(halts)):
        yield from _drive(truck, nose_m)
        yield from _pause(lane, rng.choice((1_000, 4_000, 9_000, 20_000, 130_000 if rng.random() < 0.2 else 2_000)))
        if rng.random() < 0.3:
            yield from _drive(truck, nose_m - rng.uniform(0.1, 0.3))  # it rolls back a little before it pulls
    yield from _drive(truck, _OUT_M)


def _second(scene: Scene, lane: ShapeLane, first: Truck, rng: random.Random) -> Truck | None:
    """Who comes behind the first truck, and is in the lane already when that begins to move."""
    match scene:
        case "follower-1m":
            shape = rng.choice((ORDINARY, ORDINARY, HIGH_BED, LOW_LOADER, TRACTOR))
            follower = Truck(kilograms(rng.randrange(9_000, 45_000, 20)), -1.5, shape, Pace(6.0, 2.0))
            lane.enter(follower, _follow(lane, first, follower, 1.0))
            return follower
        case "motorcycle-behind" | "motorcycle-beside":
            motorcycle = Truck(kilograms(220), -3.0, MOTORCYCLE, Pace(7.0, 3.0))
            gap_m = rng.uniform(0.8, 1.2) if scene == "motorcycle-behind" else -rng.uniform(3.0, 5.0)
            lane.enter(motorcycle, _follow(lane, first, motorcycle, gap_m))
            return motorcycle
    if rng.random() < 0.6:
        waiting = Truck(kilograms(rng.randrange(9_000, 45_000, 20)), -8.0, rng.choice(_LONG), Pace(3.0, 1.0))
        lane.enter(waiting, _close_up(lane, first, waiting, rng))
        return waiting
    return None


def _follow(lane: ShapeLane, first: Truck, follower: Truck, gap_m: float) -> Script:
    """As close behind the first one's tail as `gap_m`, under the boom and out; below 0 it rides beside the tail."""
    while not lane.may_go or first.nose_m < STOP_LINE + 0.5:
        yield
    follower.head_for(_OUT_M)
    while not follower.is_at_goal:
        most_m = first.nose_m - first.length_m - gap_m
        if follower.nose_m > most_m and first.nose_m < _OUT_M - 0.1:
            follower.nose_m, follower.speed_m_per_s = most_m, max(0.0, first.speed_m_per_s)
        yield


def _close_up(lane: ShapeLane, first: Truck, waiting: Truck, rng: random.Random) -> Script:
    """An honest driver: comes up while the first leaves, and stops on the entry loop, or at the line, or backs off."""
    begins_m = rng.uniform(BOOM, BOOM + first.length_m + 6.0)
    while first.nose_m < begins_m or not (lane.may_go or first.nose_m > STOP_LINE + 1.0):
        yield
    will = rng.random()
    if will < 0.2:
        yield from _drive(waiting, 1.0)
    elif will < 0.25:
        yield from _drive(waiting, 1.0)
        yield from _pause(lane, 1_500)
        yield from _drive(waiting, -8.0)
    else:
        while first.nose_m - first.length_m < 6.0:
            yield
        waiting.head_for(STOP_LINE + rng.uniform(-0.4, 0.3))
        while not waiting.is_at_goal:
            if waiting.nose_m > first.nose_m - first.length_m - 2.0:
                waiting.nose_m, waiting.speed_m_per_s = first.nose_m - first.length_m - 2.0, 0.0
            yield


def _drive(truck: Truck, nose_m: float) -> Script:
    truck.head_for(nose_m)
    while not truck.is_at_goal:
        yield


def _pause(lane: ShapeLane, millis: int) -> Script:
    until = lane.now + millis
    while lane.now < until:
        yield


# ------------------------------------------------------------------ the lines of the proof
def loop_shapes(extent: Extent) -> Iterator[Line]:
    """The bounds with every light barrier fitted; then, as measured, what a lane reaches without."""
    passes, workers = (1_000, os.cpu_count() or 1) if extent == "full" else (50, 1)
    for scene in SCENES:
        tally = measure(scene, passes, ALL_BEAMS, workers)
        n, out = len(tally), tally.first_ends["DEPARTED"]
        on = f"{tally.lowered_on}; {out} departed"
        yield Line(f"{scene}: boom ordered down on it", on, n, "0, all departed", tally.lowered_on == 0 and out == n)
        if scene in LONE:
            false = tally.false_followers
            yield Line(f"{scene}: taken for two", str(false), n, "< 1 in 1,000", passed=1_000 * false < n)
        else:
            told = f"{tally.caught} within {ALERT_WITHIN} ms, {tally.called_out_at_all} at all"
            if scene == "motorcycle-beside":  # one body with the trailer for every sensor that looks along the lane
                yield Line(f"{scene}: called out", told, n, "measured", passed=True)
            else:
                yield Line(f"{scene}: called out", told, n, ">= 99 %", passed=100 * tally.caught >= 99 * n)
    for name, sensors in (("no light barrier", NO_BEAMS), ("only the one under the boom", BOOM_BEAM_ONLY)):
        yield from _without(name, sensors, passes if extent == "full" else 10, workers)


def _without(name: str, sensors: Sensors, passes: int, workers: int) -> Iterator[Line]:
    scenes: tuple[Scene, ...] = ("boundary", "follower-1m", "motorcycle-behind")
    for scene in scenes:
        tally = measure(scene, passes, sensors, workers)
        told = f"on it {tally.lowered_on}, weighed wrongly {tally.wrong_weights}, "
        told += (
            f"taken for two {tally.false_followers}"
            if scene in LONE
            else f"called out {tally.caught} in time, {tally.called_out_at_all} at all"
        )
        yield Line(f"{name}, {scene}", told, len(tally), "measured", passed=True)
