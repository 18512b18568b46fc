"""What lies behind a vehicle: paving, concrete, walls, clutter. Gray pictures without any plate."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import cv2
import numpy as np

from models.train.camera import Float
from models.train.drawing import Gray

Point = tuple[float, float]

_SUBPIXEL_BITS = 4
_SUBPIXEL = 1 << _SUBPIXEL_BITS


def polygon(picture: Gray, corners: list[Point], tone: float) -> None:
    """Fill a polygon, edges smoothed, corners in pixels."""
    points = np.round(np.array(corners, np.float32) * _SUBPIXEL).astype(np.int32)
    cv2.fillPoly(picture, [points], tone, cv2.LINE_AA, _SUBPIXEL_BITS)


def ellipse(picture: Gray, centre: Point, radii: Point, angle: float, tone: float, thick: int = -1) -> None:
    """An ellipse, filled by default, angle in degrees."""
    at = (round(centre[0] * _SUBPIXEL), round(centre[1] * _SUBPIXEL))
    axes = (max(round(radii[0] * _SUBPIXEL), 1), max(round(radii[1] * _SUBPIXEL), 1))
    cv2.ellipse(picture, at, axes, angle, 0, 360, tone, thick, cv2.LINE_AA, _SUBPIXEL_BITS)


def mottle(rng: Random, rows: int, columns: int) -> Float:
    """Uneven light and texture on all scales, about -1..1."""
    chance = np.random.default_rng(rng.getrandbits(32))
    sum_of_scales = np.zeros((rows, columns), np.float32)
    weight_power = rng.uniform(0.3, 1.1)
    for cells in (2, 5, 12, 40):
        coarse = chance.random((max(cells * rows // columns, 2), cells), np.float32) - np.float32(0.5)
        weight = np.float32(cells**-weight_power * 2)
        sum_of_scales += weight * cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return sum_of_scales


def grain(rng: Random, rows: int, columns: int) -> Float:
    """Fine texture, standard deviation about 1."""
    chance = np.random.default_rng(rng.getrandbits(32))
    fine = chance.standard_normal((rows, columns), np.float32)
    return fine if rng.random() < 0.5 else cv2.GaussianBlur(fine, (0, 0), 0.8) * np.float32(2.2)


def _tiles(rng: Random, rows: int, columns: int) -> Gray:
    """Paving seen aslant: joints, sometimes with an ornament in each tile."""
    side = rng.randint(10, 60)
    tone, joint = rng.uniform(90, 210), rng.uniform(-60, 50)
    flat = np.full((rows * 3 // 2, columns * 3 // 2), tone, np.uint8)
    thick = 1 if rng.random() < 0.7 else 2
    ornament = rng.random() < 0.6
    brick = rng.random() < 0.3
    dark = min(max(tone + joint, 0), 255)
    for row, y in enumerate(range(0, flat.shape[0], side)):
        cv2.line(flat, (0, y), (flat.shape[1], y), dark, thick)
        shift = side // 2 if brick and row % 2 else 0
        for x in range(-shift, flat.shape[1], side):
            cv2.line(flat, (x, y), (x, y + side), dark, thick)
            if rng.random() < 0.1:
                cv2.rectangle(
                    flat, (x + 1, y + 1), (x + side - 1, y + side - 1), min(tone + rng.uniform(-20, 20), 255), -1
                )
            if ornament:
                ellipse(
                    flat, (x + side / 2, y + side / 2), (side * 0.36, side * 0.3), 45.0 if row % 2 else -45.0, dark, 1
                )
    high, wide = flat.shape
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    pinch, turn = rng.uniform(0, 0.3) * columns, np.deg2rad(rng.gauss(0, 12))
    target = np.array(
        [
            [-0.3 * columns + pinch, -0.3 * rows],
            [1.3 * columns - pinch, -0.3 * rows],
            [1.3 * columns, 1.3 * rows],
            [-0.3 * columns, 1.3 * rows],
        ],
        np.float32,
    )
    centre = np.array([columns / 2, rows / 2], np.float32)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]], np.float32)
    warp = cv2.getPerspectiveTransform(source, ((target - centre) @ spin + centre).astype(np.float32))
    return cv2.warpPerspective(flat, warp, (columns, rows), borderMode=cv2.BORDER_REFLECT)


def _concrete(rng: Random, rows: int, columns: int) -> Gray:
    """A road or yard: cracks, a kerb, painted marks."""
    picture = np.full((rows, columns), rng.uniform(60, 200), np.uint8)
    for _ in range(rng.choice((0, 1, 2, 4))):
        x, y = rng.uniform(0, columns), rng.uniform(0, rows)
        wide = rng.uniform(2, 30)
        lean = rng.uniform(-columns, columns)
        tone = rng.choice((rng.uniform(20, 90), rng.uniform(170, 255)))
        polygon(picture, [(x, 0), (x + wide, 0), (x + lean + wide * 2, rows), (x + lean, rows)], tone)
        if rng.random() < 0.3:
            polygon(picture, [(0, y), (columns, y + lean / 4), (columns, rows), (0, rows)], rng.uniform(50, 200))
    for _ in range(rng.choice((0, 2, 6))):
        start = np.array([rng.uniform(0, columns), rng.uniform(0, rows)])
        steps = np.array([[rng.gauss(0, 12), rng.gauss(0, 12)] for _ in range(6)])
        path = (start + np.cumsum(steps, axis=0)).astype(np.int32)
        cv2.polylines(picture, [path], False, rng.uniform(20, 120), 1, cv2.LINE_AA)
    return picture


def _street(rng: Random, rows: int, columns: int) -> Gray:
    """Sky, buildings with windows, a road below."""
    horizon = rng.uniform(0.2, 0.7) * rows
    picture = np.full((rows, columns), rng.uniform(120, 255), np.uint8)
    x = rng.uniform(-40, 0)
    while x < columns:
        wide, high = rng.uniform(15, 110), rng.uniform(0.1, 1.0) * horizon
        tone = rng.uniform(40, 220)
        polygon(picture, [(x, horizon - high), (x + wide, horizon - high), (x + wide, horizon), (x, horizon)], tone)
        pitch = rng.uniform(5, 16)
        if rng.random() < 0.6:
            shade = min(max(tone + rng.uniform(-70, 70), 0), 255)
            for row in range(int(high / pitch)):
                top = horizon - high + row * pitch + 2
                for column in range(int(wide / pitch)):
                    left = x + column * pitch + 2
                    cv2.rectangle(
                        picture,
                        (int(left), int(top)),
                        (int(left + pitch * 0.55), int(top + pitch * 0.55)),
                        shade,
                        -1,
                    )
        x += wide
    polygon(picture, [(0, horizon), (columns, horizon), (columns, rows), (0, rows)], rng.uniform(50, 160))
    middle, spread = rng.uniform(0.2, 0.8) * columns, rng.uniform(0.3, 1.2) * columns
    for side in (-1, 1):
        foot = middle + side * spread
        polygon(
            picture, [(middle + side * 4, horizon), (foot, rows), (foot + 8, rows)], rng.choice((40, 110, 200, 240))
        )
    return picture


def _sheet(rng: Random, rows: int, columns: int) -> Gray:
    """Corrugated steel: container walls and doors, fences, roller shutters."""
    pitch, lean = rng.uniform(4, 30), rng.uniform(-0.15, 0.15)
    tone, depth = rng.uniform(25, 190), rng.uniform(5, 45)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    phase = (
        (x + y * np.float32(lean)) / np.float32(pitch) if rng.random() < 0.75 else (y + x * np.float32(lean)) / pitch
    )
    wave = np.clip(np.sin(phase * np.float32(2 * np.pi)) * rng.uniform(1, 4), -1, 1)
    picture = np.clip(tone + depth * wave, 0, 255).astype(np.uint8)
    for _ in range(rng.choice((0, 0, 2, 4))):
        at = rng.uniform(0, columns)
        wide = rng.uniform(2, 7)
        polygon(picture, [(at, 0), (at + wide, 0), (at + wide, rows), (at, rows)], rng.uniform(20, 220))
    return picture


def clutter(rng: Random, picture: Gray, count: int, largest: float) -> None:
    """Random overlapping shapes, small ones more often than large ones, drawn in place."""
    rows, columns = picture.shape
    for _ in range(count):
        size = max(2.0, largest * columns * rng.random() ** 3)
        at = (rng.uniform(-0.1, 1.1) * columns, rng.uniform(-0.1, 1.1) * rows)
        tone = rng.choice((rng.uniform(0, 70), rng.uniform(0, 255)))
        shape = rng.random()
        angle = rng.uniform(0, 180)
        if shape < 0.3:
            ellipse(picture, at, (size, size * rng.uniform(0.1, 1)), angle, tone)
        elif shape < 0.45:
            ellipse(picture, at, (size, size * rng.uniform(0.3, 1)), angle, tone, rng.randint(1, 4))
        elif shape < 0.65:
            reach = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * size * 1.5
            ends = [(int(at[0] + s * reach[0]), int(at[1] + s * reach[1])) for s in (-1, 1)]
            cv2.line(picture, ends[0], ends[1], tone, max(1, int(size * rng.uniform(0.02, 0.4))), cv2.LINE_AA)
        else:
            corners = [
                (at[0] + size * np.cos(a) * rng.uniform(0.4, 1), at[1] + size * np.sin(a) * rng.uniform(0.4, 1))
                for a in np.linspace(0, 2 * np.pi, rng.randint(3, 6), endpoint=False) + np.deg2rad(angle)
            ]
            polygon(picture, corners, tone)


def wheel(rng: Random, picture: Gray, centre: Point, radius: float) -> None:
    """A tyre seen from the side, with rim and spokes."""
    squeeze, angle = rng.uniform(0.3, 1.0), rng.uniform(-20, 20) + 90
    ellipse(picture, centre, (radius, radius * squeeze), angle, rng.uniform(10, 55))
    ellipse(picture, centre, (radius * 0.72, radius * 0.72 * squeeze), angle, rng.uniform(60, 200))
    rim = rng.uniform(90, 230)
    ellipse(picture, centre, (radius * 0.72, radius * 0.72 * squeeze), angle, rim, 1)
    for spoke in range(rng.randint(3, 12)):
        turn = spoke * 0.61 + rng.random() * 0.2
        end = (int(centre[0] + np.cos(turn) * radius * 0.7 * squeeze), int(centre[1] + np.sin(turn) * radius * 0.7))
        cv2.line(picture, (int(centre[0]), int(centre[1])), end, rim, 1, cv2.LINE_AA)
    ellipse(picture, centre, (radius * 0.15, radius * 0.15), 0, rng.uniform(20, 150))


_GROUNDS: tuple[tuple[int, Callable[[Random, int, int], Gray]], ...] = (
    (40, _tiles),
    (25, _concrete),
    (20, _street),
    (15, _sheet),
)


def ground(rng: Random, rows: int, columns: int) -> Gray:
    """One of the grounds above, with clutter, unevenly lit."""
    maker = rng.choices([make for _, make in _GROUNDS], [weight for weight, _ in _GROUNDS])[0]
    picture = maker(rng, rows, columns)
    if rng.random() < 0.6:
        clutter(rng, picture, rng.randint(2, 40), 0.3)
    for _ in range(rng.choice((0, 0, 1, 2))):
        wheel(rng, picture, (rng.uniform(0, 1) * columns, rng.uniform(0, 1) * rows), rng.uniform(0.08, 0.4) * columns)
    return picture
