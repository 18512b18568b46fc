"""One training picture for the finder from one number: a ground, a vehicle, a plate, other writing, a camera."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train import camera
from models.train.drawing import Gray, draw_plate
from models.train.finder import vehicles
from models.train.finder.grounds import clutter, grain, ground, mottle
from models.train.finder.vehicles import Stand
from models.train.finder.writing import Face, other_writing, stamp
from models.train.texts import draw_text
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS, PADDING

Box = NDArray[np.float32]
"""left, top, right, bottom in pixels of the picture."""

_EMPTY_SHARE = 0.18
_SECOND_SHARE = 0.08
_ASPECTS = ((50, 4 / 3), (25, 16 / 9), (25, 3 / 4))
_MIN_HEIGHT_PX = 5.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A gray picture of the network's input size and the boxes of the plates in it, shape (n, 4)."""

    picture: Gray
    boxes: Box

    @property
    def kinds(self) -> tuple[int, ...]:
        """All of one class."""
        return (0,) * len(self.boxes)


def render(seed: int, index: int, faces: tuple[Face, ...]) -> Scene:
    """Scene number `index` of the endless set named by `seed`; the same numbers give the same scene."""
    rng = Random(f"finder:{seed}:{index}")
    aspect = rng.choices([a for _, a in _ASPECTS], [weight for weight, _ in _ASPECTS])[0] * rng.uniform(0.95, 1.05)
    rows = min(FINDER_ROWS, round(FINDER_COLUMNS / aspect))
    columns = min(FINDER_COLUMNS, round(FINDER_ROWS * aspect))
    seen, boxes = _scene(rng, rows, columns, faces)
    picture = np.full((FINDER_ROWS, FINDER_COLUMNS), PADDING, np.uint8)
    top, left = (FINDER_ROWS - rows) // 2, (FINDER_COLUMNS - columns) // 2
    picture[top : top + rows, left : left + columns] = seen
    shift = np.array([left, top, left, top], np.float32)
    return Scene(picture, np.array(boxes, np.float32).reshape(-1, 4) + shift)


def _scene(rng: Random, rows: int, columns: int, faces: tuple[Face, ...]) -> tuple[Gray, list[list[float]]]:
    picture = ground(rng, rows, columns)
    empty = rng.random() < _EMPTY_SHARE
    lines = 1 if rng.random() < 0.35 else 2
    stand = _stand(rng, rows, columns, lines)
    kind = rng.random()
    if lines == 2 and kind < 0.65:
        vehicles.motorcycle(rng, picture, stand)
    elif kind < 0.85:
        rng.choice((vehicles.front, vehicles.rear))(rng, picture, stand)
    else:
        clutter(rng, picture, rng.randint(5, 60), 0.4)
    if rng.random() < 0.25:
        clutter(rng, picture, rng.randint(1, 12), 0.12)
    for _ in range(rng.choice((0, 2, 4, 8) if empty else (0, 1, 1, 2, 4))):
        other_writing(rng, picture, stand, rng.choice(faces))
    light = picture.astype(np.float32)
    light *= 1 + mottle(rng, rows, columns) * np.float32(rng.uniform(0.1, 0.9))
    light += grain(rng, rows, columns) * np.float32(rng.choice((0.5, 2.0, rng.uniform(2, 14))))
    if rng.random() < 0.5:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 1.6))
    boxes = []
    if not empty:
        boxes.append(_hang(rng, light, stand, rng.choice(faces), lines))
        if rng.random() < _SECOND_SHARE:
            other = _stand(rng, rows, columns, 2)
            spare = Stand(other.x, other.y, min(other.width, stand.width), other.ratio, other.turn)
            if abs(spare.x - stand.x) > (stand.width + spare.width) * 0.7:
                boxes.append(_hang(rng, light, spare, rng.choice(faces), 2))
    light = _expose(rng, light)
    if rng.random() < 0.25:
        stamp(rng, light, rng.choice(faces))
    return camera.record(rng, light), boxes


def _stand(rng: Random, rows: int, columns: int, lines: int) -> Stand:
    """Where and how large: from 7 % of the picture's width to nearly all of it, the logarithm evenly spread."""
    ratio = 1 / (rng.uniform(3.2, 4.9) if lines == 1 else rng.uniform(1.15, 1.95))
    least = max(0.07, _MIN_HEIGHT_PX / ratio / columns)
    most = min(0.92, 0.92 * rows / columns / ratio) if rng.random() < 0.75 else 0.35
    share = float(np.exp(rng.uniform(np.log(least), np.log(max(most, least * 1.2)))))
    if rng.random() < 0.25:
        share = rng.uniform(least, max(most, least * 1.2))
    width = share * columns
    # Mostly near the middle, as a camera is pointed; often anywhere; seldom cut by the picture's edge.
    free_x, free_y = max(columns - width, 0) / 2, max(rows - width * ratio, 0) / 2
    spread = 0.45 if rng.random() < 0.5 else 1.0
    x = columns / 2 + rng.uniform(-spread, spread) * free_x
    y = rows / 2 + rng.uniform(-spread, spread) * free_y
    turn = np.deg2rad(rng.gauss(0, 4) if rng.random() < 0.8 else rng.uniform(-22, 22))
    return Stand(x, y, width, ratio, float(turn))


