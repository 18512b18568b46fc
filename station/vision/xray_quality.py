"""What one X-ray picture of a container is worth: where the container stands, how much it absorbs, what spoils it.

The picture shows transmission: its values are proportional to the rays that arrive, bright is air. Air beside the
container gives each detector element's gain, air above it each pulse's dose; what is left is attenuation by Beer and
Lambert, -ln(I / I0), and attenuations of things behind each other add up. A picture whose values were bent for the eye
is still compared with others bent alike, only its thresholds are no physics any more.
"""

from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.quantities import Permille
from station.vision.tensors import decode_deep

Floats = NDArray[np.float32]
Slices = slice | tuple[slice, slice]

Flaw = Literal[
    "air-missing", "air-clipped", "scan-dark", "container-not-whole", "scan-noisy", "detector-stripes", "scan-stopped",
    "size-differs", "unlike-template", "little-passes",
]  # fmt: skip
"""Why a picture cannot prove a container empty."""

OPAQUE = 4.0
"""Attenuation from which on nothing more is told: 2 % of the rays, 5 of 255 steps."""

_MOST_ROWS = 1_000
_LEAST_AIR = 8  # columns or rows
_LEAST_SIDE = 64  # pixels: less is no picture of a container
_DARK = 0.15  # of full scale, in air
_CLIPPED = 0.5  # share of the air's pixels at full scale
_PRESENT = 0.06  # attenuation; two steel walls of 1.6 mm absorb 0.1 at 2 MeV
_ROOF_SHARE = 0.35  # of the columns; a container fills more of any scan
_DEAD = 0.5  # of the gain of the other elements
_DRIFT = 0.06  # logarithm of an element's gain, before against after
_BAD_ELEMENTS = 0.02
_STILL = 0.2  # of the usual difference of neighbouring columns
_STILL_RUN = 6  # columns; the object stood
_NOISY = 0.25  # of attenuation, per pixel behind the walls
_NORMAL = 1.4826  # standard deviation of a normal distribution by its median absolute deviation
_LITTLE = 0.5  # share of the picture's container that lets nothing through


class Place(NamedTuple):
    """Rows and columns of the container in the working picture; bottom and right are the first beyond."""

    top: int
    bottom: int
    left: int
    right: int


class Scan(NamedTuple):
    """Attenuation of the whole working picture, where the container stands in it, and its quality.

    `shrink`: by how much the working picture is smaller than the file's. `noise`: standard deviation of attenuation
    from pixel to pixel within the container. `opaque`: share of the container that nothing passes.
    """

    attenuation: Floats
    place: Place | None
    shrink: int
    noise: float
    opaque: Permille
    flaws: tuple[Flaw, ...]


