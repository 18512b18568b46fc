"""Read the plate of a picture in which it may stand anywhere: find, cut, read."""

from typing import Protocol

from drivers.contract.quantities import Permille
from station.vision.finders import Finder
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS
from station.vision.plate_reader import PlateText
from station.vision.tensors import INPUT_COLUMNS, Gray, Region, crop, decode_gray, decode_half

MARGIN = 0.04
"""How much is cut around a found box on each side, in its width and height."""

READ_MOST = 2
"""So many finds are read, the surest; reading is the dearest part."""

ENOUGH = Permille(900)
"""A reading as sure as this ends the search; the finds that are left are less likely plates."""

NOTHING = PlateText("", "", Permille(0), ())
"""The reading of a picture in which no plate was found."""


class Reader(Protocol):
    """What reads a cut-out plate."""

    def read(self, plate: Gray) -> PlateText: ...


def read_whole(data: bytes, finder: Finder, reader: Reader) -> tuple[PlateText, Region]:
    """The best reading of the surest finds in a JPEG or PNG and where it stood, in pixels of the picture (to 2 pixels).

    Nothing found, or nothing legible in what was found, is an empty text at confidence 0 in the region of zeros. Raises
    PictureUnfit, DeviceFault.
    """
    half, scale = decode_half(data), 2
    if half.shape[0] < 2 * FINDER_ROWS or half.shape[1] < 2 * FINDER_COLUMNS:
        half, scale = decode_gray(data), 1  # too small to halve: a far plate would be lost
    found = finder.find(half)
    if not found:
        return NOTHING, (0, 0, 0, 0)
    picture = half
    if (
        scale > 1 and min(one.box[2] for one in found) < INPUT_COLUMNS
    ):  # the half has fewer pixels than the reader takes
        picture = decode_gray(data)
    grow = scale if picture is not half else 1
    read = []
    for one in found[:READ_MOST]:
        region = widened(_times(one.box, grow), *picture.shape)
        plate = reader.read(crop(picture, region))
        read.append((plate.confidence * one.confidence, plate, _times(region, scale // grow)))
        if plate.confidence >= ENOUGH:
            break
    _, plate, box = max(read, key=lambda entry: entry[0])
    return (plate, box) if plate.text else (NOTHING, (0, 0, 0, 0))


def widened(box: Region, rows: int, columns: int) -> Region:
    """A box with MARGIN around it, as far as the picture reaches."""
    x, y, width, height = box
    left, top = max(0, round(x - MARGIN * width)), max(0, round(y - MARGIN * height))
    right, bottom = min(columns, round(x + (1 + MARGIN) * width)), min(rows, round(y + (1 + MARGIN) * height))
    return (left, top, right - left, bottom - top)


def _times(box: Region, scale: int) -> Region:
    return (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)
