"""What one picture says of the camera's aim: the plate's size, place, angles, blur, light, and how it was read.

Nothing here judges; `station.vision.aim` does, over several pictures. Angles, blur and light are measured on the plate
itself, whatever stands around it.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from station.vision.aim_light import burnt_share, glare_share
from station.vision.finders import Finder
from station.vision.found import Found
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS
from station.vision.plate_reader import PlateText
from station.vision.tensors import Gray, Region, crop, decode_gray
from station.vision.whole_picture import NOTHING, READ_MOST, Reader, widened

Floats = NDArray[np.float32]

LEAST_LETTERS: Final = 5
"""What reads shorter is rather a grille than a plate."""

_MEASURED_COLUMNS = 256
"""A wider plate is measured at this width; lengths are told in pixels of the picture all the same."""
_BEARINGS = np.radians(np.arange(0, 180, 15))
_STEEPEST = 0.985
"""Share of the plate's pixels that slope less than its edges do."""
_MOST_TURNED = 32
_BESIDE = 0.6
"""So many heights of the plate around a find glare is looked for."""
_LEAST_PX = 4
_GAP = 0.8
"""Between two lines less than this share of the lines' uprights is seen."""
_HULL = 0.5
_REACH = 0.25
_INSIDE = _REACH / (1 + 2 * _REACH)
"""The plate's rim is sought within this share of a side from the finder's box; the same as a share of what is cut."""
_PROPORTION = {1: 520 / 110, 2: 330 / 165}
"""Width by height of a truck's plate."""
_LETTER_OF_HEIGHT = {1: 80 / 110, 2: 63 / 165}
_LETTER_OF_WIDTH = {1: 80 / 520, 2: 63 / 330}
"""Height of the letters as a share of the plate's height and of its width."""


class AimMeasures(NamedTuple):
    """The measures of one picture with a plate in it. Lengths in pixels of the picture, angles in whole degrees."""

    columns: int
    rows: int
    """The picture's own size."""
    width: int
    height: int
    """The plate's sides, turned upright."""
    letter: int
    """Height of its letters, from its height and number of lines."""
    lines: int
    left: int
    top: int
    right: int
    bottom: int
    """From the plate's box to the picture's edges."""
    tilt: int
    """The lines of writing against the horizon, positive clockwise."""
    lean: int
    """The uprights of the letters against the vertical, positive clockwise."""
    stretch: Permille
    """Width by height against the plate's true proportions: above 1000 seen from above, below it from the side."""
    soft: int
    """Width of the sharpest edges in tenths of a pixel, in the direction of the least blur."""
    smear: int
    """Length of the motion blur in tenths of a pixel; 0: none."""
    bearing: int
    """Direction of the smear, degrees from the horizontal, 0 to 179, clockwise."""
    burnt: Permille
    """Share of the plate that is white without drawing."""
    glare: Permille
    """How much more of one side is burnt than of the other; 0 where all of the plate's ground is burnt."""
    bright: int
    dark: int
    """Gray values of the plate's ground and ink."""
    black: int
    mean: int
    """Of the whole picture: its darkest fiftieth, and its mean."""
    confidence: Permille
    """Of the reading; 0: not read."""
    text: str


def measure_aim(data: bytes, finder: Finder, reader: Reader) -> AimMeasures:
    """The measures of the best plate in a JPEG or PNG; where none is found all but the picture's own are 0.

    Raises PictureUnfit, DeviceFault.
    """
    picture = decode_gray(data)
    rows, columns = picture.shape
    black, mean = int(np.quantile(picture[::4, ::4], 0.02)), int(cv2.mean(picture)[0])
    box, plate = _best(picture, finder, reader)
    if box[2] == 0:
        return AimMeasures(
            columns,
            rows,
            *(0,) * 8,
            0,
            0,
            Permille(0),
            0,
            0,
            0,
            Permille(0),
            Permille(0),
            0,
            0,
            black,
            mean,
            Permille(0),
            "",
        )
    x, y, wide, high = box
    scale = min(1.0, _MEASURED_COLUMNS / wide)
    tilt, lean = _angles(_shrunk(crop(picture, box), scale))
    upright = _upright(picture, box, scale, tilt, lean)
    upright_high, upright_wide = (side / scale for side in upright.shape)
    lines = _lines(upright)
    dark, bright = (int(level) for level in np.quantile(upright, (0.05, 0.85)))
    soft, smear, bearing = _blur(_shrunk(crop(picture, _around(box, rows, columns, 1 / 8)), scale), bright - dark)
    return AimMeasures(
        columns=columns,
        rows=rows,
        width=round(upright_wide),
        height=round(upright_high),
        letter=round(max(upright_high * _LETTER_OF_HEIGHT[lines], upright_wide * _LETTER_OF_WIDTH[lines])),
        lines=lines,
        left=x,
        top=y,
        right=columns - x - wide,
        bottom=rows - y - high,
        tilt=round(tilt),
        lean=round(lean),
        stretch=Permille(round(1000 * upright_wide / upright_high / _PROPORTION[lines])),
        soft=round(10 * soft / scale),
        smear=round(10 * smear / scale),
        bearing=round(bearing) % 180,
        burnt=burnt_share(crop(picture, box)),
        glare=glare_share(crop(picture, box), crop(picture, _around(box, rows, columns, _BESIDE))),
        bright=bright,
        dark=dark,
        black=black,
        mean=mean,
        confidence=plate.confidence,
        text=plate.text,
    )


