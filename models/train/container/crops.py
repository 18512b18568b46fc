"""One training picture of the code reader from one number: a painted code, seen by a camera, cut out and laid flat."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from models.train import camera
from models.train.camera import Float
from models.train.container import painting
from models.train.container.codes import draw_number, draw_size_type
from models.train.drawing import Gray
from models.train.glyphs import Face, load_faces
from models.train.render import Sample
from models.train.texts import ALPHABET
from station.vision.code_crop import laid_flat

_LETTER_PX = 40
_SIZE_TYPE_SHARE = 0.15
_EMPTY_SHARE = 0.02
_LEAST_PX, _MOST_PX = 9.0, 56.0
"""Height of the letters as the camera saw them."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the code reader learns from."""

    alphabet: str = ALPHABET

    def load_faces(self) -> tuple[Face, ...]:
        """The letters of every pinned face."""
        return load_faces()

    def sample(self, seed: int, index: int, faces: tuple[Face, ...]) -> Sample:
        """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture."""
        return render(seed, index, faces)


def render(seed: int, index: int, faces: tuple[Face, ...], text: str = "", *, upright: bool | None = None) -> Sample:
    """A gray picture of the reader's input size and the code in it. `text` and `upright` fix what is drawn."""
    rng = Random(f"code:{seed}:{index}")
    is_empty = text == "" and rng.random() < _EMPTY_SHARE
    is_number = len(text) == painting.NUMBER_LENGTH or (text == "" and rng.random() >= _SIZE_TYPE_SHARE)
    shown = text or (draw_number(rng) if is_number else draw_size_type(rng))
    stands = rng.random() < 0.5 if upright is None else upright
    wall, place = _wall(rng, shown, rng.choice(faces), upright=stands, is_empty=is_empty)
    seen, box = _seen(rng, wall, place)
    seen = camera.light(rng, seen)
    seen = camera.blur(rng, seen)
    seen = camera.sharpen(rng, seen)
    camera.overlay(rng, seen)
    gray = camera.record(rng, _cut(rng, seen, box, upright=stands))
    return Sample(laid_flat(gray, upright=stands, is_number=is_number), "" if is_empty else shown)


def _wall(rng: Random, text: str, face: Face, *, upright: bool, is_empty: bool) -> tuple[Float, Gray]:
    """The steel with the code and what stands near it; and where the code's ink lies."""
    style = painting.draw_style(rng, upright=upright)
    ink = painting.ink_of(rng, text, face, style, _LETTER_PX, upright=upright)
    pad = int(_LETTER_PX * 1.6)
    rows, columns = ink.shape[0] + 2 * pad, ink.shape[1] + 2 * pad
    wall = painting.steel(rng, rows, columns, _LETTER_PX * 2.2)
    place = np.zeros((rows, columns), np.uint8)
    place[pad : pad + ink.shape[0], pad : pad + ink.shape[1]] = ink
    if not upright:
        _rods(rng, wall, ink, pad)
    paint = painting.draw_paint(rng, wall)
    if not is_empty:
        painting.paint_on(rng, wall, ink, pad, pad, paint)
    if rng.random() < 0.5:
        _neighbour(rng, wall, face, ink, pad, paint, upright=upright)
    return wall, place


def _rods(rng: Random, wall: Float, ink: Gray, pad: int) -> None:
    """A rod mostly runs between owner and digits, where the letters leave room for it."""
    free = np.flatnonzero(ink.max(axis=0) == 0)
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        wide = int(_LETTER_PX * rng.uniform(0.15, 0.7))
        at = (
            pad + int(rng.choice(list(free))) - wide // 2
            if free.size and rng.random() < 0.8
            else rng.randrange(wall.shape[1])
        )
        fits = ink[:, max(at - pad, 0) : max(at - pad + wide, 0)]
        if fits.size == 0 or fits.max() < 128:
            painting.rod(rng, wall, at, wide)


