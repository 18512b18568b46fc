"""One training picture from one number: text, flat plate, camera, and the net's input size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from models.train import camera, chinese_drawing, chinese_texts, drawing, texts
from models.train.drawing import Gray
from models.train.glyphs import Face, load_faces
from models.train.texts import PlateText
from station.vision.tensors import shrink_to_input

_EMPTY_SHARE = 0.02
_DESTROYED_SHARE = 0.015
_MAX_ROWS_PX = 110


@dataclass(frozen=True, slots=True)
class Sample:
    """A gray picture of 64 rows and 128 columns and the characters on it ("" when no plate is there)."""

    picture: Gray
    label: str


@dataclass(frozen=True, slots=True)
class Plates:
    """One country's plates: what may stand on them, how they are drawn, how small a camera may catch them.

    Crops of one line are at least `least_rows_px` high, of two lines twice that; a greater `smallness` draws more of
    the small ones. `loose_share` of the crops are much larger than the plate, `slanted_share` show it from aside.
    """

    alphabet: str
    load_faces: Callable[[], tuple[Face, ...]]
    draw_text: Callable[[Random], PlateText]
    draw_plate: Callable[[Random, PlateText, Face, int], camera.Float]
    least_rows_px: int
    smallness: float
    loose_share: float
    slanted_share: float = 0.0

    def sample(self, seed: int, index: int, faces: tuple[Face, ...]) -> Sample:
        """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture."""
        return render(self, seed, index, faces)


VIETNAMESE = Plates(texts.ALPHABET, load_faces, texts.draw_text, drawing.draw_plate, 18, 1.3, 0.25)
CHINESE = Plates(
    chinese_texts.ALPHABET,
    chinese_drawing.load_chinese_faces,
    chinese_texts.draw_text,
    chinese_drawing.draw_plate,
    least_rows_px=22,
    smallness=1.6,
    loose_share=0.08,
)


def _native_size(rng: Random, plates: Plates, lines: int) -> tuple[int, int]:
    """Rows and columns of the crop as the camera caught it: up to 110 px high."""
    least = plates.least_rows_px * lines
    high = int(least + (_MAX_ROWS_PX - least) * rng.random() ** plates.smallness)
    aspect = rng.uniform(2.4, 4.9) if lines == 1 else rng.uniform(0.95, 1.9)
    return high, max(int(high * aspect), 30)


def render(plates: Plates, seed: int, index: int, faces: tuple[Face, ...], text: PlateText | None = None) -> Sample:
    """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture.

    `text` fixes what is written; the rest is still drawn by chance.
    """
    rng = Random(f"{seed}:{index}")
    if text is None and rng.random() < _EMPTY_SHARE:
        return Sample(_finish(rng, camera.background(rng, 48, 96)), "")
    written = plates.draw_text(rng) if text is None else text
    rows, columns = _native_size(rng, plates, len(written.lines))
    plate = plates.draw_plate(rng, written, rng.choice(faces), max(40, int(rows * 1.2)))
    picture = camera.place(rng, plate, rows, columns, len(written.lines), plates.loose_share, plates.slanted_share)
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