def _best(picture: Gray, finder: Finder, reader: Reader) -> tuple[Region, PlateText]:
    """The plate that a lane would read, sought in the half picture as the lane does; the surest find if none reads.

    If none reads, a plate that is too small for the finder is sought part by part; a lane does not, so that it counts
    as not read.
    """
    rows, columns = picture.shape
    grow, sought = 1, picture
    if rows >= 4 * FINDER_ROWS and columns >= 4 * FINDER_COLUMNS:
        grow, half = 2, (columns // 2, rows // 2)
        sought = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    box, plate = _likeliest(picture, [_times(one, grow) for one in finder.find(sought)], reader)
    if len(plate.text) >= LEAST_LETTERS:
        return box, plate
    small = [_moved(one, x, y) for x, y, part in _parts(picture) for one in finder.find(part)]
    other, closer = _likeliest(picture, small, reader)
    return (other, replace(closer, confidence=Permille(0))) if len(closer.text) >= LEAST_LETTERS else (box, plate)


def _likeliest(picture: Gray, found: list[Found], reader: Reader) -> tuple[Region, PlateText]:
    """Of the surest finds the one that reads best."""
    rows, columns = picture.shape
    best: tuple[Region, PlateText] = ((0, 0, 0, 0), NOTHING)
    most = -1
    for one in sorted(found, key=lambda one: -one.confidence)[:READ_MOST]:
        x, y, wide, high = one.box
        x, y = min(x, columns - _LEAST_PX), min(y, rows - _LEAST_PX)
        box = (x, y, min(max(wide, _LEAST_PX), columns - x), min(max(high, _LEAST_PX), rows - y))
        plate = reader.read(crop(picture, widened(box, rows, columns)))
        if plate.confidence * one.confidence > most:
            best, most = (box, plate), plate.confidence * one.confidence
    return best


def _times(one: Found, grow: int) -> Found:
    x, y, wide, high = (side * grow for side in one.box)
    return Found((x, y, wide, high), one.confidence)


def _moved(one: Found, x: int, y: int) -> Found:
    return Found((one.box[0] + x, one.box[1] + y, one.box[2], one.box[3]), one.confidence)


def _parts(picture: Gray) -> Iterator[tuple[int, int, Gray]]:
    """Nine overlapping parts, half as wide and as high as the picture, and where each begins."""
    rows, columns = picture.shape
    for y in (0, rows // 4, rows // 2):
        for x in (0, columns // 4, columns // 2):
            yield x, y, picture[y : y + rows // 2, x : x + columns // 2]


def _around(box: Region, rows: int, columns: int, heights: float) -> Region:
    """The box and so many of its heights around it."""
    x, y, wide, high = box
    margin = max(2, int(high * heights))
    left, top = max(0, x - margin), max(0, y - margin)
    return (left, top, min(columns, x + wide + margin) - left, min(rows, y + high + margin) - top)


def _shrunk(plate: Gray, scale: float) -> Gray:
    if scale == 1.0:
        return plate
    return np.asarray(cv2.resize(plate, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _slopes(plate: Gray) -> tuple[Floats, Floats]:
    """Gray values per pixel to the right and down, by Scharr's differences, which keep directions best."""
    across = cv2.Scharr(plate, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(plate, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _angles(plate: Gray) -> tuple[float, float]:
    """Where most edges of the plate point: its lines (tilt) and its uprights (lean), degrees clockwise."""
    across, down = _slopes(plate)
    weight = across * across + down * down
    strong = weight > 0.1 * np.quantile(weight, 0.98)
    direction = np.degrees(np.arctan2(down[strong], across[strong])) % 180
    tones = np.bincount(np.rint(direction * 2).astype(int) % 360, weight[strong], 360)
    round_about = np.concatenate((tones, tones, tones))
    smooth = np.convolve(round_about, np.hanning(11), "same")[360:720]
    return _peak(smooth, 180), _peak(smooth, 0)


def _peak(tones: NDArray[np.float64], middle: int) -> float:
    """The fullest half-degree within reach of `middle`, as degrees from it."""
    reach = 2 * _MOST_TURNED
    near = np.array([tones[(middle + step) % 360] for step in range(-reach, reach + 1)])
    return (int(near.argmax()) - reach) / 2


def _upright(picture: Gray, box: Region, scale: float, tilt: float, lean: float) -> Gray:
    """The plate turned upright and cut at its own rim, at `scale`; its sides keep their lengths."""
    x, y, wide, high = box
    along = np.array((math.cos(math.radians(tilt)), math.sin(math.radians(tilt)))) / scale
    down = np.array((-math.sin(math.radians(lean)), math.cos(math.radians(lean)))) / scale
    sides = _sides(wide * scale, high * scale, tilt, lean)
    columns, rows = (max(_LEAST_PX, round(side * (1 + 2 * _REACH))) for side in sides)
    corner = np.array((x + wide / 2, y + high / 2)) - along * columns / 2 - down * rows / 2
    place = np.stack((along, down, corner), axis=1)
    turned = cv2.warpAffine(
        picture, place, (columns, rows), flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    plate = np.asarray(turned, np.uint8)
    across, downward = (np.abs(slope) for slope in _slopes(plate))
    inner_rows, inner_columns = (slice(round(side * _INSIDE), round(side * (1 - _INSIDE))) for side in (rows, columns))
    top, bottom = _rim(downward[:, inner_columns].mean(axis=1))
    left, right = _rim(across[inner_rows].mean(axis=0))
    return plate[top:bottom, left:right]


def _rim(slopes: Floats) -> tuple[int, int]:
    """Where the plate begins and ends along one side: the steepest place near where the finder saw its ends."""
    reach = max(2, round(2 * len(slopes) * _INSIDE))
    likely = np.hanning(reach + 2)[1:-1]
    first = int((slopes[:reach] * likely).argmax())
    last = len(slopes) - reach + int((slopes[-reach:] * likely).argmax())
    return first, max(last, first + _LEAST_PX)


def _sides(wide: float, high: float, tilt: float, lean: float) -> tuple[float, float]:
    """The sides of the parallelogram of these angles that the finder boxed in.

    The finder's box of a turned plate is about halfway between the plate's own sides and the hull of its corners.
    """
    a, b = math.cos(math.radians(tilt)), _HULL * abs(math.sin(math.radians(lean)))
    c, d = _HULL * abs(math.sin(math.radians(tilt))), math.cos(math.radians(lean))
    whole = a * d - b * c
    return max(wide / 2, (wide * d - high * b) / whole), max(high / 2, (high * a - wide * c) / whole)


def _lines(plate: Gray) -> int:
    """One line of writing or two: between two lines no upright stands."""
    uprights = np.abs(_slopes(plate)[0]).mean(axis=1)
    places = np.linspace(0, len(uprights), 101).astype(int)
    middle = min(float(uprights[places[at] : places[at + 5] + 1].mean()) for at in range(42, 55, 2))
    beside = np.concatenate((uprights[places[22] : places[36] + 1], uprights[places[64] : places[78] + 1]))
    return 2 if middle < _GAP * float(beside.mean()) else 1


def _blur(plate: Gray, contrast: int) -> tuple[float, float, float]:
    """Width of the edges across the least blur, length of the smear, its bearing in degrees.

    In each direction the steepest slopes give the width of an edge. Squares of widths add, so over the directions they
    are a constant and a wave of half a turn: the constant is what blurs all ways, the wave what blurs one way.
    """
    across, down = _slopes(plate)
    widths = [
        max(contrast, 1) / max(float(np.quantile(np.abs(across * math.cos(at) + down * math.sin(at)), _STEEPEST)), 0.05)
        for at in _BEARINGS
    ]
    squares = np.square(widths)
    wave = np.stack((np.ones_like(_BEARINGS), np.cos(2 * _BEARINGS), np.sin(2 * _BEARINGS)), axis=1)
    (level, even, odd), *_ = np.linalg.lstsq(wave, squares, rcond=None)
    swing = math.hypot(even, odd)
    return math.sqrt(max(level - swing, 0.25)), math.sqrt(2 * swing), math.degrees(math.atan2(odd, even)) / 2
