"""Draw one flat Chinese plate: cells in the millimetres of GA 36, characters stretched into them, grounds, dirt."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train import drawing
from models.train.chinese_texts import DIGITS, HAN, LETTERS
from models.train.drawing import Gray, border, emboss, paste, vary_stroke, wear
from models.train.glyphs import Face, Mask, load_faces, load_han_faces
from models.train.texts import PlateText


@dataclass(frozen=True, slots=True)
class Row:
    """One line of cells, in millimetres; the separator follows cell number `dot_after` (0: there is none)."""

    left: float
    top: float
    width: float
    height: float
    gap: float
    dot_after: int = 0
    dot_gap: float = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """A plate's size in millimetres and its rows."""

    width: float
    height: float
    rows: tuple[Row, ...]


# GA 36: one line, two lines, and the longer plate of new-energy vehicles.
ONE_LINE = Layout(440, 140, (Row(15.5, 25, 45, 90, 12, 2, 34),))
TWO_LINES = Layout(440, 220, (Row(110, 15, 80, 60, 60, 1, 60), Row(27.5, 90, 65, 110, 15)))
NEW_ENERGY = Layout(480, 140, (Row(15.5, 25, 43, 90, 9, 2, 49),))

# Gray range of the ground and of the letters, as a gray camera sees the colours.
_GRAYS = {
    "blue": ((10, 160), (60, 255)),
    "yellow": ((100, 220), (5, 80)),
    "white": ((170, 250), (5, 80)),
    "black": ((5, 60), (120, 250)),
    "green": ((120, 220), (5, 80)),
    "yellow-green": ((120, 220), (5, 80)),
}
_LEAST_CONTRAST = 40
_SLIM = (0.2, 0.45)
"""How much of its cell a 1 fills, in width."""


def load_chinese_faces() -> tuple[Face, ...]:
    """Every pair of a face for letters and digits with one for the Chinese characters."""
    han = load_han_faces(HAN)
    return tuple(latin | other for latin in load_faces(characters=DIGITS + LETTERS) for other in han)


def layout_of(text: PlateText) -> Layout:
    """The plate that a text is pressed on."""
    if len(text.lines) == 2:
        return TWO_LINES
    return NEW_ENERGY if "green" in text.ground else ONE_LINE


def draw_plate(rng: Random, text: PlateText, face: Face, height_px: int) -> NDArray[np.float32]:
    """The flat plate as gray float values 0..255, shape (height_px, columns); no named ground: no Chinese plate."""
    if not text.ground:
        return drawing.draw_plate(rng, text, face, height_px)
    layout = layout_of(text)
    scale = height_px / layout.height
    ink = np.zeros((height_px, int(layout.width * scale)), np.uint8)
    thicken = rng.choice((-1, -1, 0, 0, 1, 2))
    for line, row in zip(text.lines, layout.rows, strict=True):
        _draw_row(rng, ink, line, row, scale, face, thicken)
    ink = vary_stroke(rng, ink)
    border(rng, ink)
    plate = _paint(rng, text.ground, ink)
    if rng.random() < 0.3:
        emboss(plate, ink, rng.uniform(-40, 40))
    wear(rng, plate)
    return plate


def _draw_row(rng: Random, ink: Gray, line: str, row: Row, scale: float, face: Face, thicken: int) -> None:
    wide, high = rng.uniform(0.86, 1.06), rng.uniform(0.9, 1.05)
    slim = rng.uniform(*_SLIM)
    dotted = rng.random() < 0.9
    x = row.left + rng.uniform(-3, 3)
    characters = line.replace(".", "").replace("-", "")
    for number, character in enumerate(characters, start=1):
        share = wide * (slim if character == "1" else 1.0) * rng.uniform(0.96, 1.04)
        tall = high * rng.uniform(0.97, 1.03)
        mask = _reshape(rng, face[character], thicken) if character in HAN else face[character]
        left = x + row.width * (1 - share) / 2
        top = row.top + row.height * (1 - tall) / 2 + rng.gauss(0, 1)
        width, height = row.width * share, row.height * tall
        paste(ink, mask, int(left * scale), int(top * scale), int(width * scale), int(height * scale))
        x += row.width
        if number == row.dot_after and dotted:
            centre = (int((x + row.dot_gap / 2) * scale), int((row.top + row.height / 2) * scale))
            _draw_separator(ink, centre, scale, round_sign="-" in line)
        x += row.dot_gap if number == row.dot_after else row.gap


def _draw_separator(ink: Gray, centre: tuple[int, int], scale: float, *, round_sign: bool) -> None:
    """The dot after the second character, or the round sign of new-energy plates."""
    if round_sign:
        cv2.circle(ink, centre, max(int(14 * scale), 1), 150, max(int(4 * scale), 1))
    else:
        cv2.circle(ink, centre, max(round(5.5 * scale), 1), 255, -1)


def _reshape(rng: Random, mask: Mask, thicken: int) -> Mask:
    """Another hand's drawing of the same character: strokes thinner or thicker, parts shifted a little."""
    if thicken < 0:
        mask = np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8)), np.uint8)
    elif thicken > 0:
        mask = np.asarray(cv2.dilate(mask, np.ones((thicken + 1, thicken + 1), np.uint8)), np.uint8)
    if rng.random() < 0.6:
        rows, columns = mask.shape
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 2.0, (2, 3, 3)).astype(np.float32)
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        shift = [cv2.resize(field, (columns, rows), interpolation=cv2.INTER_LINEAR) for field in noise]
        mask = np.asarray(cv2.remap(mask, x + shift[0], y + shift[1], cv2.INTER_LINEAR), np.uint8)
    return mask


def _paint(rng: Random, ground_name: str, ink: Gray) -> NDArray[np.float32]:
    ground_range, paint_range = _GRAYS[ground_name]
    ground = rng.uniform(*ground_range)
    paint = rng.uniform(*paint_range)
    if paint_range[1] > ground_range[1]:
        paint = max(paint, min(ground + _LEAST_CONTRAST, 255))
    else:
        paint = min(paint, ground - _LEAST_CONTRAST)
    rows, columns = ink.shape
    field = np.full((rows, columns), ground, np.float32)
    if ground_name == "green":
        field += np.linspace(rng.uniform(0, 40), -rng.uniform(10, 70), rows, dtype=np.float32)[:, None]
    elif ground_name == "yellow-green":
        field[:, int(columns * 0.26) :] -= rng.uniform(-20, 50)
    return field + (paint - field) * (ink.astype(np.float32) * (rng.uniform(0.55, 1.0) / 255))
