"""The colour of a plate's ground, measured: what the light does to a colour it does to its surroundings too.

White letters on the plate itself are the best white there is. Dark letters say nothing, so the surroundings stand in
for them. A picture without colour, as cameras give at night, shows no plate's colour: then it is UNSURE.
Colours and their letters: Circular 58/2020 (carried on by 79/2024) for Vietnam, GA 36 for China.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from drivers.contract.readings import PlateColour
from station.vision.tensors import Colour, Gray, Region, decode_colour, decode_half_colour

SAY_FROM: Final = Permille(900)
"""A colour is named from this share on; below it is UNSURE."""

_LEAST_HALF_PX = 96
"""A plate of so many columns keeps enough of them at half the size; JPEG has no more of its colour anyway."""

_WINDOW = (0.28, 0.72, 0.12, 0.88)
"""Rows and columns of the plate that hold nothing but letters and ground, however loosely it was cut out."""
_LEAST_ROWS, _LEAST_COLUMNS, _MOST_COLUMNS = 4, 20, 128
_LEAST_CHANGES = 6
"""Between ground and letter along a row: three letters. A bumper or a lamp has fewer."""
_LIGHT_GROUND, _DARK_GROUND = 0.54, 0.44
"""Share of light pixels: letters cover about a third of a plate."""
_WIDEST_LETTER = 0.5
"""Of the columns: what is wider is a light plate askew, and the dark around it is no ground."""

_BURNT, _MOST_BURNT = 250, 0.5
_LEAST_LIGHT, _LEAST_LIGHT_OF_LETTERS = 0.012, 0.08
"""Linear, of full scale: what is darker has more noise than colour."""
_MOST_OF_DARK_LETTERS = 0.45
"""Dark letters give back less of the light than their ground; else they are none."""
_LEAST_SPREAD = 0.25
"""Between the 2nd and the 98th percentile of a picture's log ratios: gray, tinted gray and sodium light have less."""
_THUMBNAIL = (96, 54)
_LEAST_GRAY = 40

_FLOOR = 1e-3
_MOST = 2.0
"""Log ratios beyond say nothing more."""
_TRUST_IN_SURROUNDINGS = 0.35
_OUTLIER = 1 / 200
"""Density of what is no plate's ground."""

_Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SeenColour:
    """The ground's colour and the share of confidence in it; UNSURE carries 0."""

    colour: PlateColour
    confidence: Permille


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where a colour lies: natural logs of red and blue over green, linear light; and how far it strays."""

    colour: PlateColour
    at: _Pair
    strays: _Pair


_UNDER_DARK_LETTERS = (
    _Ground("WHITE", (0.0, 0.0), (0.22, 0.28)),
    _Ground("YELLOW", (0.65, -2.0), (0.30, 0.60)),
    _Ground("GREEN", (-1.1, -0.5), (0.45, 0.35)),
)
_UNDER_LIGHT_LETTERS = (
    _Ground("BLUE", (-1.2, 1.3), (1.00, 0.75)),
    _Ground("RED", (1.7, 0.0), (0.50, 0.60)),
    _Ground("BLACK", (0.0, 0.0), (0.15, 0.15)),
)
_MOST_OF_BLACK, _MOST_ON_BLACK = 0.12, 0.36
"""A black ground gives back no more of the light that its letters give back; more light than that is a white plate of
bold letters.
"""

UNSURE: Final = SeenColour("UNSURE", Permille(0))
_LINEAR: NDArray[np.float32] = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


def colour_in(data: bytes, box: Region) -> SeenColour:
    """The colour of the plate that stands in `box` (pixels) of a JPEG or PNG; zeros mean the whole picture is it.

    Raises PictureUnfit.
    """
    if box[2] >= _LEAST_HALF_PX:
        x, y, width, height = box
        return ground_colour(decode_half_colour(data), (x // 2, y // 2, width // 2, height // 2))
    return ground_colour(decode_colour(data), box)


def ground_colour(picture: Colour, box: Region) -> SeenColour:
    """The colour of the plate in `box` of a picture of any size; zeros mean the whole picture is it."""
    window = _window(picture, box)
    plate = None if window is None else _lettered(window)
    if plate is None or not _has_colours(picture):
        return UNSURE
    gray = _gray(plate)
    threshold, is_light = _parted(gray)
    share = float(is_light.mean())
    linear = _LINEAR[plate]
    if share >= _LIGHT_GROUND:
        ground = _middle(linear, is_light)  # of all its pixels: a rim may be the lightest of them
        letters = _middle(linear, gray <= (threshold + np.percentile(gray, 5)) / 2)
        burnt = float((plate.min(axis=2) >= _BURNT)[is_light].mean())
        is_plain = burnt <= _MOST_BURNT and float(letters.max()) <= _MOST_OF_DARK_LETTERS * float(ground.max())
        return _under_dark_letters(ground - letters, _tint(picture, box)) if is_plain else UNSURE
    if share > _DARK_GROUND or _widest(is_light) > _WIDEST_LETTER:
        return UNSURE
    letters = _middle(linear, gray >= (threshold + np.percentile(gray, 95)) / 2)
    return _under_light_letters(_middle(linear, ~is_light), letters, may_be_black=share <= _MOST_ON_BLACK)


def _under_dark_letters(ground: NDArray[np.float32], tint: _Pair) -> SeenColour:
    """`ground` less its letters: a veil of haze or glare lies over both."""
    if float(ground.max()) < _LEAST_LIGHT:
        return UNSURE
    red, blue = _ratios(ground)
    return _named((_bounded(red - tint[0]), _bounded(blue - tint[1])), _UNDER_DARK_LETTERS)


def _under_light_letters(
    ground: NDArray[np.float32], letters: NDArray[np.float32], *, may_be_black: bool
) -> SeenColour:
    if float(letters.max()) < _LEAST_LIGHT_OF_LETTERS:
        return UNSURE
    seen = np.asarray(ground / np.maximum(letters, _FLOOR), np.float32)
    red, blue = _ratios(seen)
    is_black = float(seen.max()) <= _MOST_OF_BLACK
    if is_black and not may_be_black:
        return UNSURE
    grounds = tuple(one for one in _UNDER_LIGHT_LETTERS if is_black or one.colour != "BLACK")
    return _named((_bounded(red), _bounded(blue)), grounds)


def _named(at: _Pair, grounds: tuple[_Ground, ...]) -> SeenColour:
    """The likeliest ground, if hardly anything else could look so."""
    shares = [(_density(at, one), one.colour) for one in grounds]
    best, colour = max(shares)
    share = best / (sum(share for share, _ in shares) + _OUTLIER)
    confidence = Permille(min(1000, int(share * 1000)))
    return SeenColour(colour, confidence) if confidence >= SAY_FROM else UNSURE


def _density(at: _Pair, ground: _Ground) -> float:
    apart = sum(((here - there) / stray) ** 2 for here, there, stray in zip(at, ground.at, ground.strays, strict=True))
    return math.exp(-apart / 2) / (2 * math.pi * math.prod(ground.strays))


def _lettered(window: Colour) -> Colour | None:
    """The rows that run through letters; None if there are too few of them."""
    _, is_light = _parted(_gray(window))
    rows = window[(is_light[:, 1:] != is_light[:, :-1]).sum(axis=1) >= _LEAST_CHANGES]
    return rows if rows.shape[0] >= _LEAST_ROWS else None


def _gray(picture: Colour) -> Gray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _parted(gray: Gray) -> tuple[float, NDArray[np.bool_]]:
    """The gray value that parts letters from ground, and what is lighter than it."""
    threshold, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_OTSU)
    return threshold, gray > threshold


def _widest(where: NDArray[np.bool_]) -> float:
    """Width of the widest connected part, as a share of all columns."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(where.astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) / where.shape[1])


