"""What one picture says of its camera, whatever stands before it: how sharp, how bright, which edges where.

Nothing here judges. What a measure is worth depends on the camera, so the core compares it with what it has learned
of that camera (`station.core.camera_view`). All measures are integers or hex, small enough to be a fact of the journal.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from drivers.contract.readings import EDGE_COLUMNS, EDGE_ROWS
from station.vision.tensors import Gray

COLUMNS, ROWS = 640, 360
"""Every picture is measured at this size: half of 720p, so that sensor noise and the codec's blocks weigh little."""

_DARK, _BURNT = 16, 250
_FAINTEST = 0.12
"""Least contrast of an edge, as a difference of logarithms: about an eighth of the light beside it."""
_LIFTED = 8.0
"""Gray values added before the logarithm, so that the noise of black is no edge."""
_OUTSTANDING = 1.25
"""By how much an edge stands out of its surroundings; else a truck's grille would be one large edge."""
_SURROUNDINGS = (9, 9)
_FOUND = 6.0
"""Gray values per pixel of the quarter-size picture from which on a slope is an edge and no noise."""
_FEWEST = 40
_NEIGHBOURS, _BLOCK = np.ones((3, 3), np.uint8), np.ones((4, 4), np.uint8)

Floats = NDArray[np.float32]


class ViewMeasures(NamedTuple):
    """The measures of one picture; each field as in the reading `ViewMeasured`."""

    sharpness: Permille
    mean: int
    contrast: int
    dark: Permille
    burnt: Permille
    edges: str


def measure_view(gray: Gray) -> ViewMeasures:
    """The measures of a gray picture of any size, shape (rows, columns); it is stretched to 640x360 first."""
    picture = _shrunk(gray)
    tones = np.cumsum(cv2.calcHist([picture], [0], None, [256], [0, 256]).ravel()).astype(np.int64)
    low, high = (int(np.searchsorted(tones, share * picture.size)) for share in (0.05, 0.95))
    return ViewMeasures(
        sharpness=_sharpness(picture),
        mean=int(cv2.mean(picture)[0]),
        contrast=high - low,
        dark=_share(int(tones[_DARK - 1]), picture.size),
        burnt=_share(picture.size - int(tones[_BURNT - 1]), picture.size),
        edges=_edges(picture),
    )


def _shrunk(gray: Gray) -> Gray:
    """640x360. Halving by area is quick; only the last step is interpolated."""
    picture = gray
    while picture.shape[0] >= 2 * ROWS and picture.shape[1] >= 2 * COLUMNS:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    if picture.shape == (ROWS, COLUMNS):
        return picture
    return np.asarray(cv2.resize(picture, (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR), np.uint8)


def _share(count: int, of: int) -> Permille:
    return Permille(count * 1000 // of)


def _sharpness(picture: Gray) -> Permille:
    """How steep an edge is at full size against the same edge at a quarter of it, over all places that have one.

    A step keeps both alike, whatever its contrast, so that neither night nor haze counts as blur; out of focus it keeps
    only the coarse slope. A quarter of the places may show something soft by nature, as the halo of a lamp. 0: no edge.
    """
    coarse = np.asarray(cv2.resize(picture, (COLUMNS // 4, ROWS // 4), interpolation=cv2.INTER_AREA), np.uint8)
    gentle = np.asarray(cv2.dilate(_slope(coarse), _NEIGHBOURS), np.float32)
    steep = np.asarray(cv2.dilate(_slope(picture), _BLOCK)[2::4, 2::4], np.float32)
    has_edge = gentle > _FOUND
    if np.count_nonzero(has_edge) < _FEWEST:
        return Permille(0)
    return Permille(int(1000 * np.quantile(steep[has_edge] / gentle[has_edge], 0.75)))


def _edges(picture: Gray) -> str:
    """A bit for each of the 64 x 36 cells, row by row from the upper left: does an edge run through it?

    Slopes of the logarithm: what the light multiplies it does not change. Only what stands out of its surroundings.
    """
    size = (2 * EDGE_COLUMNS, 2 * EDGE_ROWS)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    slope = _slope(np.log(small + np.float32(_LIFTED)))
    cells = slope.reshape(EDGE_ROWS, 2, EDGE_COLUMNS, 2).max(axis=(1, 3))
    around = np.asarray(cv2.blur(cells, _SURROUNDINGS), np.float32)
    return np.packbits((cells > _FAINTEST) & (cells > _OUTSTANDING * around)).tobytes().hex()


def _slope(tones: Gray | Floats) -> Floats:
    """The size of the gradient at each place, per pixel, by Sobel's differences."""
    across = cv2.Sobel(tones, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(tones, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.magnitude(across, down), np.float32)