def _hang(rng: Random, light: camera.Float, stand: Stand, face: Face, lines: int) -> list[float]:
    """Draw the plate into the light, in place, and tell its box: the hull of what is visible, frame included."""
    rows, columns = light.shape
    text = draw_text(rng)
    while len(text.lines) != lines:
        text = draw_text(rng)
    high = max(40, int(stand.width * stand.ratio * 1.25))
    flat = draw_plate(rng, text, face, high)
    if rng.random() < 0.3:  # gleam across the sheet
        ramp = np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), flat.shape[1], dtype=np.float32)
        flat = flat + ramp
    flat = _framed(rng, flat)
    flat_rows, flat_columns = flat.shape
    cover = _rounded(rng, flat_rows, flat_columns)
    half = np.array([0.5, stand.ratio / 2])
    shear = rng.gauss(0, 0.05) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3)
    pinch = rng.gauss(0, 0.02)
    corners = []
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        skew = down * half[1] * shear
        corners.append(
            stand.at(right * half[0] * (1 + down * pinch) + skew, down * half[1] * (1 + right * rng.gauss(0, 0.02)))
        )
    target = np.array(corners, np.float32)
    if flat_columns > stand.width * 1.6:  # far away: shrink by area first, else strokes fall between the pixels
        size = (max(int(stand.width * 1.2), 6), max(int(stand.width * stand.ratio * 1.2), 5))
        flat = cv2.resize(flat, size, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
        flat_rows, flat_columns = flat.shape
    source = np.array([[0, 0], [flat_columns, 0], [flat_columns, flat_rows], [0, flat_rows]], np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    if rng.random() < 0.4:
        _shade(rng, light, target, stand.width)
    seen = cv2.warpPerspective(flat, warp, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(cover, warp, (columns, rows), flags=cv2.INTER_LINEAR)
    light += (seen - light) * mask
    left, top = target.min(axis=0)
    right, bottom = target.max(axis=0)
    return [max(float(left), 0), max(float(top), 0), min(float(right), columns), min(float(bottom), rows)]


def _framed(rng: Random, flat: camera.Float) -> camera.Float:
    """Sometimes a rim or frame around the sheet: dark plastic, chrome, or a bright edge."""
    roll = rng.random()
    if roll < 0.45:
        return flat
    rows = flat.shape[0]
    for _ in range(1 if roll < 0.8 else 2):
        thick = max(1, int(rows * rng.uniform(0.012, 0.07)))
        tone = rng.choice((rng.uniform(5, 60), rng.uniform(60, 160), rng.uniform(150, 250)))
        flat = cv2.copyMakeBorder(flat, thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=tone)
    return flat


def _rounded(rng: Random, rows: int, columns: int) -> camera.Float:
    """1 on the sheet, 0 beyond its rounded corners."""
    radius = int(rows * rng.uniform(0.0, 0.14))
    cover = np.zeros((rows, columns), np.float32)
    cv2.rectangle(cover, (radius, 0), (columns - 1 - radius, rows - 1), 1.0, -1)
    cv2.rectangle(cover, (0, radius), (columns - 1, rows - 1 - radius), 1.0, -1)
    if radius:
        for x in (radius, columns - 1 - radius):
            for y in (radius, rows - 1 - radius):
                cv2.circle(cover, (x, y), radius, 1.0, -1, cv2.LINE_AA)
    return cover


def _shade(rng: Random, light: camera.Float, corners: NDArray[np.float32], width: float) -> None:
    """The plate's shadow on what is behind it, in place."""
    shadow = np.zeros(light.shape, np.uint8)
    shift = np.array([rng.gauss(0, 0.04), rng.uniform(0, 0.08)]) * width
    cv2.fillConvexPoly(shadow, np.round(corners + shift).astype(np.int32), 255)
    soft = cv2.GaussianBlur(shadow, (0, 0), max(0.6, width * rng.uniform(0.01, 0.05)))
    light *= 1 - soft.astype(np.float32) * np.float32(rng.uniform(0.2, 0.7) / 255)


def _expose(rng: Random, light: camera.Float) -> camera.Float:
    """Light, blur and the camera's sharpening; blur in pixels of the network's input, so a plate stays one."""
    light = camera.light(rng, light)
    roll = rng.random()
    if roll < 0.3:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 1.0))
    elif roll < 0.38:
        length = rng.randint(2, 4)
        kernel = np.full((1, length) if rng.random() < 0.7 else (length, 1), 1 / length, np.float32)
        light = cv2.filter2D(light, -1, kernel)
    return camera.sharpen(rng, light)
