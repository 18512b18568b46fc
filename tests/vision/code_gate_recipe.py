"""How the frozen set of painted codes was drawn: `python -m tests.vision.code_gate_recipe DIR` draws it anew.

A renderer of its own, frozen on purpose, as that of the plates is (`gate_recipe.py`). Container numbers are drawn by
chance, belong to nobody and have a fitting check digit; half of them stand in a line, half in a column. No picture was
kept or left out for what a reader said of it.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np

from station.core.containers import check_digit
from tests.vision.gate_recipe import Float, Gray, glyph, soft

SEED = 20_271
COUNT = 160
LEAST_LETTER_PX, MOST_LETTER_PX = 9, 40
MOST_BLUR = 0.11
LEAST_CONTRAST = 0.2

_LETTER_ROWS = 96
_WEIGHTS = (400, 550, 700, 850)
_WALLS = ((40, 230), (70, 235), (25, 200), (110, 245), (190, 30))
"""Steel and paint, as gray."""


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    text: str
    upright: bool
    body: bytes


def draw_all() -> Iterator[Drawn]:
    return (draw(index) for index in range(COUNT))


def draw(index: int) -> Drawn:
    rng = Random(f"{SEED}:{index}")
    upright = index % 2 == 1
    owner = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(3)) + rng.choice("UUUUJZ")
    digits = "".join(rng.choice("0123456789") for _ in range(6))
    text = f"{owner}{digits}{check_digit(owner + digits)}"
    seen = _seen(rng, _flat(rng, text, upright=upright))
    packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(40, 92)])[1]
    return Drawn(f"{index:03}.jpg", text, upright, packed.tobytes())


def _flat(rng: Random, text: str, *, upright: bool) -> Float:
    """The code from straight ahead on its steel, with the margin that a finder leaves."""
    high = _LETTER_ROWS
    wide = int(high * rng.uniform(0.5, 0.72))
    step = int((high if upright else wide) * rng.uniform(1.12, 1.4))
    gap = int(high * rng.uniform(0.3, 1.6))
    along = [place * step + (place > 3) * gap + (place > 9) * gap // 2 for place in range(len(text))]
    long, across = along[-1] + step, wide if upright else high
    margin_along, margin_across = int(long * rng.uniform(0.02, 0.07)), int(across * rng.uniform(0.1, 0.4))
    paint = np.zeros((across + 2 * margin_across, long + 2 * margin_along), np.uint8)
    if upright:
        paint = np.ascontiguousarray(paint.T)
    face, weight = cv2.FontFace("sans"), rng.choice(_WEIGHTS)
    for character, at in zip(text, along, strict=True):
        slim = int(wide * (0.5 if character in "1I" else 1.0))
        letter = cv2.resize(glyph(character, face, weight), (slim, high), interpolation=cv2.INTER_AREA)
        top, left = (margin_along + at, margin_across) if upright else (margin_across, margin_along + at)
        left += (wide - slim) // 2
        paint[top : top + high, left : left + slim] = np.maximum(paint[top : top + high, left : left + slim], letter)
    steel, ink = rng.choice(_WALLS)
    x = np.arange(paint.shape[1], dtype=np.float32) / (high * rng.uniform(1.2, 3))
    wave = np.float32(rng.uniform(0, 14)) * np.sin(x * np.float32(2 * np.pi))
    return np.asarray(steel + wave + (ink - steel) * paint.astype(np.float32) / 255, np.float32)


def _seen(rng: Random, flat: Float) -> Gray:
    """What a camera makes of it: small, aslant, soft, pale, noisy."""
    letter_px = rng.uniform(LEAST_LETTER_PX, MOST_LETTER_PX)
    scale = letter_px / _LETTER_ROWS
    rows, columns = max(8, round(flat.shape[0] * scale)), max(8, round(flat.shape[1] * scale * rng.uniform(0.8, 1.1)))
    high, wide = flat.shape
    bend = [rng.uniform(-0.06, 0.06) * min(high, wide) for _ in range(8)]
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    target = source + np.array(bend, np.float32).reshape(4, 2)
    warped = cv2.warpPerspective(
        flat, cv2.getPerspectiveTransform(source, target), (wide, high), borderMode=cv2.BORDER_REPLICATE
    )
    picture: Float = np.asarray(cv2.resize(warped, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    picture = soft(rng, picture, letter_px)
    noise = np.random.RandomState(rng.getrandbits(32))
    seen = 128 + (picture - 128) * np.float32(rng.uniform(LEAST_CONTRAST, 1)) + np.float32(rng.uniform(-40, 40))
    return np.clip(seen + noise.normal(0, rng.uniform(0.5, 7), seen.shape), 0, 255).astype(np.uint8)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        index = csv.writer(file, lineterminator="\n")
        index.writerow(("path", "text", "upright"))
        for drawn in draw_all():
            (folder / drawn.name).write_bytes(drawn.body)
            index.writerow((drawn.name, drawn.text, int(drawn.upright)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