def read_scan(data: bytes, height: int = 0) -> Scan:
    """A JPEG or PNG, 8 or 16 bits. `height`: rows of the container where a template knows them, else 0.

    Raises PictureUnfit for a file that is no sound picture; what is wrong with a sound one is a flaw.
    """
    deep = decode_deep(data)
    full = float(np.iinfo(deep.dtype).max)
    stood = _stood(deep)
    rays = np.asarray(deep, np.float32) / np.float32(full)
    shrink = -(-rays.shape[0] // _MOST_ROWS)
    if shrink > 1:
        size = (max(1, rays.shape[1] // shrink), rays.shape[0] // shrink)
        rays = np.asarray(cv2.resize(rays, size, interpolation=cv2.INTER_AREA), np.float32)
    least = 0.5 / full
    if min(rays.shape) < _LEAST_SIDE:
        return _useless(rays, shrink, "container-not-whole")
    if flaw := _spoilt(rays, 1 - 1 / full):
        return _useless(rays, shrink, flaw)
    edge = np.s_[:, :_LEAST_AIR], np.s_[:, -_LEAST_AIR:], np.s_[:_LEAST_AIR]
    even = np.asarray(cv2.blur(_levelled(rays, *edge)[0], (5, 5)), np.float32)
    place, flaw = _place(_attenuation(even, least), height)
    if place is None:
        return _useless(rays, shrink, flaw or "container-not-whole")
    flaws: list[Flaw] = []
    edge = np.s_[:, : place.left - 2], np.s_[:, place.right + 2 :], np.s_[: place.top - 2]
    rays, is_bad = _levelled(rays, *edge)
    if float(np.mean(is_bad[: place.bottom])) > _BAD_ELEMENTS:
        flaws.append("detector-stripes")
    attenuation = _attenuation(rays, least)
    inside = attenuation[place.top : place.bottom, place.left : place.right]
    noise = _noise(inside)
    opaque = float(np.mean(inside > OPAQUE))
    told: tuple[tuple[Flaw, bool], ...] = (
        ("scan-stopped", stood), ("scan-noisy", noise > _NOISY), ("little-passes", opaque > _LITTLE)
    )  # fmt: skip
    flaws += [name for name, is_so in told if is_so]
    return Scan(attenuation, place, shrink, noise, Permille(round(1000 * opaque)), tuple(flaws))


def _useless(rays: Floats, shrink: int, flaw: Flaw) -> Scan:
    return Scan(rays, None, shrink, 0.0, Permille(0), (flaw,))


def _attenuation(share: Floats, least: float) -> Floats:
    """-ln of the share of the air's rays, 0 to a little beyond OPAQUE for 8 bits and for 16 alike."""
    return np.asarray(np.minimum(-np.log(np.maximum(share, np.float32(least))), np.float32(OPAQUE + 1)), np.float32)


def _spoilt(rays: Floats, brightest: float) -> Flaw | None:
    """What is wrong with the air in the upper corners, or that an edge shows none: the container is cut off."""
    corners = np.concatenate((rays[:_LEAST_AIR, :_LEAST_AIR], rays[:_LEAST_AIR, -_LEAST_AIR:]))
    air = float(np.median(corners))
    if air < _DARK:
        return "scan-dark"
    if float(np.mean(corners >= brightest)) > _CLIPPED:
        return "air-clipped"
    if float(np.median(np.abs(corners - air))) > _NOISY * air / _NORMAL:
        return "scan-noisy"
    rows, columns = rays.shape
    sides = rays[rows // 3 : rows * 2 // 3, :_LEAST_AIR], rays[rows // 3 : rows * 2 // 3, -_LEAST_AIR:]
    cut = [-np.log(max(float(np.median(side)), 1e-4) / air) > _PRESENT for side in sides]
    if all(cut):
        return "air-missing"
    above = float(np.median(rays[:_LEAST_AIR, columns // 3 : columns * 2 // 3]))
    return "container-not-whole" if any(cut) or -np.log(max(above, 1e-4) / air) > _PRESENT else None


def _place(absorbed: Floats, height: int) -> tuple[Place | None, Flaw | None]:
    """Roof and ends by the first that absorbs; the floor's lower side by the steepest fall of the rows' median.

    The scanner starts behind the cab, so that air stands at both ends, and the picture shows air above the roof.
    """
    rows = absorbed.shape[0]
    roof = np.flatnonzero(np.mean(absorbed > _PRESENT, axis=1) >= _ROOF_SHARE)
    if roof.size == 0 or roof[0] < _LEAST_AIR:
        return None, "container-not-whole"
    top = int(roof[0])
    body = absorbed[top + (rows - top) // 10 : top + (rows - top) // 2]
    filled = np.flatnonzero(np.mean(body, axis=0) > _PRESENT) if body.size else np.array([], np.intp)
    if filled.size < _LEAST_SIDE:
        return None, "container-not-whole"
    left, right = int(filled[0]), int(filled[-1]) + 1
    across = np.median(absorbed[:, left:right], axis=1)
    fall = np.zeros(rows)
    fall[2:-2] = across[:-4] - across[4:]
    first, last = (
        (top + int(0.95 * height), top + int(1.05 * height)) if height else (top + (rows - top) // 2, rows - 2)
    )
    last = min(last, rows - 2)
    if first >= last or fall[first:last].max() < 0.5:
        return None, "size-differs" if height else "container-not-whole"
    return Place(top, first + int(fall[first:last].argmax()) + 1, left, right), None


def _levelled(rays: Floats, left: Slices, right: Slices, above: Slices) -> tuple[Floats, NDArray[np.bool_]]:
    """Rays as a share of air, by element and by pulse, where `left`, `right` and `above` are only air; and which
    elements are dead, so that they show their neighbour's rays instead, or drift.
    """
    before, after = (np.maximum(np.median(rays[part], axis=1), 1e-4) for part in (left, right))
    gain = (before + after) / 2
    is_dead = gain < _DEAD * np.median(gain)
    is_bad = is_dead | (np.abs(np.log(before / after)) > _DRIFT)
    level = rays / np.asarray(gain, np.float32)[:, np.newaxis]
    for row in np.flatnonzero(is_dead):
        level[row] = level[_nearest_alive(is_dead, int(row))]
    pulse = np.maximum(np.median(level[above], axis=0), 1e-4)
    return np.asarray(level / pulse, np.float32), is_bad


def _nearest_alive(is_dead: NDArray[np.bool_], row: int) -> int:
    alive = np.flatnonzero(~is_dead)
    return int(alive[np.abs(alive - row).argmin()])


def _noise(inside: Floats) -> float:
    """By differences of neighbours, one above the other, where most often only walls absorb."""
    seen = inside[inside.shape[0] // 4 : inside.shape[0] // 2]
    steps = np.diff(seen, axis=0)
    return float(_NORMAL * np.median(np.abs(steps - np.median(steps))) / np.sqrt(2))


def _stood(deep: NDArray[np.uint8] | NDArray[np.uint16]) -> bool:
    """Whether columns repeat: the truck stood, or the scanner's buffer ran over. Noise makes no column twice."""
    if deep.shape[1] < _LEAST_SIDE:
        return False
    differs = np.asarray(cv2.absdiff(deep[:, 1:], deep[:, :-1])).mean(axis=0)
    if np.median(differs) == 0:
        return False
    still = differs < _STILL * np.median(differs)
    run = longest = 0
    for is_still in still:
        run = run + 1 if is_still else 0
        longest = max(longest, run)
    return longest >= _STILL_RUN
