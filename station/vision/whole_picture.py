"""Read the plate of a picture in which it may stand anywhere: find, cut, read."""

from dataclasses import dataclass
from typing import Protocol

from drivers.contract.quantities import Permille
from station.core.plates import is_trailers
from station.vision.finders import Finder
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS
from station.vision.plate_reader import PlateText
from station.vision.tensors import INPUT_COLUMNS, Gray, Region, crop, decode_gray, decode_half

MARGIN = 0.04
"""How much is cut around a found box on each side, in its width and height."""

READ_MOST = 2
"""So many finds are read, the surest; reading is the dearest part."""

ENOUGH = Permille(900)
"""A reading as sure as this ends the search, unless a find as sure as `BESIDE` is left: it may be a trailer's plate."""

BESIDE = Permille(700)

NOTHING = PlateText("", "", Permille(0), ())
"""The reading of a picture in which no plate was found."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a picture shows: the plate of what drives, else of what is drawn, and where it stands, in pixels (to 2).

    `trailer` is the plate of a trailer beside the drawing vehicle's, NOTHING where there is none.
    """

    plate: PlateText
    box: Region
    trailer: PlateText = NOTHING


class Reader(Protocol):
    """What reads a cut-out plate."""

    def read(self, plate: Gray) -> PlateText: ...


def read_whole(data: bytes, finder: Finder, reader: Reader) -> Whole:
    """The best reading of the surest finds in a JPEG or PNG.

    Nothing found, or nothing legible in what was found, is an empty text at confidence 0 in the region of zeros. Raises
    PictureUnfit, DeviceFault.
    """
    half, scale = decode_half(data), 2
    if half.shape[0] < 2 * FINDER_ROWS or half.shape[1] < 2 * FINDER_COLUMNS:
        half, scale = decode_gray(data), 1  # too small to halve: a far plate would be lost
    found = finder.find(half)
    picture = half
    if (
        scale > 1 and min((one.box[2] for one in found), default=INPUT_COLUMNS) < INPUT_COLUMNS
    ):  # the half has fewer pixels than the reader takes
        picture = decode_gray(data)
    grow = scale if picture is not half else 1
    read: list[_Read] = []
    for one in found[:READ_MOST]:
        if read and read[0].plate.confidence >= ENOUGH and one.confidence < BESIDE:
            break
        region = widened(_times(one.box, grow), *picture.shape)
        plate = reader.read(crop(picture, region))
        read.append(_Read(plate, _times(region, scale // grow), plate.confidence * one.confidence))
    return _chosen([one for one in read if one.plate.text])


@dataclass(frozen=True, slots=True)
class _Read:
    plate: PlateText
    box: Region
    weight: int


def _chosen(read: list[_Read]) -> Whole:
    """However surely a trailer's plate was read, it is never the drawing vehicle's."""
    trailers = [one for one in read if is_trailers(one.plate.text)]
    others = [one for one in read if one not in trailers]
    if not read:
        return Whole(NOTHING, (0, 0, 0, 0))
    best = max(others or trailers, key=lambda one: one.weight)
    beside = max(trailers, key=lambda one: one.weight).plate if others and trailers else NOTHING
    return Whole(best.plate, best.box, beside)


def widened(box: Region, rows: int, columns: int) -> Region:
    """A box with MARGIN around it, as far as the picture reaches."""
    x, y, width, height = box
    left, top = max(0, round(x - MARGIN * width)), max(0, round(y - MARGIN * height))
    right, bottom = min(columns, round(x + (1 + MARGIN) * width)), min(rows, round(y + (1 + MARGIN) * height))
    return (left, top, right - left, bottom - top)


def _times(box: Region, scale: int) -> Region:
    return (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)
