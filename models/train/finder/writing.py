"""What carries letters or edges and is no plate: brand names, container numbers, stickers, signs, burnt-in clocks."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np

from models.train import camera
from models.train.drawing import Gray
from models.train.finder.grounds import Point, ellipse, polygon
from models.train.finder.vehicles import Stand
from models.train.glyphs import Mask

Face = dict[str, Mask]


def other_writing(rng: Random, picture: Gray, stand: Stand, face: Face) -> None:
    """One piece of writing beside the plate that hangs at `stand`, or anywhere, in place."""
    kind = rng.random()
    if kind < 0.3:  # a name just above the plate
        at = stand.at(rng.gauss(0, 0.15), -stand.ratio / 2 - rng.uniform(0.08, 0.5))
        _write(rng, picture, face, at, stand.width * rng.uniform(0.03, 0.1), rng.randint(3, 8), 0)
    elif kind < 0.6:
        _paint(rng, picture, face)
    elif kind < 0.75:
        _badge(rng, picture, stand)
    else:
        _label(rng, picture)


def _anywhere(rng: Random, picture: Gray) -> Point:
    rows, columns = picture.shape
    return (rng.uniform(0, columns), rng.uniform(0, rows))


def _paint(rng: Random, picture: Gray, face: Face) -> None:
    """Letters painted on steel, sometimes upright, sometimes several lines."""
    at = _anywhere(rng, picture)
    high = picture.shape[0] * rng.choice((rng.uniform(0.02, 0.07), rng.uniform(0.05, 0.2)))
    for line in range(rng.choice((1, 1, 2, 5))):
        place = (at[0], at[1] + line * high * 1.4)
        _write(rng, picture, face, place, high, rng.randint(3, 11), rng.choice((0, 0, 1)))


def _badge(rng: Random, picture: Gray, stand: Stand) -> None:
    """A warning triangle or a round badge."""
    below = rng.random() < 0.5
    at = stand.at(rng.gauss(0, 0.6), rng.uniform(0.4, 1.2)) if below else _anywhere(rng, picture)
    size = max(3.0, rng.uniform(0.05, 0.2) * stand.width)
    tone, dark = rng.uniform(110, 250), rng.uniform(10, 120)
    if rng.random() < 0.5:
        for half, shade in ((size, dark), (size * 0.7, tone)):
            corners = [(at[0], at[1] - half), (at[0] + half, at[1] + half), (at[0] - half, at[1] + half)]
            polygon(picture, corners, shade)
    else:
        ellipse(picture, at, (size, size), 0, tone)
        ellipse(picture, at, (size * 0.5, size * 0.5), 0, dark, 1)


def _label(rng: Random, picture: Gray) -> None:
    """A bright or dark card with fine lines of print, or nothing on it."""
    at = _anywhere(rng, picture)
    wide = picture.shape[1] * rng.uniform(0.03, 0.25)
    high = wide * rng.uniform(0.3, 1.8)
    tone = rng.choice((rng.uniform(150, 255), rng.uniform(0, 100)))
    lean = rng.gauss(0, 0.06) * wide
    right = at[0] + wide
    polygon(picture, [at, (right, at[1] + lean), (right, at[1] + high + lean), (at[0], at[1] + high)], tone)
    if rng.random() >= 0.7:
        return
    pitch = high / rng.randint(4, 9)
    for line in range(1, int(high / pitch)):
        y, x = at[1] + line * pitch, at[0] + wide * 0.1
        while x < at[0] + wide * rng.uniform(0.4, 0.9):
            dash = wide * rng.uniform(0.03, 0.15)
            cv2.line(picture, (int(x), int(y)), (int(x + dash), int(y)), 255 - tone, max(1, int(pitch * 0.3)))
            x += dash + wide * 0.05


def stamp(rng: Random, light: camera.Float, face: Face) -> None:
    """What recorders burn in: a clock or a name near an edge, often on a bar, or a frame with a caption; in place."""
    rows, columns = light.shape
    high, count = rng.uniform(3, 9), rng.randint(6, 19)
    wide = high * 0.85 * count
    x = rng.choice((wide / 2 + 3, columns - wide / 2 - 3, rng.uniform(0, columns)))
    y = rng.choice((high, rows - high * 1.5, rng.uniform(0, rows)))
    if rng.random() < 0.5:
        bar = [(int(x - wide * 0.65), int(y - high * 0.4)), (int(x + wide * 0.65), int(y + high * 1.4))]
        cv2.rectangle(light, bar[0], bar[1], rng.choice((0.0, 0.0, 255.0, 60.0)), -1)
    _write(rng, light, face, (x, y), high, count, 0)
    if rng.random() < 0.3:
        corner = (int(x + rng.uniform(0, 0.5) * wide), int(y + rng.uniform(2, 6) * high))
        cv2.rectangle(light, (int(x - wide / 2), int(y + high * 1.5)), corner, rng.uniform(120, 255), 1)


def _write(
    rng: Random, picture: Gray | camera.Float, face: Face, at: Point, high: float, count: int, upright: int
) -> None:
    """Letters straight onto the picture, centred, in a tone that stands out or hardly does."""
    rows, columns = picture.shape
    high_px = max(3, int(high))
    wide_px = max(2, int(high * rng.uniform(0.45, 0.8)))
    tone = rng.choice((rng.uniform(150, 255), rng.uniform(150, 255), rng.uniform(0, 80)))
    step_x, step_y = (0, int(high_px * 1.25)) if upright else (int(wide_px * rng.uniform(1.1, 1.5)), 0)
    x = int(at[0] - step_x * count / 2)
    y = int(at[1] - step_y * count / 2)
    letters = list(face)
    for _ in range(count):
        if x >= 0 and x + wide_px < columns and y >= 0 and y + high_px < rows and rng.random() > 0.05:
            ink = cv2.resize(face[rng.choice(letters)], (wide_px, high_px), interpolation=cv2.INTER_AREA)
            cell = picture[y : y + high_px, x : x + wide_px]
            share = ink.astype(np.float32) / 255
            cell[:] = (cell + (tone - cell) * share).astype(picture.dtype)
        x, y = x + step_x, y + step_y
