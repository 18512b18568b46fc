"""Pictures of drawn gate cameras whose aim is known: a truck's front as a plane in space, seen through a pinhole.

Each camera has its place, its lens and its light; each pass its own truck, plate and stop. A fault of the aim changes
one thing of the camera and nothing else, so that the right cause is known.
"""

import math
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.aim import Cause, Light

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]

COLUMNS, ROWS = 1280, 720
_FRONT_WIDE_MM, _FRONT_HIGH_MM, _PLATE_AT_MM = 2500, 1700, (1250, 1100)
_TEXTS = ("29C-123.45", "15C-678.90", "12H-045.67", "98C-246.81", "34C-135.79", "14C-902.46", "20C-357.08")
_SIZES_MM = {1: (520, 110), 2: (330, 165)}

STRENGTHS: dict[Cause, tuple[float, float, float]] = {
    "SMALL": (4.5, 6.0, 7.5),
    "LARGE": (0.62, 0.5, 0.4),
    "HIGH": (0.17, 0.12, 0.08),
    "LOW": (0.17, 0.12, 0.08),
    "LEFT": (0.17, 0.13, 0.09),
    "RIGHT": (0.17, 0.13, 0.09),
    "ROLLED": (9, 14, 20),
    "STEEP": (38, 47, 55),
    "ASKEW": (38, 47, 55),
    "MOTION": (0.2, 0.3, 0.45),
    "UNSHARP": (0.07, 0.13, 0.2),
    "BURNT": (3.5, 5.5, 8.0),
    "GLARE": (0.25, 0.4, 0.55),
    "DARK": (0.16, 0.1, 0.05),
    "HAZY": (0.6, 0.75, 0.86),
}
"""Weak, middle, strong. Small and large: millimetres per pixel. High to right: where the plate's middle stands, as a
share of the picture from that edge. Rolled, steep, askew: degrees. Motion: length; unsharp: sigma; both as shares of
the letters' height. Burnt, dark: how often the light. Glare: share of the plate. Hazy: share of the veil.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """How one camera stands and sees."""

    mm_per_px: float
    distance_mm: float
    pitch: float
    yaw: float
    roll: float
    at: tuple[float, float]
    """Where the plate's middle falls, as shares of the picture's width and height."""
    gain: float = 1.0
    veil: float = 0.0
    sigma: float = 0.0
    motion: tuple[float, float] = (0.0, 0.0)
    """Length as a share of the letters' height, direction in degrees."""
    glare: float = 0.0


def good_setting(seed: int) -> Setting:
    """A camera as it should be."""
    chance = np.random.default_rng((91, seed))
    return Setting(
        mm_per_px=chance.uniform(1.4, 2.3),
        distance_mm=chance.uniform(4500, 9000),
        pitch=chance.uniform(4, 20),
        yaw=chance.uniform(-14, 14),
        roll=chance.uniform(-2, 2),
        at=(chance.uniform(0.4, 0.6), chance.uniform(0.4, 0.62)),
    )


def bad_setting(seed: int, cause: Cause, strength: float) -> Setting:
    """The good camera of this seed with one thing wrong."""
    good, chance = good_setting(seed), np.random.default_rng((92, seed))
    sign = 1 if chance.random() < 0.5 else -1
    bearing = float(chance.choice((90, 90, 75, 105, 0, 20)))
    x, y = good.at
    settings: dict[Cause, Setting] = {
        "SMALL": replace(good, mm_per_px=strength),
        "LARGE": replace(good, mm_per_px=strength),
        "HIGH": replace(good, at=(x, strength)),
        "LOW": replace(good, at=(x, 1 - strength)),
        "LEFT": replace(good, at=(strength, y)),
        "RIGHT": replace(good, at=(1 - strength, y)),
        "ROLLED": replace(good, roll=sign * strength),
        "STEEP": replace(good, pitch=strength),
        "ASKEW": replace(good, yaw=sign * strength),
        "MOTION": replace(good, motion=(strength, bearing)),
        "UNSHARP": replace(good, sigma=strength),
        "BURNT": replace(good, gain=strength),
        "DARK": replace(good, gain=strength),
        "GLARE": replace(good, glare=strength),
        "HAZY": replace(good, veil=strength),
    }
    return settings[cause]


