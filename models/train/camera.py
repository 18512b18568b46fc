"""What a camera does to a plate: place it in the crop, light it, blur it, shrink it, sharpen it, compress it."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.drawing import Gray

Float = NDArray[np.float32]
"""Gray picture as float32, nominally 0..255, shape (rows, columns)."""


def background(rng: Random, rows: int, columns: int) -> Float:
    """A believable surrounding: a tone with a gradient, bars like a grille or bumper, grain."""
    noise = np.random.default_rng(rng.getrandbits(32))
    coarse = noise.random((rng.choice((2, 3, 6)), rng.choice((2, 3, 8))), np.float32)
    scene = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
    scene = scene * rng.uniform(10, 90) + rng.choice((rng.uniform(0, 50), rng.uniform(0, 50), rng.uniform(0, 220)))
    for _ in range(rng.choice((0, 1, 2, 4))):
        y, thick = rng.randrange(rows), rng.randint(1, max(rows // 6, 2))
        cv2.line(scene, (0, y), (columns, y + rng.randint(-rows // 4, rows // 4)), rng.uniform(0, 255), thick)
    return scene


def _corners(rng: Random, rows: int, columns: int, lines: int, loose_share: float) -> Float:
    """Where the plate's corners fall in the crop: mostly a tight crop, sometimes a loose fixed camera region."""
    if rng.random() < loose_share:
        width, height = rng.uniform(0.55, 0.94), rng.uniform(0.28 if lines == 1 else 0.5, 0.94)
        left, top = rng.uniform(0.02, 0.98 - width), rng.uniform(0.02, 0.98 - height)
        right, bottom = left + width, top + height
    else:
        left, right = rng.uniform(-0.03, 0.11), 1 - rng.uniform(-0.03, 0.11)
        top, bottom = rng.uniform(-0.05, 0.14), 1 - rng.uniform(-0.05, 0.14)
    square = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    centre = square.mean(axis=0)
    angle = np.deg2rad(rng.gauss(0, 4) if rng.random() < 0.85 else rng.uniform(-16, 16))
    shear = rng.gauss(0, 0.06) if rng.random() < 0.85 else rng.uniform(-0.45, 0.45)
    # The crop is stretched to 2:1 later, so turn in true proportions.
    ratio = columns / rows
    turn = np.array([[np.cos(angle), np.sin(angle) / ratio], [-np.sin(angle) * ratio, np.cos(angle)]], np.float32)
    square = (square - centre) @ turn.T
    square[:, 0] += square[:, 1] * np.float32(shear)
    square = square * np.float32(1 / max(1.0, np.abs(square).max() / 0.54)) + centre
    spread = 0.015 if rng.random() < 0.8 else 0.04
    jitter = np.array([[rng.gauss(0, spread) for _ in range(2)] for _ in range(4)], np.float32)
    return ((square + jitter) * np.array([columns, rows], np.float32)).astype(np.float32)


def _slanted_corners(rng: Random, rows: int, columns: int, high: int, wide: int) -> Float:
    """Where they fall in the box that a finder draws around a plate seen from aside: its edges touch the box."""
    angle = np.deg2rad(rng.uniform(-10, 10))
    slant = rng.uniform(-0.55, 0.55)  # columns for each row, in the plate's own proportions
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    flat[:, 0] += flat[:, 1] * np.float32(slant)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    turned = flat @ turn.T
    least, most = turned.min(axis=0), turned.max(axis=0)
    before, after = (np.array([rng.uniform(-0.02, 0.06), rng.uniform(-0.04, 0.08)], np.float32) for _ in range(2))
    shares = before + (turned - least) / (most - least) * (1 - before - after)
    jitter = np.array([[rng.gauss(0, 0.01) for _ in range(2)] for _ in range(4)], np.float32)
    return ((shares + jitter) * np.array([columns, rows], np.float32)).astype(np.float32)


