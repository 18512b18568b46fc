"""One side of a container, seen straight on: steel with its codes and with all the other writing that is no code."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.camera import Float
from models.train.container import painting
from models.train.container.codes import draw_number, draw_size_type
from models.train.glyphs import Face
from models.train.texts import ALPHABET

LETTER_PX = 18
"""Height of a code's letters, about 100 mm."""
_PX_PER_M = LETTER_PX * 10

Corners = NDArray[np.float32]
"""The four corners of a code, shape (4, 2), x and y in pixels of the side."""

NUMBER, SIZE_TYPE = 0, 1


@dataclass(slots=True)
class Side:
    """The picture of the side and its codes: (NUMBER or SIZE_TYPE, corners)."""

    wall: Float
    codes: list[tuple[int, Corners]]


def door_end(rng: Random, face: Face) -> Side:
    """Two doors with their rods; the number on the right one, the size below it, the masses below that."""
    rows, columns = int(_PX_PER_M * rng.uniform(1.6, 2.7)), int(_PX_PER_M * 2.44)
    side = Side(painting.steel(rng, rows, columns, _PX_PER_M * rng.uniform(0.15, 0.6)), [])
    paint = painting.draw_paint(rng, side.wall)
    if rng.random() < 0.7:
        _logo(rng, side.wall, face, (rng.uniform(0.05, 0.25) * columns, rng.uniform(0.2, 0.5) * rows), paint)
    left = int(columns * rng.uniform(0.48, 0.62))
    top = int(rows * rng.uniform(0.08, 0.4))
    high = int(LETTER_PX * rng.uniform(0.85, 1.15))
    bottom = _line(rng, side, face, left, top, high, paint, upright=False)
    _masses(rng, side.wall, face, left, bottom + high, paint)
    cv2.line(side.wall, (columns // 2, 0), (columns // 2, rows), rng.uniform(5, 60), max(1, LETTER_PX // 5))
    for share in (0.17, 0.35, 0.62, 0.8):
        painting.rod(rng, side.wall, int(columns * (share + rng.uniform(-0.03, 0.03))), rng.randint(3, 9))
    for _ in range(rng.randint(0, 6)):  # hinges and locks
        at = (int(columns * rng.choice((0.02, 0.97, 0.35, 0.62))), rng.randrange(rows))
        cv2.rectangle(side.wall, at, (at[0] + rng.randint(4, 16), at[1] + rng.randint(4, 12)), rng.uniform(10, 220), -1)
    _dress(rng, side.wall, face, paint)
    return side


def long_side(rng: Random, face: Face) -> Side:
    """A side or the front: the number in a column near an edge, the size beside it; sometimes in a line."""
    rows, columns = int(_PX_PER_M * 2.55), int(_PX_PER_M * rng.uniform(1.6, 4.2))
    side = Side(painting.steel(rng, rows, columns, _PX_PER_M * rng.uniform(0.2, 0.35)), [])
    paint = painting.draw_paint(rng, side.wall)
    if rng.random() < 0.5:
        _logo(rng, side.wall, face, (rng.uniform(-0.2, 0.4) * columns, rng.uniform(0.15, 0.7) * rows), paint)
    high = int(LETTER_PX * rng.uniform(0.85, 1.15))
    if rng.random() < 0.82:
        left = int(columns * rng.choice((rng.uniform(0.05, 0.3), rng.uniform(0.6, 0.88))))
        _line(rng, side, face, left, int(rows * rng.uniform(0.04, 0.22)), high, paint, upright=True)
    else:
        _line(
            rng,
            side,
            face,
            int(columns * rng.uniform(0.2, 0.6)),
            int(rows * rng.uniform(0.05, 0.3)),
            high,
            paint,
            upright=False,
        )
    _dress(rng, side.wall, face, paint)
    return side


def roof_edge(rng: Random, face: Face) -> Side:
    """The narrow strip of the roof or its beam that a camera above sees, with the number alone."""
    rows, columns = int(LETTER_PX * rng.uniform(1.6, 6)), int(_PX_PER_M * 2.44)
    side = Side(painting.steel(rng, rows, columns, _PX_PER_M * 0.3), [])
    paint = painting.draw_paint(rng, side.wall)
    top = int(rng.uniform(0.1, max(0.15, 1 - 1.4 * LETTER_PX / rows)) * rows)
    _code(
        rng,
        side,
        face,
        draw_number(rng),
        NUMBER,
        (int(columns * rng.uniform(0.1, 0.5)), top),
        LETTER_PX,
        paint,
        upright=False,
    )
    return side


def _line(rng: Random, side: Side, face: Face, left: int, top: int, high: int, paint: float, *, upright: bool) -> int:
    """The number, and mostly the size/type below it or beside it; returns the row below all of it."""
    box = _code(rng, side, face, draw_number(rng), NUMBER, (left, top), high, paint, upright=upright)
    right, bottom = int(box[:, 0].max()), int(box[:, 1].max())
    if rng.random() < 0.12:
        return bottom
    if upright:
        place = (
            right + int(high * rng.uniform(0.5, 3)),
            top + int(rng.choice((0, 0, rng.uniform(0, 0.7))) * (bottom - top)),
        )
    else:
        place = (left + int((right - left) * rng.uniform(0, 0.6)), bottom + int(high * rng.uniform(0.1, 0.7)))
    size = _code(rng, side, face, draw_size_type(rng), SIZE_TYPE, place, high, paint, upright=upright)
    return int(size[:, 1].max())


def _code(
    rng: Random,
    side: Side,
    face: Face,
    text: str,
    kind: int,
    place: tuple[int, int],
    high: int,
    paint: float,
    *,
    upright: bool,
) -> Corners:
    ink = painting.ink_of(rng, text, face, painting.draw_style(rng, upright=upright), high, upright=upright)
    rows, columns = ink.shape
    left = max(0, min(place[0], side.wall.shape[1] - columns - 2))  # within the side, if there is room
    top = max(0, min(place[1], side.wall.shape[0] - rows - 2))
    painting.paint_on(rng, side.wall, ink, left, top, paint)
    corners = np.array(
        [[left, top], [left + columns, top], [left + columns, top + rows], [left, top + rows]], np.float32
    )
    if left + columns <= side.wall.shape[1] and top + rows <= side.wall.shape[0]:
        side.codes.append((kind, corners))
    return corners


def _words(rng: Random, low: int, most: int) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(low, most)))


