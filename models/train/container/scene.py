"""One training picture of the code finder from one number: a yard, one or two sides of a container, a camera."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from models.train import camera
from models.train.camera import Float
from models.train.container.faces_of_steel import Corners, Side, door_end, long_side, roof_edge
from models.train.drawing import Gray
from models.train.finder.grounds import clutter, grain, ground, mottle
from models.train.finder.writing import stamp
from models.train.glyphs import Face
from station.vision.code_finder import FINDER_COLUMNS, FINDER_ROWS
from station.vision.letterbox import PADDING

Boxes = np.ndarray
"""left, top, right, bottom in pixels of the picture, shape (n, 4), float32."""

_EMPTY_SHARE = 0.1
_ASPECTS = ((60, 16 / 9), (25, 4 / 3), (15, 5 / 3))
_LEAST_VISIBLE = 0.85


@dataclass(frozen=True, slots=True)
class Scene:
    """A gray picture of the network's input size, the boxes of the codes in it and the class of each."""

    picture: Gray
    boxes: Boxes
    kinds: tuple[int, ...]


def render(seed: int, index: int, faces: tuple[Face, ...]) -> Scene:
    """Scene number `index` of the endless set named by `seed`; the same numbers give the same scene."""
    rng = Random(f"code-scene:{seed}:{index}")
    aspect = rng.choices([a for _, a in _ASPECTS], [weight for weight, _ in _ASPECTS])[0]
    rows = min(FINDER_ROWS, round(FINDER_COLUMNS / aspect))
    columns = min(FINDER_COLUMNS, round(FINDER_ROWS * aspect))
    light = ground(rng, rows, columns).astype(np.float32)
    light += grain(rng, rows, columns) * np.float32(rng.uniform(0.5, 8))
    codes: list[tuple[int, Corners]] = []
    if rng.random() >= _EMPTY_SHARE:
        codes = _containers(rng, light, faces)
    light *= 1 + mottle(rng, rows, columns) * np.float32(rng.uniform(0.02, 0.35))
    picture = _record(rng, light, faces)
    framed = np.full((FINDER_ROWS, FINDER_COLUMNS), PADDING, np.uint8)
    top, left = (FINDER_ROWS - rows) // 2, (FINDER_COLUMNS - columns) // 2
    framed[top : top + rows, left : left + columns] = picture
    boxes = [_hull(corners, rows, columns) for _, corners in codes]
    shift = np.array([left, top, left, top], np.float32)
    return Scene(framed, np.array(boxes, np.float32).reshape(-1, 4) + shift, tuple(kind for kind, _ in codes))


def _containers(rng: Random, light: Float, faces: tuple[Face, ...]) -> list[tuple[int, Corners]]:
    """One side, mostly large in the picture, and what else of the container is seen."""
    face = rng.choice(faces)
    make = rng.choice((door_end, long_side))
    side = make(rng, face)
    corners = _stand(rng, light.shape, side)
    codes = []
    if rng.random() < (0.5 if make is door_end else 0.2):  # the roof above it, foreshortened
        roof = roof_edge(rng, face)
        high = float(np.linalg.norm(corners[3] - corners[0])) * rng.uniform(0.05, 0.25)
        inward = rng.uniform(-0.1, 0.15) * float(np.linalg.norm(corners[1] - corners[0]))
        above = np.array(
            [corners[0] + [inward, -high], corners[1] + [-inward, -high], corners[1], corners[0]], np.float32
        )
        codes += _put(rng, light, roof, above)
    return codes + _put(rng, light, side, corners)


def _stand(rng: Random, size: tuple[int, ...], side: Side) -> Corners:
    """Where the side's corners fall: code letters of 3.5 to 15 pixels, the side mostly around the middle, aslant."""
    rows, columns = size
    high, wide = side.wall.shape
    scale = 0.2 * (0.85 / 0.2) ** rng.random() if rng.random() < 0.8 else rng.uniform(0.3, 0.7)
    squeeze = rng.uniform(0.55, 1.1)
    half = np.array([wide * scale * squeeze, high * scale], np.float32) / 2
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    square[:, 1] *= 1 + square[:, 0] * rng.gauss(0, 0.12)
    square[:, 0] *= 1 + square[:, 1] * rng.gauss(0, 0.06)
    flat = square * half
    turn = np.deg2rad(rng.gauss(0, 3) if rng.random() < 0.85 else rng.uniform(-12, 12))
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]], np.float32)
    free_x, free_y = abs(columns - wide * scale * squeeze) / 2, abs(rows - high * scale) / 2
    centre = [columns / 2 + rng.uniform(-1, 1) * free_x, rows / 2 + rng.uniform(-1, 1) * free_y]
    return np.asarray(flat @ spin + np.array(centre, np.float32), np.float32)


def _put(rng: Random, light: Float, side: Side, corners: Corners) -> list[tuple[int, Corners]]:
    """Draw the side into the picture, in place; the codes that are wholly seen, with their corners in the picture."""
    rows, columns = light.shape
    high, wide = side.wall.shape
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    scale = float(np.sqrt(abs(cv2.contourArea(corners)) / (high * wide)))
    wall = cv2.GaussianBlur(side.wall, (0, 0), 0.42 / scale) if scale < 0.9 else side.wall
    seen = cv2.warpPerspective(wall, warp, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.ones_like(wall), warp, (columns, rows), flags=cv2.INTER_LINEAR)
    light += (seen - light) * cover
    if rng.random() < 0.5:  # the frame of the container
        cv2.polylines(
            light, [np.round(corners).astype(np.int32)], True, rng.uniform(10, 200), rng.randint(1, 4), cv2.LINE_AA
        )
    placed = []
    for kind, code in side.codes:
        there = cv2.perspectiveTransform(code[np.newaxis], warp)[0]
        if _visible(there, rows, columns) >= _LEAST_VISIBLE:
            placed.append((kind, there))
    return placed


def _visible(corners: Corners, rows: int, columns: int) -> float:
    """The share of the code's hull that lies in the picture."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    inside = max(0.0, min(right, columns) - max(left, 0)) * max(0.0, min(bottom, rows) - max(top, 0))
    return float(inside / max((right - left) * (bottom - top), 1e-6))


def _hull(corners: Corners, rows: int, columns: int) -> list[float]:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return [max(float(left), 0), max(float(top), 0), min(float(right), columns), min(float(bottom), rows)]


def _record(rng: Random, light: Float, faces: tuple[Face, ...]) -> Gray:
    if rng.random() < 0.2:
        thing: Gray = np.clip(light, 0, 255).astype(np.uint8)
        clutter(rng, thing, rng.randint(1, 5), 0.08)
        light = thing.astype(np.float32)
    light = camera.light(rng, light)
    if rng.random() < 0.35:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 0.9))
    light = camera.sharpen(rng, light)
    if rng.random() < 0.2:
        stamp(rng, light, rng.choice(faces))
    return camera.record(rng, light)
