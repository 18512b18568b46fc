"""How surely the core notices that a camera no longer sees: faults injected into drawn views, and healthy ones beside.

Each camera is learned from its own pictures, 16 by day and 16 by night, as the lane would. Then come healthy trucks, by
day, dusk and night, in rain, and the empty lane; then, for each fault at each strength, as many trucks as the window of
the hysteresis holds. Pictures go through the product's own measures and judgement, coded as JPEG as a camera would.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.readings import ViewMeasured
from station.core import camera_reads, camera_view
from station.core.camera_reads import ReadShare
from station.core.camera_view import CameraView, Cause
from station.vision.view_measures import COLUMNS, ROWS, measure_view
from tests.proof.measures.drawn_views import DrawnCamera, Light

Gray = NDArray[np.uint8]
Strength = float

SCENES = 20
HEALTHY = 26
"""Healthy pictures per camera after it is learned: 520 with 20 cameras."""

STRENGTHS: dict[Cause, tuple[Strength, Strength, Strength]] = {
    "BLURRED": (0.75, 1.5, 3.0),
    "DARK": (0.2, 0.08, 0.02),
    "BURNT_OUT": (0.2, 0.5, 0.9),
    "OBSTRUCTED": (0.25, 0.45, 0.65),
    "MOVED": (0.025, 0.06, 0.2),
    "FROZEN": (1.0, 2.0, 3.0),
}
"""Weak, middle, strong. Blur: sigma in pixels of 640x360. Dark: share of the light that is left. Burnt: share of the
picture that is white. Obstructed: share covered from one side. Moved: shift as a share of the width. Frozen: over a
noisy line with a running clock (1), with a running clock (2), as it was sent (3).
"""

_LIGHTS: tuple[Light, ...] = ("day", "night", "dusk", "day", "night")
_FAR_NUMBER = 1000
"""Where the numbers of healthy pictures begin; none of them was learned from."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of `n` cameras with the fault, for `raised` an alarm was raised, and `named` rightly."""

    fault: Cause
    strength: Strength
    n: int
    raised: int
    named: int


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Of `pictures` healthy ones so many were `suspected`; of `cameras` so many raised an alarm at any time."""

    pictures: int
    suspected: int
    cameras: int
    raised: int


def seen(picture: Gray) -> ViewMeasured:
    """What the vision worker would answer for this picture."""
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return ViewMeasured("", *measure_view(np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)))


def learned(camera: DrawnCamera) -> CameraView:
    """The view after 16 good trucks by day and 16 by night."""
    view = CameraView("camera")
    for first, light in ((0, "day"), (100, "night")):
        for number in range(first, first + camera_view.LEARNED_FROM):
            picture = camera.picture(number, "day" if light == "day" else "night", rain=number % 5 == 0)
            view, _ = camera_view.look(view, seen(picture), surely_read=True)
    return view


def healthy(scenes: int = SCENES, each: int = HEALTHY) -> FalseAlarms:
    """Every third picture in rain, every eighth without a truck; plates are read or not, as it comes."""
    suspected = raised = 0
    for scene in range(scenes):
        camera = DrawnCamera(scene)
        view, was_raised = learned(camera), False
        for number in range(_FAR_NUMBER, _FAR_NUMBER + each):
            light = _LIGHTS[number // 4 % len(_LIGHTS)]
            picture = camera.picture(number, light, truck=number % 8 != 0, rain=number % 3 == 0)
            view, found = camera_view.look(view, seen(picture), surely_read=number % 2 == 0)
            suspected += found is not None
            was_raised |= view.cause != ""
        raised += was_raised
    return FalseAlarms(scenes * each, suspected, scenes, raised)


def faults(scenes: int = SCENES) -> Iterator[Found]:
    """Each fault at each strength, from each camera."""
    told: dict[tuple[Cause, Strength], list[str]] = {}
    for scene in range(scenes):
        camera = DrawnCamera(scene)
        view = learned(camera)
        trucks = [camera.picture(_FAR_NUMBER + 500 + at, light) for at, light in enumerate(_LIGHTS)]
        for fault, strengths in STRENGTHS.items():
            for strength in strengths:
                told.setdefault((fault, strength), []).append(_told(view, trucks, fault, strength, scene))
    for (fault, strength), causes in told.items():
        yield Found(fault, strength, len(causes), sum(map(bool, causes)), causes.count(fault))


def _told(view: CameraView, trucks: list[Gray], fault: Cause, strength: Strength, scene: int) -> str:
    """The cause that stands after a window of pictures with the fault."""
    chance = np.random.default_rng((79, scene, int(strength * 100)))
    spoil = _spoiler(fault, strength, trucks[0], chance)
    for at, truck in enumerate(trucks):
        view, _ = camera_view.look(view, seen(spoil(truck, at)), surely_read=False)
    return view.cause


def _spoiler(fault: Cause, strength: Strength, first: Gray, chance: np.random.Generator) -> Callable[[Gray, int], Gray]:
    side, angle, tone = int(chance.integers(4)), float(chance.uniform(0, 2 * math.pi)), float(chance.uniform(10, 90))
    match fault:
        case "BLURRED":
            return lambda truck, _: np.asarray(cv2.GaussianBlur(truck, (0, 0), strength), np.uint8)
        case "DARK":
            return lambda truck, _: (truck * strength).astype(np.uint8)
        case "BURNT_OUT":
            return lambda truck, _: _burnt(truck, strength)
        case "OBSTRUCTED":
            return lambda truck, _: _covered(truck, strength, side, tone, chance)
        case "MOVED":
            step = np.array([[1, 0, math.cos(angle)], [0, 1, math.sin(angle)]], np.float32)
            step[:, 2] *= strength * COLUMNS
            border = cv2.BORDER_REFLECT_101
            return lambda truck, _: np.asarray(
                cv2.warpAffine(truck, step, (COLUMNS, ROWS), borderMode=border), np.uint8
            )
        case _:
            return lambda _, at: _frozen(first, strength, at, chance)


def _burnt(truck: Gray, share: float) -> Gray:
    white = max(float(np.quantile(truck, 1 - share)), 1.0)
    return np.asarray(np.clip(truck * (255.5 / white), 0, 255), np.uint8)


def _covered(truck: Gray, share: float, side: int, tone: float, chance: np.random.Generator) -> Gray:
    """Something close before the lens, out of focus, over a share of the picture from one side."""
    cover = np.zeros((ROWS, COLUMNS), np.float32)
    wide, high = int(COLUMNS * share), int(ROWS * share)
    cover[(np.s_[:, :wide], np.s_[:, COLUMNS - wide :], np.s_[:high, :], np.s_[ROWS - high :, :])[side]] = 1
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), 12), np.float32)
    noise = chance.standard_normal((ROWS, COLUMNS), np.float32) * np.float32(1.5)
    return np.asarray(np.clip(truck * (1 - soft) + np.float32(tone) * soft + noise, 0, 255), np.uint8)


def _frozen(first: Gray, strength: Strength, at: int, chance: np.random.Generator) -> Gray:
    if strength == 3.0:
        return first
    picture = first.copy()
    cv2.rectangle(picture, (0, 0), (150, 17), (0,), -1)
    cv2.putText(picture, f"12:{at:02}:{7 * at:02}", (5, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255,), 1)
    if strength == 2.0:
        return picture
    return np.clip(picture + chance.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Fallen:
    """A read rate that fell to `share` of the stops: of `n` lanes so many raised it within 90 stops."""

    share: float
    n: int
    raised: int


def falling_reads(lanes: int) -> Iterator[Fallen]:
    """Lanes that read 92 of 100 stops, then fewer."""
    for share in (0.55, 0.35, 0.1):
        raised = 0
        for lane in range(lanes):
            chance = np.random.default_rng((80, lane, int(share * 100)))
            reads = _stops(ReadShare(), chance.random(300) < 0.92)
            raised += not reads.is_falling and _stops(reads, chance.random(90) < share).is_falling
        yield Fallen(share, lanes, raised)


def steady_reads(stops: int) -> tuple[int, int]:
    """How often a lane that reads 92, 80 or 65 of 100 stops all the time raised it, and over how many stops in all."""
    raised = total = 0
    for rate in (0.92, 0.8, 0.65):
        chance, reads = np.random.default_rng((81, int(rate * 100))), ReadShare()
        for was_read in chance.random(stops) < rate:
            after = camera_reads.stopped(reads, was_read=bool(was_read))
            raised += after.is_falling and not reads.is_falling
            reads = after
        total += stops
    return raised, total


def _stops(reads: ReadShare, was_read: NDArray[np.bool_]) -> ReadShare:
    for one in was_read:
        reads = camera_reads.stopped(reads, was_read=bool(one))
    return reads