def _neighbour(rng: Random, wall: Float, face: Face, ink: Gray, pad: int, paint: float, *, upright: bool) -> None:
    """The other code, or weights, just below a line or beside a column."""
    style = painting.draw_style(rng, upright=upright)
    count = rng.randint(4, 9)
    text = "".join(rng.choice(ALPHABET) for _ in range(count))
    high = int(_LETTER_PX * rng.uniform(0.5, 1.1))
    other = painting.ink_of(rng, text, face, style, high, upright=upright)
    gap = int(_LETTER_PX * rng.uniform(0.15, 1.0))
    side = rng.choice((-1, 1))
    if upright:
        left = pad + ink.shape[1] + gap if side > 0 else pad - gap - other.shape[1]
        painting.paint_on(rng, wall, other, left, rng.randint(0, wall.shape[0] // 2), paint)
    else:
        top = pad + ink.shape[0] + gap if side > 0 else pad - gap - other.shape[0]
        painting.paint_on(rng, wall, other, rng.randint(0, wall.shape[1] // 2), top, paint)


def _seen(rng: Random, wall: Float, place: Gray) -> tuple[Float, tuple[int, int, int, int]]:
    """The wall as a camera sees it, aslant and bent by the lens, and the box of the code (left, top, right, bottom)."""
    high_px = _LEAST_PX * (_MOST_PX / _LEAST_PX) ** rng.random()
    scale = high_px / _LETTER_PX
    squeeze = rng.uniform(0.6, 1.15)  # a wall seen aslant is narrower
    rows, columns = wall.shape
    wide, high = max(12, round(columns * scale * squeeze)), max(12, round(rows * scale))
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    u, v = (x + 0.5) / wide - 0.5, (y + 0.5) / high - 0.5
    shear = rng.gauss(0, 0.05) if rng.random() < 0.8 else rng.uniform(-0.22, 0.22)
    lean = rng.gauss(0, 0.05) if rng.random() < 0.8 else rng.uniform(-0.18, 0.18)
    bend, pinch = rng.gauss(0, 0.05), rng.gauss(0, 0.10)
    ratio = wide / high
    near = 1 + np.float32(pinch) * (u if wide > high else v)
    across = u * near + np.float32(lean / ratio) * v + np.float32(bend * min(1.0, 0.35 / ratio)) * (v * v - 0.1)
    down = v * near + np.float32(shear * ratio) * u + np.float32(bend * min(1.0, 0.35 * ratio)) * (u * u - 0.1)
    map_x, map_y = ((across + 0.5) * columns).astype(np.float32), ((down + 0.5) * rows).astype(np.float32)
    if scale < 0.8:
        wall = cv2.GaussianBlur(wall, (0, 0), 0.45 / scale)
    seen = cv2.remap(wall, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inked = cv2.remap(cv2.dilate(place, np.ones((3, 3), np.uint8)), map_x, map_y, cv2.INTER_LINEAR)
    at_y, at_x = np.flatnonzero(inked.max(axis=1) > 60), np.flatnonzero(inked.max(axis=0) > 60)
    if at_y.size == 0 or at_x.size == 0:
        return seen, (0, 0, wide, high)
    return seen, (int(at_x[0]), int(at_y[0]), int(at_x[-1]) + 1, int(at_y[-1]) + 1)


def _cut(rng: Random, seen: Float, box: tuple[int, int, int, int], *, upright: bool) -> Float:
    """The code with the margin that a finder leaves along it and across; seldom a little too near."""
    rows, columns = seen.shape
    left, top, right, bottom = box
    thick = (right - left) if upright else (bottom - top)
    long = (bottom - top) if upright else (right - left)

    def along() -> int:
        return int(rng.uniform(-0.012, 0.17) * long)

    def across() -> int:
        return int(rng.uniform(-0.06, 0.45) * thick)

    x0, x1 = left - (across() if upright else along()), right + (across() if upright else along())
    y0, y1 = top - (along() if upright else across()), bottom + (along() if upright else across())
    x0, y0 = max(x0, 0), max(y0, 0)
    x1, y1 = max(min(x1, columns), x0 + 4), max(min(y1, rows), y0 + 4)
    return seen[y0:y1, x0:x1]