def _logo(rng: Random, wall: Float, face: Face, at: tuple[float, float], paint: float) -> None:
    """The owner's name in large letters, or a figure."""
    high = int(LETTER_PX * rng.uniform(1.2, 6))
    if rng.random() < 0.7:
        upright = rng.random() < 0.15
        ink = painting.ink_of(
            rng, _words(rng, 3, 9), face, painting.draw_style(rng, upright=upright), high, upright=upright
        )
        painting.paint_on(rng, wall, ink, int(at[0]), int(at[1]), paint)
    else:
        size = (high, int(high * rng.uniform(0.6, 1)))
        cv2.ellipse(wall, (int(at[0]) + high, int(at[1])), size, 0, 0, 360, paint, -1, cv2.LINE_AA)


def _masses(rng: Random, wall: Float, face: Face, left: int, top: int, paint: float) -> None:
    """Lines of words and figures: gross, tare, net, capacity."""
    high = int(LETTER_PX * rng.uniform(0.4, 0.75))
    style = painting.draw_style(rng, upright=False)
    for line in range(rng.randint(0, 5)):
        y = top + int(line * high * rng.uniform(1.5, 2.2))
        for x, text in ((left, _words(rng, 3, 8)), (left + int(high * 8), _words(rng, 3, 8))):
            painting.paint_on(rng, wall, painting.ink_of(rng, text, face, style, high, upright=False), x, y, paint)


def _dress(rng: Random, wall: Float, face: Face, paint: float) -> None:
    """Labels, plates, stripes and stray writing of every kind."""
    rows, columns = wall.shape
    for _ in range(rng.choice((0, 1, 2, 4))):
        at = (rng.randrange(columns), rng.randrange(rows))
        size = (int(LETTER_PX * rng.uniform(0.8, 3)), int(LETTER_PX * rng.uniform(0.8, 3)))
        tone = rng.uniform(0, 255)
        cv2.rectangle(wall, at, (at[0] + size[0], at[1] + size[1]), tone, -1)
        if rng.random() < 0.6:
            ink = painting.ink_of(
                rng,
                _words(rng, 1, 4),
                face,
                painting.draw_style(rng, upright=False),
                max(4, size[1] // 3),
                upright=False,
            )
            painting.paint_on(rng, wall, ink, at[0] + 2, at[1] + 2, 255 - tone)
    if rng.random() < 0.3:  # a word in a column, which is no number either
        ink = painting.ink_of(
            rng,
            _words(rng, 2, 8),
            face,
            painting.draw_style(rng, upright=True),
            int(LETTER_PX * rng.uniform(0.6, 2)),
            upright=True,
        )
        painting.paint_on(rng, wall, ink, rng.randrange(columns), rng.randrange(max(1, rows // 2)), paint)
