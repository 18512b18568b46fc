"""A container as a lane's camera sees it: corrugated steel, number and size/type code as ISO 6346 lays them out.

On the rear doors the number stands in one line with the size/type code below it; on the sides it stands upright, letter
under letter, with the code in a second column. The check digit has a box around it. Drawn with OpenCV alone.
"""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from station.simulate.scene import Picture, letter_cover

View = Literal["left", "right", "rear"]

WIDTH_PX = 1920
HEIGHT_PX = 1080

LETTER_HIGH_PX = 60
"""Height of a painted letter; the standard asks for 100 mm."""
_LETTER_WIDE_PX = 38
_PITCH_PX = 50
_STACK_PX = 74
_GAP_PX = 30
"""Between the letters, the six digits and the boxed check digit."""

_JPEG_QUALITY = 90
_STEELS = ((60, 50, 140), (120, 70, 30), (70, 110, 50), (40, 90, 190), (225, 225, 222))
"""Blue-green-red; the last one is light and gets dark letters."""
_LIGHT_INK, _DARK_INK = (235, 238, 240), (40, 36, 34)


def container_picture(number: str | None, size_type: str, view: View, *, seed: int, moment: int = 0) -> bytes:
    """A JPEG of 1920x1080 of one side; the same arguments give the same bytes.

    `number` is painted as it is, its check digit right or wrong; None paints nothing. Another `moment` shows the same
    box in the same place with another tremble, light and noise. Raises ValueError for a number that has not 11 letters.
    """
    if number is not None and len(number) != 11:
        raise ValueError(f"{number!r} has {len(number)} characters; a container number has 11")
    chance = np.random.default_rng(seed)
    steel = _STEELS[int(chance.integers(len(_STEELS)))]
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), steel, np.uint8)
    ribs = _corrugation(view, chance)
    ink = _DARK_INK if min(steel) > 180 else _LIGHT_INK
    if number is not None:
        paint = _paint_line if view == "rear" else _paint_column
        paint(picture, number, size_type, ink, chance)
    if view == "rear":
        _draw_door_gear(picture)
    shaded = picture.astype(np.float32) * ribs[np.newaxis, :, np.newaxis]
    return _packed(_seen(shaded, np.random.default_rng((seed, moment))))


def _paint_line(
    picture: Picture, number: str, size_type: str, ink: tuple[int, ...], chance: np.random.Generator
) -> None:
    """One line on the upper right door, the code below it."""
    x, y = 1060 + int(chance.integers(-20, 20)), 170 + int(chance.integers(-30, 30))
    for place, character in enumerate(number):
        at = x + place * _PITCH_PX + _gap(place)
        _letter(picture, character, at, y, ink)
        if place == 10:
            _box(picture, at, y, ink)
    for place, character in enumerate(size_type):
        _letter(picture, character, x + place * _PITCH_PX, y + 110, ink)


def _paint_column(
    picture: Picture, number: str, size_type: str, ink: tuple[int, ...], chance: np.random.Generator
) -> None:
    """Upright, letter under letter; the code in a column to its right."""
    x, y = 900 + int(chance.integers(-60, 60)), 70 + int(chance.integers(-20, 20))
    for place, character in enumerate(number):
        top = y + place * _STACK_PX + _gap(place)
        _letter(picture, character, x, top, ink)
        if place == 10:
            _box(picture, x, top, ink)
    for place, character in enumerate(size_type):
        _letter(picture, character, x + 130, y + place * _STACK_PX, ink)


def _gap(place: int) -> int:
    """Extra room before the digits, and before the check digit."""
    return (_GAP_PX if place >= 4 else 0) + (_GAP_PX if place >= 10 else 0)


def _letter(picture: Picture, character: str, x: int, y: int, ink: tuple[int, ...]) -> None:
    cover = letter_cover(character, LETTER_HIGH_PX, _LETTER_WIDE_PX)
    if cover is None:
        return
    rows, columns = cover.shape
    left = x + (_LETTER_WIDE_PX - columns) // 2
    cell = picture[y : y + rows, left : left + columns]
    share = cover[:, :, np.newaxis]
    cell[:] = np.round(cell * (1 - share) + np.array(ink) * share).astype(np.uint8)


def _box(picture: Picture, x: int, y: int, ink: tuple[int, ...]) -> None:
    cv2.rectangle(picture, (x - 9, y - 9), (x + _LETTER_WIDE_PX + 8, y + LETTER_HIGH_PX + 8), ink, 4)


def _draw_door_gear(picture: Picture) -> None:
    """The gap between the doors, four locking bars with their handles, hinges."""
    cv2.line(picture, (WIDTH_PX // 2, 0), (WIDTH_PX // 2, HEIGHT_PX), (25, 25, 25), 9)
    for x in (380, 700, 1010, 1740):
        cv2.rectangle(picture, (x - 9, 0), (x + 9, HEIGHT_PX), (150, 152, 155), -1)
        cv2.rectangle(picture, (x - 60, 760), (x + 60, 782), (120, 122, 125), -1)
    for y in (140, 420, 700, 980):
        for x in (20, WIDTH_PX - 70):
            cv2.rectangle(picture, (x, y), (x + 50, y + 36), (95, 97, 100), -1)


def _corrugation(view: View, chance: np.random.Generator) -> NDArray[np.float32]:
    """Light across the steel: ribs as trapezes, flatter on doors; shape (columns,)."""
    period, depth = (300.0, 0.05) if view == "rear" else (float(chance.uniform(110, 150)), 0.16)
    phase = (np.arange(WIDTH_PX) + chance.uniform(0, period)) / period * 2 * np.pi
    return np.asarray(1.0 + depth * np.clip(1.8 * np.sin(phase), -1, 1), np.float32)


def _seen(light: NDArray[np.float32], chance: np.random.Generator) -> Picture:
    """A camera a little askew, its light, its softness, its noise."""
    corners = np.array([[0, 0], [WIDTH_PX, 0], [WIDTH_PX, HEIGHT_PX], [0, HEIGHT_PX]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, (corners + chance.uniform(-18, 18, (4, 2))).astype(np.float32))
    seen = cv2.warpPerspective(light, warp, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.GaussianBlur(seen, (0, 0), float(chance.uniform(0.7, 1.3)))
    seen = seen * chance.uniform(0.75, 1.05) + chance.uniform(-8, 8)
    tile = chance.standard_normal((HEIGHT_PX // 2, WIDTH_PX // 2), np.float32) * 3.0
    return np.asarray(np.clip(seen + np.tile(tile, (2, 2))[:, :, np.newaxis], 0, 255), np.uint8)


def _packed(picture: Picture) -> bytes:
    done, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError("OpenCV cannot write this picture as JPEG")
    return packed.tobytes()
