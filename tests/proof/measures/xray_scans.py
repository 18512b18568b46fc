"""How often a load is found in drawn scans, by its mass and place; how often an empty container is called loaded."""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from station.vision.xray_empty import Emptiness, check_scan
from station.vision.xray_quality import read_scan
from station.vision.xray_template import Template, learned
from tests.proof.measures import drawn_scans as draw
from tests.proof.measures.drawn_scans import Load, Scanner

FEET = 20
LEARNED_FROM = 10
Picture = NDArray[np.uint16] | NDArray[np.uint8]

LOADS: dict[str, tuple[Load, ...]] = {
    "pallet 1.2 x 1.0 m of 500 kg": (Load(2, 0, 1.2, 1.0, 500),),
    "four sparse boxes of 8 kg": tuple(Load(1 + at, 0, 0.4, 0.4, 8) for at in range(4)),
    "parcel 30 x 20 cm of 0.5 kg": (Load(3, 0.6, 0.3, 0.2, 0.5),),
    "parcel 30 x 20 cm of 1 kg": (Load(3, 0.6, 0.3, 0.2, 1),),
    "parcel 30 x 20 cm of 2 kg": (Load(3, 0.6, 0.3, 0.2, 2),),
    "parcel 30 x 20 cm of 5 kg": (Load(3, 0.6, 0.3, 0.2, 5),),
    "dense parcel 10 x 10 cm of 2 kg": (Load(4, 0.4, 0.1, 0.1, 2),),
    "dense parcel 20 x 10 cm of 2 kg": (Load(4, 0.4, 0.2, 0.1, 2),),
    "boards on the floor, 1 cm": (Load(1, 0, 4, 0.01, 4 * 2.3 * 0.01 * draw.WOOD),),
    "boards on the floor, 2 cm": (Load(1, 0, 4, 0.02, 4 * 2.3 * 0.02 * draw.WOOD),),
    "boards on the floor, 4 cm": (Load(1, 0, 4, 0.04, 4 * 2.3 * 0.04 * draw.WOOD),),
    "pack in the front wall, 8 x 30 cm of 5 kg": (Load(0.08, 1.0, 0.08, 0.3, 5),),
    "pack in the front wall, 20 x 60 cm of 10 kg": (Load(0.08, 1.0, 0.20, 0.6, 10),),
    "pack under the roof, 60 x 6 cm of 3 kg": (Load(3, 2.3, 0.6, 0.06, 3),),
    "pack under the roof, 60 x 10 cm of 10 kg": (Load(3, 2.25, 0.6, 0.1, 10),),
}
MUST_FIND = ("pallet 1.2 x 1.0 m of 500 kg", "four sparse boxes of 8 kg", "parcel 30 x 20 cm of 5 kg")


@dataclass(frozen=True, slots=True)
class Tally:
    """Of n scans: how many were called NOT_EMPTY, how many EMPTY_LIKELY; the others cannot be told."""

    what: str
    n: int
    loaded: int
    empty: int


@dataclass(frozen=True, slots=True)
class Named:
    """Of n spoilt pictures of an empty container: how often the flaw was named, how often it was called empty."""

    flaw: str
    n: int
    named: int
    empty: int


@functools.cache
def template(deep: bool = True) -> Template:
    """Learned from other containers than the measured ones."""
    rng = np.random.default_rng(70)
    shots = [shot(rng, deep=deep) for _ in range(LEARNED_FROM)]
    return learned([(hashlib.sha256(data).hexdigest(), read_scan(data)) for data in shots], FEET)


def shot(rng: np.random.Generator, loads: tuple[Load, ...] = (), *, deep: bool = True) -> bytes:
    """A scan of a container of its own, the truck a little slower or faster, 16 bits as PNG or 8 bits as JPEG."""
    return draw.packed(picture(rng, loads, deep=deep), ".png" if deep else ".jpg")


def picture(rng: np.random.Generator, loads: tuple[Load, ...] = (), *, deep: bool = True) -> Picture:
    mass = draw.container(rng, FEET)
    for load in loads:
        mass = draw.loaded(mass, load)
    return draw.scan(mass, Scanner(speed=rng.uniform(0.98, 1.02), sway=0.01, deep=deep), rng)


def tally(what: str, loads: tuple[Load, ...], n: int, *, deep: bool = True) -> Tally:
    rng = np.random.default_rng([71, *what.encode()])
    found = [check_scan(shot(rng, loads, deep=deep), template(deep)).finding for _ in range(n)]
    return Tally(what, n, found.count("NOT_EMPTY"), found.count("EMPTY_LIKELY"))


def spoilt(flaw: str, n: int) -> Named:
    rng = np.random.default_rng([72, *flaw.encode()])
    found: list[Emptiness] = []
    for _ in range(n):
        told = SPOIL[flaw](picture(rng), rng)
        found.append(check_scan(draw.packed(told), template()))
    named = sum(flaw in one.flaws for one in found)
    return Named(flaw, n, named, sum(one.finding == "EMPTY_LIKELY" for one in found))


def _striped(told: Picture, rng: np.random.Generator) -> Picture:
    """Elements that drift during the scan, some that are dead."""
    drift = rng.normal(0, 0.15, (told.shape[0], 1)) * np.linspace(0, 1, told.shape[1])
    return np.asarray(np.clip(told * (1 + drift), 0, 65_535), np.uint16)


def _stopped(told: Picture, rng: np.random.Generator) -> Picture:
    at = int(rng.integers(150, 450))
    return np.concatenate((told[:, :at], np.repeat(told[:, at : at + 1], 25, axis=1), told[:, at:]), axis=1)


def _noisy(told: Picture, rng: np.random.Generator) -> Picture:
    return np.clip(told * rng.normal(1, 0.4, told.shape), 0, 65_535).astype(np.uint16)


def _squeezed(told: Picture, rng: np.random.Generator) -> Picture:
    """The truck went faster than it may."""
    step = int(rng.integers(2, 6))
    return told[:, np.arange(told.shape[1]) % step > 0]


SPOIL: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "air-missing": lambda told, _: told[:, draw.AIR + 5 : -draw.AIR - 5],
    "container-not-whole": lambda told, rng: told[:, : -draw.AIR - int(rng.integers(20, 200))],
    "air-clipped": lambda told, _: np.clip(told.astype(np.float64) * 1.5, 0, 65_535).astype(np.uint16),
    "scan-dark": lambda told, rng: (told * rng.uniform(0.02, 0.1)).astype(np.uint16),
    "detector-stripes": _striped,
    "scan-stopped": _stopped,
    "scan-noisy": _noisy,
    "size-differs": _squeezed,
}
"""How an empty container's picture is spoilt, by the flaw that must be named."""
