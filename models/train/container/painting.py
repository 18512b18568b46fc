"""A code as it is painted: letters in a line or in a column, the check digit mostly in a box, on steel that shows."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from models.train.camera import Float
from models.train.drawing import Gray, paste, vary_stroke
from models.train.glyphs import Face

NUMBER_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Style:
    """How one owner paints: sizes in shares of the letters' height."""

    width: float
    gap: float
    after_owner: float
    inside_digits: float
    before_check: float
    box: float
    """Thickness of the frame around the check digit, 0 for none."""


def draw_style(rng: Random, *, upright: bool) -> Style:
    """Any style; `upright` letters stand below each other."""
    apart = rng.uniform(0.08, 0.6) if upright else rng.uniform(0.06, 0.36)
    return Style(
        width=rng.uniform(0.42, 0.8),
        gap=apart,
        after_owner=rng.choice((rng.uniform(0.2, 1.0), rng.uniform(0.5, 2.6))),
        inside_digits=rng.uniform(0.15, 0.6) if rng.random() < 0.12 else 0.0,
        before_check=rng.uniform(0.05, 1.3),
        box=rng.uniform(0.03, 0.11) if rng.random() < 0.8 else 0.0,
    )


def ink_of(rng: Random, text: str, face: Face, style: Style, high_px: int, *, upright: bool) -> Gray:
    """Ink coverage of one code, tight around it; letters are `high_px` high."""
    wide_px = max(3, int(high_px * style.width))
    margin = int(high_px * (0.1 + rng.uniform(0.05, 0.2))) if style.box else 1
    step = (high_px if upright else wide_px) + int(high_px * style.gap)
    narrow = rng.uniform(0.3, 0.6)
    places, at = [], margin
    for index, character in enumerate(text):
        if len(text) == NUMBER_LENGTH:
            at += int(high_px * {4: style.after_owner, 7: style.inside_digits, 10: style.before_check}.get(index, 0))
        places.append((character, at))
        at += step
    length = at - step + (high_px if upright else wide_px) + margin
    across = (wide_px if upright else high_px) + 2 * margin
    ink: Gray = np.zeros((length, across) if upright else (across, length), np.uint8)
    for character, along in places:
        wide = int(wide_px * narrow) if character in "1I" else int(wide_px * rng.uniform(0.94, 1.04))
        left, top = (margin, along) if upright else (along, margin)
        paste(ink, face[character], left + (wide_px - wide) // 2, top, wide, high_px)
    ink = vary_stroke(rng, ink)
    if style.box and len(text) == NUMBER_LENGTH:
        _frame(ink, places[-1][1], margin, wide_px, high_px, max(1, int(high_px * style.box)), upright=upright)
    return ink


def _frame(ink: Gray, along: int, margin: int, wide: int, high: int, thick: int, *, upright: bool) -> None:
    left, top = (margin, along) if upright else (along, margin)
    reach = max(1, margin - thick)
    cv2.rectangle(ink, (left - reach, top - reach), (left + wide + reach - 1, top + high + reach - 1), 255, thick)


def steel(rng: Random, rows: int, columns: int, pitch_px: float) -> Float:
    """Painted steel, mostly corrugated across, with its dents, rust and dirt. `pitch_px` is about one corrugation."""
    chance = np.random.default_rng(rng.getrandbits(32))
    coarse = chance.random((rng.randint(2, 6), rng.randint(2, 6)), np.float32) - np.float32(0.5)
    tone = rng.choice((rng.uniform(15, 110), rng.uniform(15, 110), rng.uniform(60, 230)))
    flat = tone + cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR) * rng.uniform(4, 40)
    if rng.random() < 0.65:
        x = np.arange(columns, dtype=np.float32) / np.float32(pitch_px * rng.uniform(0.7, 1.5)) + rng.random()
        wave = np.clip(np.sin(x * np.float32(2 * np.pi)) * rng.uniform(1, 5), -1, 1)
        flat = flat * (1 + wave * np.float32(rng.uniform(0.02, 0.28)))
    for _ in range(rng.choice((0, 0, 1, 3, 8))):  # rust and mended spots
        at = (rng.randrange(columns), rng.randrange(rows))
        size = (max(1, int(pitch_px * rng.uniform(0.02, 0.3))), max(1, int(pitch_px * rng.uniform(0.05, 0.9))))
        cv2.ellipse(flat, at, size, rng.uniform(-20, 20), 0, 360, float(tone + rng.uniform(-50, 60)), -1, cv2.LINE_AA)
    return flat.astype(np.float32)


def draw_paint(rng: Random, ground: Float) -> float:
    """The gray of a paint that stands out on the ground."""
    tone = float(ground.mean())
    if tone < 120 and rng.random() < 0.94:
        return rng.uniform(max(tone + 45, 130), 255)
    return rng.uniform(0, max(tone - 55, 10)) if tone > 90 else rng.uniform(tone + 60, 255)


def paint_on(rng: Random, ground: Float, ink: Gray, left: int, top: int, paint: float) -> None:
    """Paint the code onto the steel, in place: worn where the paint has come off; what lies outside is cut off."""
    rows, columns = ground.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + ink.shape[1], columns), min(top + ink.shape[0], rows)
    if x1 <= x0 or y1 <= y0:
        return
    cover = ink[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) * np.float32(rng.uniform(0.65, 1) / 255)
    if rng.random() < 0.3:
        cover *= _worn(rng, *cover.shape)
    patch = ground[y0:y1, x0:x1]
    relief = patch / max(float(patch.mean()), 1.0)  # paint lies on the waves and is lit as they are
    patch += (paint * (0.5 + 0.5 * relief) - patch) * cover


def _worn(rng: Random, rows: int, columns: int) -> Float:
    chance = np.random.default_rng(rng.getrandbits(32))
    spots = cv2.resize(
        chance.random((max(rows // 5, 2), max(columns // 5, 2)), np.float32),
        (columns, rows),
        interpolation=cv2.INTER_CUBIC,
    )
    return np.asarray(1 - np.clip((spots - rng.uniform(0.6, 0.9)) * 5, 0, 1) * rng.uniform(0.4, 1), np.float32)


def rod(rng: Random, ground: Float, x: int, wide: int) -> None:
    """A locking rod in front of the door, from top to bottom, round and shining, in place."""
    columns = ground.shape[1]
    left, right = max(x, 0), min(x + wide, columns)
    if right <= left:
        return
    side = np.abs(np.linspace(-1, 1, wide, dtype=np.float32))[left - x : right - x]
    tone = rng.choice((rng.uniform(20, 90), rng.uniform(120, 240)))
    ground[:, left:right] = tone * (1 - side**2 * np.float32(rng.uniform(0.2, 0.8)))
    if right < columns:  # its shadow
        ground[:, right : min(right + max(wide // 2, 1), columns)] *= np.float32(rng.uniform(0.5, 0.95))