def picture(setting: Setting, seed: int, number: int, light: Light) -> bytes:
    """The JPEG of pass `number` before camera `seed`; the same arguments give the same bytes."""
    chance, lines, text = _drawn(seed, number)
    front = _front(int(chance.integers(8)), text, lines)
    stop = (chance.uniform(-60, 60), chance.uniform(-40, 40))
    seen = _projected(front, setting, stop)
    return _coded(_exposed(seen, setting, lines, light, chance))


def plate_of(seed: int, number: int) -> str:
    """What stands on the plate of that pass, without separators."""
    return "".join(c for c in _TEXTS[_drawn(seed, number)[2]] if c.isalnum())


def _drawn(seed: int, number: int) -> tuple[np.random.Generator, int, int]:
    chance = np.random.default_rng((93, seed, number))
    return chance, 1 if chance.random() < 0.4 else 2, int(chance.integers(len(_TEXTS)))


@cache
def _front(look: int, text: int, lines: int) -> Floats:
    """A truck's front from straight ahead, one pixel a millimetre: bars, lamps, bumper, plate. Light 0 to 255."""
    chance = np.random.default_rng((94, look))
    body = chance.uniform(40, 215)
    front = np.full((_FRONT_HIGH_MM, _FRONT_WIDE_MM), body, np.float32)
    for y in range(250, 700, int(chance.integers(60, 110))):
        cv2.rectangle(front, (500, y), (2000, y + 30), body * 0.5, -1)
    cv2.rectangle(front, (0, 850), (_FRONT_WIDE_MM, 1400), float(chance.uniform(25, 160)), -1)
    for x in (150, 1950):
        cv2.rectangle(front, (x, 900), (x + 400, 1150), 210.0, -1)
        cv2.rectangle(front, (x + 20, 920), (x + 380, 1130), 120.0, -1)
    cv2.rectangle(front, (100, 1400), (2400, _FRONT_HIGH_MM), 30.0, -1)
    plate = _plate(_TEXTS[text], lines, float(chance.choice((200.0, 160.0))))
    high, wide = plate.shape
    x, y = _PLATE_AT_MM[0] - wide // 2, _PLATE_AT_MM[1] - high // 2
    front[y - 8 : y + high + 8, x - 8 : x + wide + 8] = 35.0
    front[y : y + high, x : x + wide] = plate
    return front


def _plate(text: str, lines: int, ground: float) -> Floats:
    wide, high = _SIZES_MM[lines]
    plate = np.full((high, wide), ground, np.float32)
    cv2.rectangle(plate, (4, 4), (wide - 5, high - 5), 25.0, 3)
    head, number = text.split("-")
    rows = ((text, 15, 80),) if lines == 1 else ((head, 14, 63), (number, 88, 63))
    for row, top, tall in rows:
        _write(plate, row, top, tall)
    return plate


