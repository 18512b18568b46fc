"""How the frozen gate set was drawn: `python -m tests.vision.gate_recipe DIR` draws it anew.

A renderer of its own, frozen on purpose: the one that trains the readers may change, the measure must not. It needs no
font of the system (OpenCV brings one). Texts are drawn by chance from the Vietnamese grammar and belong to nobody.
Height, blur, contrast and JPEG quality are drawn by chance too; no picture was kept or left out for what a reader said
of it.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.plates import normalise

SEED = 20_261
COUNT = 300
LEAST_PLATE_PX, MOST_PLATE_PX = 12, 40
MOST_BLUR = 0.1
LEAST_CONTRAST = 0.22

_FLAT_ROWS = 220
_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
_PROVINCES = (11, 12, 14, 15, 20, 29, 30, 36, 43, 47, 51, 60, 61, 72, 75, 81, 88, 98)
_WEIGHTS = (400, 550, 700, 850)
_GROUNDS = ((235, 25), (235, 25), (235, 25), (175, 30), (65, 215), (80, 225))  # white, yellow, blue, red as gray

Gray = NDArray[np.uint8]
Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    text: str
    lines: int
    body: bytes


def draw_all() -> Iterator[Drawn]:
    return (draw(index) for index in range(COUNT))


def draw(index: int) -> Drawn:
    rng = Random(f"{SEED}:{index}")
    lines = _written(rng)
    flat = _flat(rng, lines)
    seen = _seen(rng, flat, len(lines))
    quality = rng.randint(35, 90)
    packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return Drawn(f"{index:03}.jpg", normalise("".join(lines)), len(lines), packed.tobytes())


def _written(rng: Random) -> tuple[str, ...]:
    province = rng.choice(_PROVINCES)
    serial = "".join(rng.choice("0123456789") for _ in range(5))
    dotted = f"{serial[:3]}.{serial[3:]}"
    kind = rng.choice(("car", "car", "car", "truck", "trailer", "motorcycle", "old"))
    letter = rng.choice(_LETTERS)
    match kind:
        case "motorcycle":
            return (f"{province}-{letter}{rng.choice('123456789')}", dotted)
        case "old":
            return (f"{province}{letter}", serial[:4])
        case "trailer":
            return (f"{province}R", dotted) if rng.random() < 0.5 else (f"{province}R-{dotted}",)
        case "truck":
            return (f"{province}{letter}", dotted)
        case _:
            return (f"{province}{letter}-{dotted}",)


def _flat(rng: Random, lines: tuple[str, ...]) -> Float:
    """The plate from straight ahead, in gray values, paint from 0 (none) to 1 (letter)."""
    aspect = rng.uniform(4.2, 4.8) if len(lines) == 1 else rng.uniform(1.35, 1.5)
    paint = np.zeros((_FLAT_ROWS, int(_FLAT_ROWS * aspect)), np.uint8)
    face, weight = cv2.FontFace("sans"), rng.choice(_WEIGHTS)
    share = 0.68 if len(lines) == 1 else 0.39
    slim = rng.uniform(0.70, 0.88)
    for number, line in enumerate(lines):
        middle = 0.5 if len(lines) == 1 else (0.27, 0.73)[number]
        _line(paint, line, middle, share, slim, face, weight)
    cv2.rectangle(paint, (6, 6), (paint.shape[1] - 7, _FLAT_ROWS - 7), 255, rng.choice((2, 4, 6)))
    ground, ink = rng.choice(_GROUNDS)
    return np.asarray(ground + (ink - ground) * paint.astype(np.float32) / 255, np.float32)


def _line(paint: Gray, line: str, middle: float, share: float, slim: float, face: cv2.FontFace, weight: int) -> None:
    rows, columns = paint.shape
    high = int(rows * share)
    units = [0.4 if character in "-." else 1.0 for character in line]
    pitch = min(0.92 * columns / sum(units), high * slim)
    x = (columns - pitch * sum(units)) / 2
    top = int(rows * middle - high / 2)
    for character, unit in zip(line, units, strict=True):
        width = int(pitch * unit * 0.84)
        if character in "-.":
            middle_px = int(x + pitch * unit / 2)
            at = top + (high // 2 if character == "-" else int(0.9 * high))
            cv2.rectangle(
                paint, (middle_px - high // 16, at - high // 20), (middle_px + high // 16, at + high // 20), 255, -1
            )
        else:
            wide = int(width * (0.5 if character == "1" else 1.0))
            stamp = cv2.resize(glyph(character, face, weight), (wide, high), interpolation=cv2.INTER_AREA)
            left = int(x + (pitch * unit - wide) / 2)
            paint[top : top + high, left : left + wide] = np.maximum(paint[top : top + high, left : left + wide], stamp)
        x += pitch * unit


def glyph(character: str, face: cv2.FontFace, weight: int) -> Gray:
    """The tight ink of one letter, 255 = ink."""
    canvas = np.zeros((260, 260), np.uint8)
    cv2.putText(canvas, character, (40, 200), 255, face, 150, weight)
    rows, columns = np.flatnonzero(canvas.max(axis=1) > 40), np.flatnonzero(canvas.max(axis=0) > 40)
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _seen(rng: Random, flat: Float, lines: int) -> Gray:
    """What a camera makes of it: small, askew, soft, pale, noisy."""
    high = rng.uniform(LEAST_PLATE_PX, MOST_PLATE_PX) * (1 if lines == 1 else 1.9)
    wide = high * flat.shape[1] / flat.shape[0]
    rows, columns = int(high * rng.uniform(1.1, 1.5)), int(wide * rng.uniform(1.06, 1.25))
    rows, columns = max(rows, 12), max(columns, 24)
    # Drawn four times as large and then shrunk by area, as a sensor does: no aliasing that a camera would not show.
    fine = 4
    source = np.array([[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32)
    corners = _corners(rng, rows * fine, columns * fine, high * fine, wide * fine)
    warp = cv2.getPerspectiveTransform(source, corners)
    size = (columns * fine, rows * fine)
    noise = np.random.RandomState(rng.getrandbits(32))
    scene = cv2.resize(noise.uniform(10, 130, (3, 5)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(np.ones_like(flat), warp, size)
    scene = scene + (cv2.warpPerspective(flat, warp, size) - scene) * cover
    picture: Float = np.asarray(cv2.resize(scene, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    picture = soft(rng, picture, high / lines)
    contrast = rng.uniform(LEAST_CONTRAST, 1.0)
    seen = 128 + (picture - 128) * np.float32(contrast) + np.float32(rng.uniform(-40, 40))
    noisy = seen + noise.normal(0, rng.uniform(0.5, 7), seen.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _corners(rng: Random, rows: int, columns: int, high: float, wide: float) -> Float:
    box = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]], np.float32) / 2
    angle, shear = np.deg2rad(rng.uniform(-9, 9)), rng.uniform(-0.25, 0.25)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    box = box @ turn
    box[:, 0] += box[:, 1] * np.float32(shear)
    box += np.array([[rng.uniform(-0.03, 0.03) * high for _ in range(2)] for _ in range(4)], np.float32)
    box *= np.float32(min(1.0, columns / np.ptp(box[:, 0]), rows / np.ptp(box[:, 1])))
    return (box + np.array([columns, rows], np.float32) / 2).astype(np.float32)


def soft(rng: Random, picture: Float, letter_px: float) -> Float:
    """Out of focus or moved; `letter_px` is the height of a line."""
    sigma = rng.uniform(0.01, MOST_BLUR) * letter_px
    if rng.random() < 0.3:
        length = max(2, round(2.5 * sigma))
        return np.asarray(cv2.filter2D(picture, -1, np.full((1, length), 1 / length, np.float32)), np.float32)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.2)), np.float32)


def main(folder: Path) -> None:
    plates = folder / "plates"
    plates.mkdir(parents=True, exist_ok=True)
    with (plates / "index.csv").open("w", encoding="utf-8", newline="") as file:
        index = csv.writer(file, lineterminator="\n")
        index.writerow(("path", "text", "lines", "set"))
        for drawn in draw_all():
            (plates / drawn.name).write_bytes(drawn.body)
            index.writerow((f"plates/{drawn.name}", drawn.text, drawn.lines, "gate"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