def place(
    rng: Random, plate: Float, rows: int, columns: int, lines: int, loose_share: float, slanted_share: float = 0.0
) -> Float:
    """The plate (of one or two lines) seen in perspective inside a crop of the given size, over a background.

    `loose_share` of the crops are much larger than the plate; in `slanted_share` it is seen from aside.
    """
    high, wide = plate.shape
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    if slanted_share and rng.random() < slanted_share:  # without, the same chance as ever: pictures stay what they were
        corners = _slanted_corners(rng, rows, columns, high, wide)
    else:
        corners = _corners(rng, rows, columns, lines, loose_share)
    warp = cv2.getPerspectiveTransform(source, corners)
    scene = background(rng, rows, columns)
    seen = cv2.warpPerspective(plate, warp, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.ones_like(plate), warp, (columns, rows), flags=cv2.INTER_LINEAR)
    return scene + (seen - scene) * cover


def light(rng: Random, picture: Float) -> Float:
    """Contrast, brightness, a shadow or a glare patch."""
    rows, columns = picture.shape
    if rng.random() < 0.5:
        span = rng.uniform(0.4, 1.15)
        picture = (picture - 128) * span + 128 + rng.uniform(-60, 60)
    if rng.random() < 0.2:
        ramp = np.linspace(rng.uniform(0.4, 1.2), rng.uniform(0.4, 1.2), columns, dtype=np.float32)
        picture = picture * ramp[None, :]
    if rng.random() < 0.15:
        haze = np.linspace(rng.uniform(0.3, 1.0), rng.uniform(0.3, 1.0), rows, dtype=np.float32)[:, None]
        picture = picture * haze + (1 - haze) * rng.uniform(80, 220)
    if rng.random() < 0.12:
        cut = np.array([[0, rng.randrange(rows)], [columns, rng.randrange(rows)], [columns, 0], [0, 0]])
        shadow = np.ones((rows, columns), np.float32)
        cv2.fillPoly(shadow, [cut], rng.uniform(0.4, 0.8))
        picture = picture * shadow
    if rng.random() < 0.12:
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        at_x, at_y, size = rng.uniform(0, columns), rng.uniform(0, rows), rng.uniform(0.1, 0.35) * columns
        spot = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * size * size))
        picture = picture + spot * rng.uniform(20, 130)
    return picture


def blur(rng: Random, picture: Float) -> Float:
    """Out of focus, or smeared by motion; in pixels of the native crop."""
    roll = rng.random()
    if roll < 0.35:
        return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 0.5 + picture.shape[0] / 70))
    if roll < 0.45:
        length = max(2, int(picture.shape[0] * rng.uniform(0.02, 0.08)))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        centre = (length - 1) / 2
        reach = np.array([np.cos(angle), np.sin(angle)]) * centre
        ends = [(round(centre + s * float(reach[0])), round(centre + s * float(reach[1]))) for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1)
        return cv2.filter2D(picture, -1, kernel / kernel.sum())
    return picture


def destroy(rng: Random, picture: Float) -> Float:
    """A plate that nobody can read any more: smeared out, or burnt out by the sun."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(picture, (0, 0), picture.shape[0] * rng.uniform(0.12, 0.25))
    return picture * rng.uniform(0.0, 0.06) + rng.uniform(225, 260)


def sharpen(rng: Random, picture: Float) -> Float:
    """The hard edge halos that surveillance cameras add."""
    if rng.random() < 0.35:
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2.5))
        picture = picture + (picture - soft) * rng.uniform(0.3, 1.8)
    return picture


def overlay(rng: Random, picture: Float) -> None:
    """Corner brackets and lines that recorders burn into a picture, drawn in place."""
    if rng.random() > 0.08:
        return
    rows, columns = picture.shape
    value, thick = rng.uniform(120, 255), rng.choice((1, 2, 3))
    for _ in range(rng.choice((1, 2, 4))):
        x, y = rng.randrange(columns), rng.randrange(rows)
        cv2.line(picture, (x, y), (x + rng.choice((-1, 1)) * columns // 8, y), value, thick)
        cv2.line(picture, (x, y), (x, y + rng.choice((-1, 1)) * rows // 8), value, thick)


def record(rng: Random, picture: Float) -> Gray:
    """Sensor noise, clipping and JPEG."""
    noise = np.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.35:
        picture = picture + noise.standard_normal(picture.shape, np.float32) * rng.uniform(1, 9)
    gray = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, packed = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(30, 95)])
        gray = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return gray
