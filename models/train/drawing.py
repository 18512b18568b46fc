"""Draw one flat plate: ground, border, letters pressed into cells, dirt. Gray values, no camera yet."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.glyphs import Face, Mask
from models.train.texts import PlateText

Gray = NDArray[np.uint8]
"""Gray picture, shape (rows, columns), 0 = black, 255 = white."""

# (share, ground gray range, ink gray range): white, yellow, blue and red grounds as a gray camera sees them.
_COLOURS = (
    (62, (140, 250), (5, 80)),
    (22, (110, 200), (10, 70)),
    (10, (20, 90), (140, 245)),
    (6, (50, 110), (150, 240)),
)
_SEPARATOR_SHARE = 0.45
_NARROW = "1I"


@dataclass(frozen=True, slots=True)
class LineBox:
    """Where one line of letters stands on the plate, in shares of the plate's height and width."""

    top: float
    height: float
    left: float
    width: float


def _units(character: str, narrow: bool) -> float:
    """How many letter cells a character takes."""
    if character in "-.":
        return _SEPARATOR_SHARE
    if narrow and character in _NARROW:
        return 0.65
    return 1.0


def _line_boxes(rng: Random, lines: tuple[str, ...]) -> tuple[LineBox, ...]:
    if len(lines) == 1:
        height = rng.uniform(0.58, 0.84)
        width = rng.uniform(0.84, 0.97) * (1.0 if len(lines[0]) >= 7 else rng.uniform(0.75, 1.0))
        return (LineBox((1 - height) * rng.uniform(0.35, 0.65), height, (1 - width) / 2, width),)
    height = rng.uniform(0.34, 0.45)
    gap = rng.uniform(0.25, 0.85) * (1 - 2 * height) / 2
    top = (1 - 2 * height - gap) * rng.uniform(0.35, 0.65)
    # One pitch for both lines, scaled a little apart, so that the short upper line keeps believable letters.
    bottom_width = rng.uniform(0.76, 0.96)
    pitch = bottom_width / max(4.6, sum(_units(c, False) for c in lines[1]))
    boxes = []
    for index, line in enumerate(lines):
        units = sum(_units(c, False) for c in line)
        width = min(0.96, pitch * units * (rng.uniform(0.85, 1.2) if index == 0 else 1.0))
        shift = rng.uniform(-0.05, 0.05) if index == 0 else rng.uniform(-0.015, 0.015)
        left = min(max((1 - width) / 2 + shift, 0.01), 0.99 - width)
        boxes.append(LineBox(top + index * (height + gap), height, left, width))
    return tuple(boxes)


def paste(canvas: Gray, mask: Mask, left: int, top: int, width: int, height: int) -> None:
    """Press a glyph into a cell; parts beyond the plate's edge are cut off."""
    stamp = cv2.resize(mask, (max(width, 2), max(height, 4)), interpolation=cv2.INTER_AREA)
    rows, columns = canvas.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + stamp.shape[1], columns), min(top + stamp.shape[0], rows)
    if x1 > x0 and y1 > y0:
        cell = canvas[y0:y1, x0:x1]
        np.maximum(cell, stamp[y0 - top : y1 - top, x0 - left : x1 - left], out=cell)


def _draw_line(rng: Random, ink: Gray, line: str, box: LineBox, face: Face) -> None:
    rows, columns = ink.shape
    narrow = rng.random() < 0.3
    pitch = box.width * columns / sum(_units(c, narrow) for c in line)
    fill = rng.uniform(0.50, 0.93)
    slim = rng.uniform(0.40, 0.72)
    dot_low = rng.random() < 0.85
    height = max(int(box.height * rows), 5)
    x = box.left * columns
    for character in line:
        advance = pitch * _units(character, narrow)
        top = int(box.top * rows + rng.gauss(0, 0.006) * rows)
        if character in "-.":
            _draw_separator(ink, character, x + advance / 2, top, height, pitch, dot_low)
        else:
            share = fill * (slim if character in _NARROW else 1.0) * rng.uniform(0.95, 1.05)
            width = int(pitch * share)
            paste(ink, face[character], int(x + (advance - width) / 2), top, width, height)
        x += advance


