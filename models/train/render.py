"""One training picture from one number: text, flat plate, camera, and the net's input size."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from models.train import camera
from models.train.drawing import Gray, draw_plate
from models.train.glyphs import Mask
from models.train.texts import PlateText, draw_text
from station.vision.tensors import shrink_to_input

_EMPTY_SHARE = 0.02
_DESTROYED_SHARE = 0.015
_MIN_PLATE_PX, _MAX_PLATE_PX = 18, 110


@dataclass(frozen=True, slots=True)
class Sample:
    """A gray picture of 64 rows and 128 columns and the characters on it ("" when no plate is there)."""

    picture: Gray
    label: str


def _native_size(rng: Random, lines: int) -> tuple[int, int]:
    """Rows and columns of the crop as the camera caught it: the plate is 18 to 110 px high."""
    least = _MIN_PLATE_PX if lines == 1 else 2 * _MIN_PLATE_PX
    high = int(least + (_MAX_PLATE_PX - least) * rng.random() ** 1.3)
    aspect = rng.uniform(2.4, 4.9) if lines == 1 else rng.uniform(0.95, 1.9)
    return high, max(int(high * aspect), 30)


def render(seed: int, index: int, faces: tuple[dict[str, Mask], ...], text: PlateText | None = None) -> Sample:
    """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture.

    `text` fixes what is written; the rest is still drawn by chance.
    """
    rng = Random(f"{seed}:{index}")
    if text is None and rng.random() < _EMPTY_SHARE:
        return Sample(_finish(rng, camera.background(rng, 48, 96)), "")
    written = draw_text(rng) if text is None else text
    rows, columns = _native_size(rng, len(written.lines))
    plate = draw_plate(rng, written, rng.choice(faces), max(40, int(rows * 1.2)))
    picture = camera.place(rng, plate, rows, columns, len(written.lines))
    if text is None and rng.random() < _DESTROYED_SHARE:
        return Sample(_finish(rng, camera.destroy(rng, picture)), "")
    return Sample(_finish(rng, picture), written.label)


def _finish(rng: Random, picture: camera.Float) -> Gray:
    picture = camera.light(rng, picture)
    picture = camera.blur(rng, picture)
    picture = camera.sharpen(rng, picture)
    camera.overlay(rng, picture)
    gray = camera.record(rng, picture)
    return shrink_to_input(gray)