def _window(picture: Colour, box: Region) -> Colour | None:
    """The inside of the plate, made smaller if it is large; None if it is too small."""
    x, y, width, height = box if 0 not in box[2:] else (0, 0, picture.shape[1], picture.shape[0])
    top, bottom, left, right = _WINDOW
    inside = picture[
        y + int(height * top) : y + math.ceil(height * bottom), x + int(width * left) : x + math.ceil(width * right)
    ]
    rows, columns = inside.shape[:2]
    if rows < _LEAST_ROWS or columns < _LEAST_COLUMNS:
        return None
    if columns <= _MOST_COLUMNS:
        return inside
    size = (_MOST_COLUMNS, max(_LEAST_ROWS, round(rows * _MOST_COLUMNS / columns)))
    return np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.uint8)


def _has_colours(picture: Colour) -> bool:
    """Whether anything in the picture differs in colour from the rest of it; noise is averaged away."""
    return any(
        ratio.size > 0 and float(np.ptp(np.percentile(ratio, (2, 98)))) >= _LEAST_SPREAD
        for ratio in _log_ratios(picture)
    )


def _tint(picture: Colour, box: Region) -> _Pair:
    """What of the colour around the plate is taken for the light's; nothing where the plate fills the picture."""
    if 0 in box[2:] or 2 * box[2] > picture.shape[1]:
        return 0.0, 0.0
    red, blue = (float(np.median(ratio)) if ratio.size else 0.0 for ratio in _log_ratios(picture))
    return _TRUST_IN_SURROUNDINGS * red, _TRUST_IN_SURROUNDINGS * blue


def _log_ratios(picture: Colour) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Red and blue over green of the picture made small, where both are neither dark nor burnt."""
    small = cv2.resize(picture, _THUMBNAIL, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    is_fit = (small >= _LEAST_GRAY) & (small < _BURNT)
    logs = np.log(np.maximum(_LINEAR[small], _FLOOR))
    red, blue = (logs[is_fit[:, 1] & is_fit[:, one], one] - logs[is_fit[:, 1] & is_fit[:, one], 1] for one in (2, 0))
    return red, blue


def _middle(linear: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.asarray(np.median(linear[where], axis=0), np.float32)


def _ratios(light: NDArray[np.float32]) -> _Pair:
    blue, green, red = np.log(np.maximum(light, _FLOOR)).tolist()
    return red - green, blue - green


def _bounded(ratio: float) -> float:
    return max(-_MOST, min(_MOST, ratio))