def _draw_separator(
    ink: Gray, character: str, centre: float, top: int, height: int, pitch: float, dot_low: bool
) -> None:
    if character == "-":
        half, thick, y = 0.16 * pitch, max(int(0.08 * height), 1), top + int(0.52 * height)
        cv2.line(ink, (int(centre - half), y), (int(centre + half), y), 255, thick)
        return
    y = top + int((0.9 if dot_low else 0.55) * height)
    cv2.circle(ink, (int(centre), y), max(int(0.065 * height), 1), 255, -1)


def vary_stroke(rng: Random, ink: Gray) -> Gray:
    """Thinner or thicker strokes: worn paint, over-exposure, another press."""
    roll = rng.random()
    if roll < 0.6:
        return ink
    size = rng.choice((2, 2, 3))
    kernel = np.ones((size, size), np.uint8)
    return np.asarray(cv2.erode(ink, kernel) if roll < 0.78 else cv2.dilate(ink, kernel), np.uint8)


def border(rng: Random, ink: Gray) -> None:
    """The painted frame of a plate, mostly there, drawn in place."""
    rows, columns = ink.shape
    if rng.random() < 0.75:
        inset = int(rows * rng.uniform(0.01, 0.05))
        cv2.rectangle(ink, (inset, inset), (columns - 1 - inset, rows - 1 - inset), 255, rng.choice((1, 1, 2, 3)))


def wear(rng: Random, plate: NDArray[np.float32]) -> None:
    """Bolts, stickers, mud, scratches and an uneven light, drawn in place."""
    rows, columns = plate.shape
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        at = (rng.randrange(columns), int(rows * rng.choice((0.08, 0.3, 0.5, 0.92))))
        cv2.circle(plate, at, max(int(rows * rng.uniform(0.015, 0.035)), 1), rng.uniform(30, 200), -1)
    if rng.random() < 0.08:
        width = int(columns * rng.uniform(0.04, 0.12))
        side = 0 if rng.random() < 0.8 else columns - width
        plate[:, side : side + width] = rng.uniform(40, 160)
    if rng.random() < 0.2:
        seed = np.random.default_rng(rng.getrandbits(32))
        spots = cv2.resize(seed.random((6, 10), np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        strength = rng.uniform(20, 80)
        plate -= np.maximum(spots - 0.55, 0) * strength * 2
    if rng.random() < 0.12:
        ends = [(rng.randrange(columns), rng.randrange(rows)) for _ in range(2)]
        cv2.line(plate, ends[0], ends[1], rng.uniform(60, 220), 1)


def draw_plate(rng: Random, text: PlateText, face: Face, height_px: int) -> NDArray[np.float32]:
    """The flat plate as gray float values 0..255, shape (height_px, columns); one or two lines by `text`."""
    aspect = rng.uniform(3.2, 4.9) if len(text.lines) == 1 else rng.uniform(1.1, 2.0)
    ink = np.zeros((height_px, int(height_px * aspect)), np.uint8)
    for line, box in zip(text.lines, _line_boxes(rng, text.lines), strict=True):
        _draw_line(rng, ink, line, box, face)
    ink = vary_stroke(rng, ink)
    border(rng, ink)
    ground_range, ink_range = rng.choices([c[1:] for c in _COLOURS], [c[0] for c in _COLOURS])[0]
    ground, paint = rng.uniform(*ground_range), rng.uniform(*ink_range)
    coverage = ink.astype(np.float32) * (rng.uniform(0.55, 1.0) / 255)
    plate = ground + (paint - ground) * coverage
    if rng.random() < 0.3:
        emboss(plate, ink, rng.uniform(-40, 40))
    wear(rng, plate)
    return plate


def emboss(plate: NDArray[np.float32], ink: Gray, strength: float) -> None:
    """Light on one flank of the pressed strokes, shade on the other."""
    edge = cv2.Sobel(ink, cv2.CV_32F, 0, 1, ksize=3) / 1020
    plate += edge * strength