def _write(plate: Floats, text: str, top: int, tall: int) -> None:
    units = sum(0.45 if c in "-." else 1.0 for c in text)
    pitch = min((plate.shape[1] - 30) / units, tall * 0.78)
    x = (plate.shape[1] - pitch * units) / 2
    for character in text:
        step = pitch * (0.45 if character in "-." else 1.0)
        middle = int(x + step / 2)
        if character == "-":
            cv2.rectangle(plate, (middle - 7, top + tall // 2 - 4), (middle + 7, top + tall // 2 + 4), 25.0, -1)
        elif character == ".":
            cv2.circle(plate, (middle, top + tall - 7), 6, 25.0, -1)
        else:
            glyph = _glyph(character, int(pitch * 0.8), tall)
            left = middle - glyph.shape[1] // 2
            cell = plate[top : top + tall, left : left + glyph.shape[1]]
            cell += (25.0 - cell) * glyph
        x += step


@cache
def _glyph(character: str, wide: int, tall: int) -> Floats:
    canvas = np.zeros((240, 240), np.uint8)
    cv2.putText(canvas, character, (50, 180), (255,), cv2.FontFace("sans"), 120, 700)
    rows, columns = np.flatnonzero(canvas.max(axis=1)), np.flatnonzero(canvas.max(axis=0))
    inked = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = (wide * 6 // 10 if character in "1I" else wide, tall)
    return np.asarray(cv2.resize(inked, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)


def _projected(front: Floats, setting: Setting, stop: tuple[float, float]) -> Floats:
    """The plane through the pinhole: x to the right, y down, z away from the camera; the plate's middle is at 0."""
    pitch, yaw, roll = (math.radians(angle) for angle in (setting.pitch, setting.yaw, setting.roll))
    direction = np.array([math.sin(yaw) * math.cos(pitch), -math.sin(pitch), -math.cos(yaw) * math.cos(pitch)])
    camera = direction * setting.distance_mm
    ahead = -direction
    right = np.cross((0.0, 1.0, 0.0), ahead)
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    turned = (
        math.cos(roll) * right + math.sin(roll) * down,
        math.cos(roll) * down - math.sin(roll) * right,
    )
    axes = np.stack((*turned, ahead))
    focal = setting.distance_mm / setting.mm_per_px
    lens = np.array([[focal, 0, setting.at[0] * COLUMNS], [0, focal, setting.at[1] * ROWS], [0, 0, 1]])
    # The front's pixels to millimetres around the plate, moved by where the truck stopped.
    place = np.array([[1, 0, stop[0] - _PLATE_AT_MM[0]], [0, 1, stop[1] - _PLATE_AT_MM[1]], [0, 0, 0], [0, 0, 1.0]])
    seen = lens @ np.hstack((axes, (-axes @ camera)[:, np.newaxis])) @ place
    soft = cv2.GaussianBlur(front, (0, 0), max(0.3, 0.45 * setting.mm_per_px))
    lane = np.full((ROWS, COLUMNS), 95.0, np.float32)
    lane += np.linspace(60, -30, ROWS, dtype=np.float32)[:, np.newaxis]
    cv2.warpPerspective(soft, seen, (COLUMNS, ROWS), lane, borderMode=cv2.BORDER_TRANSPARENT)
    return lane


def _exposed(seen: Floats, setting: Setting, lines: int, light: Light, chance: np.random.Generator) -> Gray:
    tall_px = (80 if lines == 1 else 63) / setting.mm_per_px
    if light == "night":  # lamps at the camera: the plate throws them back, the rest of the front hardly
        seen = np.where(seen > 150, seen * np.float32(0.85), seen * np.float32(0.3)).astype(np.float32)
    seen = seen * np.float32(setting.gain * chance.uniform(0.85, 1.05))
    if setting.glare:
        seen = seen + _spot(setting, lines, chance)
    if setting.veil:
        seen = seen * np.float32(1 - setting.veil) + np.float32(setting.veil * 170)
    if setting.gain > 1:  # what a burnt sensor does: light runs over
        over = np.maximum(seen - 255, 0)
        seen = seen + cv2.GaussianBlur(over, (0, 0), 0.05 * tall_px)
    length, angle = setting.motion
    if length:
        seen = np.asarray(cv2.filter2D(seen, -1, _smear(length * tall_px, angle)), np.float32)
    sigma = math.hypot(setting.sigma * tall_px, 0.6)
    seen = np.asarray(cv2.GaussianBlur(np.clip(seen, 0, 400), (0, 0), sigma), np.float32)
    noise = 2.0 if light == "day" else 4.0
    seen += chance.standard_normal((ROWS, COLUMNS), np.float32) * np.float32(noise)
    return np.clip(seen, 0, 255).astype(np.uint8)


def _smear(length: float, angle: float) -> Floats:
    reach = max(1, math.ceil(length / 2))
    kernel = np.zeros((8 * (2 * reach + 1), 8 * (2 * reach + 1)), np.uint8)
    middle = kernel.shape[0] / 2
    step = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))]) * length * 4
    ends = [(int(middle + sign * step[0]), int(middle + sign * step[1])) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], (255,), 8)
    small = np.asarray(cv2.resize(kernel, (2 * reach + 1, 2 * reach + 1), interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(small / small.sum(), np.float32)


def _spot(setting: Setting, lines: int, chance: np.random.Generator) -> Floats:
    """A bright patch over a share of the plate, from one side."""
    wide, high = (size / setting.mm_per_px for size in _SIZES_MM[lines])
    side = 1 if chance.random() < 0.5 else -1
    x = setting.at[0] * COLUMNS + side * wide * (1 - setting.glare) / 2
    y = setting.at[1] * ROWS
    spot = np.zeros((ROWS, COLUMNS), np.float32)
    axes = (int(wide * setting.glare * 0.6), int(high * 0.8))
    cv2.ellipse(spot, (int(x), int(y)), axes, 0, 0, 360, 330.0, -1)
    return np.asarray(cv2.GaussianBlur(spot, (0, 0), max(1.0, 0.06 * wide)), np.float32)


def _coded(seen: Gray) -> bytes:
    _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return packed.tobytes()
