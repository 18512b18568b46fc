"""Is the scanned container empty? What its walls, floor and roof do not explain is load. Advice, never a verdict.

Empty is what the site's template of known empty containers explains within its spread, the picture's noise and a small
error of place. A picture with a flaw proves nobody's container empty, but a load that shows through it is still told.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from drivers.contract.quantities import Permille
from station.vision.tensors import Region
from station.vision.xray_quality import OPAQUE, Flaw, Floats, Scan, read_scan
from station.vision.xray_template import Template, cells

Finding = Literal["EMPTY_LIKELY", "NOT_EMPTY", "CANNOT_TELL"]

LOAD_CELLS = 6
"""So many cells beside each other beyond explanation are load: about 11 x 16 cm in side view."""
_STRAY_CELLS = 2
"""So many may stand out in an empty container."""
_LOAD_SHARE = 0.005
_LEAST_EXCESS = 0.07
"""Attenuation, more than a patch of repair: 15 kg per square metre of side view at 2 MeV, where iron to water have
0.0043 to 0.0049 m2/kg (NIST)."""
_SURE = 5.0  # standard deviations
_LEAST_SPREAD = 0.01  # of attenuation: dose and gain drift between learning and check
_SHIFT = 0.25  # cells by which an edge may stand elsewhere, up and down
_BESIDE, _BESIDE_FLOOR = 3, 7  # cells of one row in whose midst an edge may stand; floor beams differ by maker
_FLOOR = 5  # rows of cells, with those beams
_STRETCH = 0.08  # the truck's speed
_THINNER = 0.05  # share of the cells that absorb less than the template's
_VOID: frozenset[Flaw] = frozenset({"size-differs", "unlike-template", "scan-stopped"})
"""With these the cells are not where the template has them."""


@dataclass(frozen=True, slots=True)
class Emptiness:
    """What a scan says of its container.

    `excess`: share of the cells that absorb more than is explained. `largest`: cells of the largest group of them, and
    `box` where it stands, in pixels of the file. `strongest`: the most excess attenuation within it, in thousandths.
    `opaque`: share of the container that nothing passes. `blind`: share that already an empty one hides. `noise`: in
    thousandths of attenuation from pixel to pixel. `flaws`: what is wrong with the picture.
    """

    finding: Finding
    excess: Permille
    largest: int
    box: Region
    strongest: int
    opaque: Permille
    blind: Permille
    noise: int
    flaws: tuple[Flaw, ...]


def check_scan(data: bytes, template: Template) -> Emptiness:
    """What a picture of a scan says against the template of its site and length. Raises PictureUnfit."""
    return compare(read_scan(data, template.height), template)


def compare(scan: Scan, template: Template) -> Emptiness:
    """As `check_scan`, of a scan that was read with the template's height."""
    blind = Permille(round(1000 * template.blind))
    noise = round(1000 * scan.noise)
    if scan.place is None:
        return Emptiness("CANNOT_TELL", Permille(0), 0, (0, 0, 0, 0), 0, scan.opaque, blind, noise, scan.flaws)
    flaws = list(scan.flaws)
    stretch = (scan.place.right - scan.place.left) / (scan.place.bottom - scan.place.top)
    if abs(stretch / template.stretch - 1) > _STRETCH:
        flaws.append("size-differs")
    beyond, is_thinner = _beyond(scan, template)
    if float(np.mean(is_thinner)) > _THINNER:
        flaws.append("unlike-template")
    largest, box, strongest = _largest(beyond)
    share = float(np.mean(beyond > 0))
    finding: Finding = "CANNOT_TELL"
    if _VOID & set(flaws):
        pass
    elif largest >= LOAD_CELLS or share >= _LOAD_SHARE:
        finding = "NOT_EMPTY"
    elif largest <= _STRAY_CELLS and not flaws:
        finding = "EMPTY_LIKELY"
    return Emptiness(
        finding,
        Permille(round(1000 * share)),
        largest,
        _in_file(box, scan, template.feet),
        round(1000 * strongest),
        scan.opaque,
        blind,
        noise,
        tuple(flaws),
    )


def _beyond(scan: Scan, template: Template) -> tuple[Floats, Floats]:
    """Excess attenuation per cell, 0 where it is explained; and which cells absorb less than is explained."""
    if scan.place is None:
        raise ValueError("a scan without a container has no cells")
    grid = cells(scan, template.feet)
    area = (scan.place.bottom - scan.place.top) * (scan.place.right - scan.place.left) / grid.size
    spread = np.maximum(template.spread, _LEAST_SPREAD)
    allowed = _SURE * np.sqrt(spread**2 + scan.noise**2 / max(area, 1.0)) + _SHIFT * _steps(template.median)
    allowed = np.maximum(allowed, _LEAST_EXCESS)
    most, least = _extremes(template.median)
    excess = grid - most
    is_load = (excess > allowed) & (template.median < OPAQUE)
    is_thinner = (least - grid > allowed) & (template.median < OPAQUE)
    return np.where(is_load, excess, np.float32(0)).astype(np.float32), is_thinner.astype(np.float32)


def _extremes(median: Floats) -> tuple[Floats, Floats]:
    """The most and the least of each cell and those beside it."""
    told = []
    for extreme in (cv2.dilate, cv2.erode):
        near, far = (
            np.asarray(extreme(median, np.ones((1, cells), np.uint8)), np.float32) for cells in (_BESIDE, _BESIDE_FLOOR)
        )
        told.append(np.concatenate((near[:-_FLOOR], far[-_FLOOR:])))
    return told[0], told[1]


def _steps(median: Floats) -> Floats:
    """The larger difference of each cell to the cell above and below."""
    down = np.abs(np.diff(median, axis=0))
    edge = np.zeros((1, median.shape[1]), np.float32)
    return np.asarray(np.maximum(np.concatenate((down, edge)), np.concatenate((edge, down))), np.float32)


def _largest(beyond: Floats) -> tuple[int, Region, float]:
    """Cells, box in cells and most excess of the largest group of cells beyond explanation."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((beyond > 0).astype(np.uint8), connectivity=8)
    if count < 2:
        return 0, (0, 0, 0, 0), 0.0
    at = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, width, height, cells_in = (int(value) for value in stats[at])
    return cells_in, (x, y, width, height), float(beyond[labels == at].max())


def _in_file(box: Region, scan: Scan, feet: int) -> Region:
    """A box of cells as pixels of the file."""
    if scan.place is None or box[2] == 0:
        return (0, 0, 0, 0)
    rows, columns = cells(scan, feet).shape
    wide = scan.shrink * (scan.place.right - scan.place.left) / columns
    high = scan.shrink * (scan.place.bottom - scan.place.top) / rows
    x, y = scan.shrink * scan.place.left + box[0] * wide, scan.shrink * scan.place.top + box[1] * high
    return (round(x), round(y), round(box[2] * wide), round(box[3] * high))
