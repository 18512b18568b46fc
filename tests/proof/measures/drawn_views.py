"""Views of drawn gate cameras: each camera has its own place, each picture its own truck, light and weather."""

from functools import cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from station.simulate.scene import HEIGHT_PX, WIDTH_PX, gate_picture
from station.vision.view_measures import COLUMNS, ROWS

Light = Literal["day", "dusk", "night"]
Colour = NDArray[np.uint8]

_TRUCK = (slice(60, 692), slice(285, 997))
"""Rows and columns of a drawn truck."""
_TRUCKS = 12
_GAINS: dict[Light, tuple[float, float]] = {"day": (0.75, 1.1), "dusk": (0.35, 0.55), "night": (0.14, 0.26)}
_NOISE: dict[Light, float] = {"day": 2.0, "dusk": 3.5, "night": 5.0}


class DrawnCamera:
    """One fixed camera. Pictures are gray, 640x360; the same arguments give the same picture."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        chance = np.random.default_rng((77, seed))
        lane = _decoded(gate_picture(None, seed=seed, condition="clear", lines=1))
        for _ in range(14):
            _furnish(lane, chance)
        self._lane = lane
        self._pose = cv2.getRotationMatrix2D(
            (WIDTH_PX * chance.uniform(0.4, 0.6), HEIGHT_PX * chance.uniform(0.4, 0.6)),
            chance.uniform(-3, 3),
            chance.uniform(1.0, 1.15),
        )

    def picture(self, number: int, light: Light, *, truck: bool = True, rain: bool = False) -> NDArray[np.uint8]:
        """Picture `number` of this camera."""
        chance = np.random.default_rng((78, self._seed, number))
        scene = self._lane.copy()
        if truck:
            _park(scene, chance)
        scene = np.asarray(cv2.warpAffine(scene, self._pose, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REFLECT))
        small = cv2.resize(scene, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        seen = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        return _lit(seen, light, chance, truck=truck, rain=rain)


def _decoded(jpeg: bytes) -> Colour:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@cache
def _truck(seed: int) -> Colour:
    return _decoded(gate_picture("12C-045.67", seed=seed, condition="clear", lines=1 + seed % 2))[_TRUCK]


def _furnish(lane: Colour, chance: np.random.Generator) -> None:
    """Something that stands there for good: a shed, a sign, a post, a line of barriers."""
    x, y = int(chance.integers(0, WIDTH_PX)), int(chance.integers(60, HEIGHT_PX))
    wide, high = int(chance.integers(15, 160)), int(chance.integers(15, 140))
    tone = tuple(int(value) for value in chance.integers(20, 235, 3))
    cv2.rectangle(lane, (x, y), (x + wide, y + high), tone, -1)
    if wide > 60:
        cv2.putText(lane, "KM 0", (x + 5, y + high - 5), cv2.FONT_HERSHEY_SIMPLEX, high / 60, (240, 240, 240), 3)


def _park(scene: Colour, chance: np.random.Generator) -> None:
    """A truck of some size and colour, not quite where the last one stood."""
    scale = chance.uniform(0.82, 1.05)
    drawn = _truck(int(chance.integers(_TRUCKS)))
    body = np.asarray(cv2.resize(drawn, None, fx=scale, fy=scale * chance.uniform(0.9, 1.0)), np.uint8)
    left = int((WIDTH_PX - body.shape[1]) / 2 + chance.uniform(-60, 60))
    bottom = min(HEIGHT_PX, int(692 + chance.uniform(-45, 25)))
    top = max(0, bottom - body.shape[0])
    scene[top:bottom, left : left + body.shape[1]] = body[: bottom - top]


def _lit(
    seen: NDArray[np.float32], light: Light, chance: np.random.Generator, *, truck: bool, rain: bool
) -> NDArray[np.uint8]:
    """Sun or lamps from one side, headlamps after dusk, rain, the sensor's noise."""
    slant = chance.uniform(0.7, 1.0, 2)
    field = np.linspace(slant[0], slant[1], COLUMNS, dtype=np.float32)[np.newaxis, :]
    seen = seen * np.float32(chance.uniform(*_GAINS[light])) * field
    if truck and light != "day" and chance.random() < 0.6:
        lamps = np.zeros((ROWS // 4, COLUMNS // 4), np.float32)
        for x in (215, 425):
            cv2.circle(lamps, (int(x + chance.uniform(-25, 25)) // 4, 260 // 4), 5, 1.0, -1)
        halo = cv2.resize(lamps + cv2.GaussianBlur(lamps, (0, 0), 6), (COLUMNS, ROWS))
        seen = seen + np.asarray(halo, np.float32) * np.float32(220)
    if rain:
        seen = seen * np.float32(0.85) + np.float32(12)
        for _ in range(250):
            x, y = int(chance.integers(0, COLUMNS)), int(chance.integers(0, ROWS))
            cv2.line(seen, (x, y), (x + 2, y + int(chance.integers(4, 13))), float(seen[y, x]) + 25, 1)
    noise = chance.standard_normal((ROWS, COLUMNS), np.float32) * np.float32(_NOISE[light])
    return np.clip(seen + noise, 0, 255).astype(np.uint8)
