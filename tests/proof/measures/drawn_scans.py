"""X-ray scans of containers by Beer and Lambert: areal mass along each ray, absorbed, counted, read out.

Side view at 1 cm per pixel, rays all level (a real fan is spread; its picture of an empty container differs, which is
why the site learns its own). Mass attenuation 0.0045 m2/kg: between iron (0.00427) and carbon (0.00444) or water
(0.00494) at 2 MeV, NIST; about the mean energy of a 6 MV accelerator.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

MASS_ATTENUATION = 0.0045  # m2/kg
PIXEL_M = 0.01
STEEL, WOOD = 7_850.0, 700.0  # kg/m3
WIDTH_M = 2.35
AIR, ABOVE, BELOW = 70, 40, 60  # pixels around the container
HEIGHT = 259
LENGTH = {20: 606, 40: 1219}

Mass = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Load:
    """A box of cargo: place within the container in metres from front and floor, side view size, and mass in kg."""

    at_m: float
    up_m: float
    length_m: float
    high_m: float
    kg: float


def container(rng: np.random.Generator, feet: int = 40) -> Mass:
    """kg/m2 along each ray through one empty container; no two are quite alike (wear, repairs, makers)."""
    rows, columns = HEIGHT, LENGTH[feet]
    wall = 2 * rng.uniform(0.0016, 0.0018) * STEEL
    period = rng.choice([26.0, 28.0])
    wave = np.sin(2 * np.pi * (np.arange(columns) + rng.uniform(0, period)) / period)
    mass: Mass = np.tile(wall * (1 + 0.12 * np.maximum(wave, 0)), (rows, 1))
    mass[:2] = 0.002 / PIXEL_M * WIDTH_M * STEEL / 2 + wall  # roof, edge on
    mass[:8] += 0.004 * 2 * STEEL  # upper side rails
    mass[-3:] += WIDTH_M * WOOD  # plywood
    mass[-16:] += 0.0045 * 2 * STEEL  # lower side rails
    for beam in range(int(rng.integers(12, 24)), columns - 16, 30):
        mass[-15:-3, beam : beam + 4] += 0.045 * STEEL * WIDTH_M / 2  # cross members
    mass[:, :8] += 0.006 * 4 * STEEL  # corner posts
    mass[:, -8:] += 0.006 * 4 * STEEL
    mass[:, 8:11] += 0.0016 / 0.03 * WIDTH_M * STEEL  # front wall, edge on
    mass[:, -14:-8] += 0.002 / 0.06 * WIDTH_M * STEEL + 0.004 * STEEL  # doors, bars
    for _ in range(int(rng.integers(0, 3))):  # patches
        x, y = int(rng.integers(30, columns - 80)), int(rng.integers(30, rows - 80))
        mass[y : y + 20, x : x + 30] += rng.uniform(0.3, 1.0) * 0.0016 * STEEL
    return mass


def loaded(mass: Mass, load: Load) -> Mass:
    """The same container with a load; what the ray meets is its mass over its side view."""
    rows, columns = mass.shape
    x, bottom = round(load.at_m / PIXEL_M), rows - 18 - round(load.up_m / PIXEL_M)
    wide, high = max(1, round(load.length_m / PIXEL_M)), max(1, round(load.high_m / PIXEL_M))
    more = mass.copy()
    right, top = min(columns, x + wide), max(0, bottom - high)
    more[top:bottom, x:right] += load.kg / (load.length_m * load.high_m)
    return more


@dataclass(frozen=True, slots=True)
class Scanner:
    """`photons`: per pixel in air. `speed`: truck's against the nominal; `sway`: how much it changes under way."""

    photons: float = 20_000
    deep: bool = True
    gain_spread: float = 0.03
    pulse_spread: float = 0.02
    speed: float = 1.0
    sway: float = 0.0
    jitter: float = 0.5


def scan(mass: Mass, scanner: Scanner, rng: np.random.Generator) -> NDArray[np.uint16] | NDArray[np.uint8]:
    """The picture: absorbed, blurred by the focal spot, counted, with each element's gain and each pulse's dose."""
    moved = _moved(np.exp(-MASS_ATTENUATION * _in_the_yard(mass)), scanner, rng)
    rays = cv2.GaussianBlur(moved, (0, 0), 0.7)
    counts = rng.poisson(np.maximum(rays, 0) * scanner.photons) / scanner.photons
    gain = rng.normal(1, scanner.gain_spread, (rays.shape[0], 1))
    dose = rng.normal(1, scanner.pulse_spread, (1, rays.shape[1]))
    full = 65_535 if scanner.deep else 255
    values = np.clip(0.8 * counts * gain * dose * full, 0, full)
    return np.asarray(values, np.uint16) if scanner.deep else np.asarray(np.round(values), np.uint8)


def packed(picture: NDArray[np.uint16] | NDArray[np.uint8], ending: str = ".png") -> bytes:
    done, data = cv2.imencode(ending, picture, [cv2.IMWRITE_PNG_COMPRESSION, 1] if ending == ".png" else [])
    assert done
    return bytes(data)


def _in_the_yard(mass: Mass) -> Mass:
    """Air around, the trailer's rails and axles below."""
    yard = np.pad(mass, ((ABOVE, BELOW), (AIR, AIR)))
    rails = yard[ABOVE + mass.shape[0] + 2 :]
    rails[:20, AIR // 2 :] += 0.008 * 2 * STEEL
    for axle in (0.70, 0.80, 0.90):
        x = int(yard.shape[1] * axle)
        rails[10:, x - 20 : x + 20] += 120
    return yard


def _moved(rays: Mass, scanner: Scanner, rng: np.random.Generator) -> Mass:
    """The truck's speed stretches the picture; sways of it a little here and there; it stands by half a pixel else."""
    rows, columns = rays.shape
    wide = round(columns / scanner.speed)
    at = np.linspace(0, 1, wide)
    bend = scanner.sway * np.sin(2 * np.pi * (at + rng.uniform())) / (2 * np.pi)
    bend -= bend[0] + (bend[-1] - bend[0]) * at
    x = ((at + bend) * (columns - 1) + rng.normal(0, scanner.jitter))[np.newaxis].repeat(rows, 0)
    y = (np.arange(rows) + rng.normal(0, scanner.jitter))[:, np.newaxis].repeat(wide, 1)
    at_columns, at_rows = x.astype(np.float32), y.astype(np.float32)
    moved = cv2.remap(rays, at_columns, at_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float64)
