"""Drawn gate pictures of plates of every colour under light that is not white, in the dark and without colour.

The light is put on in linear values, as it falls: a warm one takes from the blue and gives to the red, a cold one the
other way, by so many hundredths of a natural log each. What comes out is packed as a camera packs it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.readings import PlateColour
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.plate_colour import colour_in

Light = Literal["white", "warm", "cold", "dim", "sodium", "infrared", "infrared, tinted"]
LIGHTS: tuple[Light, ...] = get_args(Light)
COLOURLESS: Final[tuple[Light, ...]] = ("sodium", "infrared", "infrared, tinted")

STRENGTHS: dict[Light, tuple[int, ...]] = {
    "white": (0,),
    "warm": (20, 40, 80),
    "cold": (20, 40, 80),
    "dim": (50, 80, 95),
    "sodium": (100,),
    "infrared": (100,),
    "infrared, tinted": (100,),
}
"""Hundredths of a log for warm and cold light, percent of the light taken away for dim."""

COLOURS: tuple[PlateColour, ...] = ("WHITE", "YELLOW", "BLUE", "RED", "GREEN", "BLACK")
_PLATES: dict[PlateColour, str] = {
    "WHITE": "29C12345",
    "YELLOW": "12C04567",
    "BLUE": "80A12345",
    "RED": "KA1234",
    "GREEN": "29C06789",
    "BLACK": "29C13579",
}
_GAMMA = 2.2
_NOISE = 2.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `n` plates under one light: named rightly, named wrongly, the others UNSURE."""

    light: Light
    strength: int
    n: int
    right: int
    wrong: int


def tallies(n: int, lights: tuple[Light, ...] = LIGHTS) -> Iterator[Tally]:
    """One tally for each light and strength, `n` plates of each colour."""
    for light in lights:
        for strength in STRENGTHS[light]:
            said = [
                (colour, colour_in(lit(colour, seed, light, strength), PLATE_REGION).colour)
                for colour in COLOURS
                for seed in range(n)
            ]
            right = sum(true == seen for true, seen in said)
            wrong = sum(seen not in ("UNSURE", true) for true, seen in said)
            yield Tally(light, strength, len(said), right, wrong)


def lit(colour: PlateColour, seed: int, light: Light, strength: int) -> bytes:
    """A JPEG of a truck whose plate has that ground, on one or two lines, in that light."""
    lines = 1 + random.Random(f"{seed} {colour}").randrange(2)
    drawn = gate_picture(_PLATES[colour], seed=seed, condition="clear", lines=lines, colour=colour)
    picture = cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR)
    linear = ((np.asarray(picture, np.float32) / 255) ** _GAMMA).astype(np.float32)
    seen = 255 * np.clip(_in_light(linear, light, strength), 0, 1) ** (1 / _GAMMA)
    if light != "white":
        noise = np.random.default_rng(seed).standard_normal(seen.shape[:2], np.float32) * _NOISE
        seen = seen + noise[:, :, np.newaxis]
    done, packed = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise ValueError("OpenCV cannot write this picture as JPEG")
    return packed.tobytes()


def _in_light(linear: NDArray[np.float32], light: Light, strength: int) -> NDArray[np.float32]:
    """Blue, green, red."""
    tint = strength / 100
    gray = linear @ np.array([0.11, 0.59, 0.30], np.float32)
    match light:
        case "white":
            return linear
        case "warm":
            return linear * np.exp(np.array([-tint, 0, tint / 2], np.float32))
        case "cold":
            return linear * np.exp(np.array([tint / 2, 0, -tint], np.float32))
        case "dim":
            return linear * np.float32(1 - tint)
        case "sodium":  # one yellow line: whatever it falls on is only lighter or darker
            return gray[:, :, np.newaxis] * np.array([0.08, 0.6, 1.0], np.float32)
        case "infrared":
            return np.repeat(gray[:, :, np.newaxis], 3, axis=2)
        case "infrared, tinted":
            return gray[:, :, np.newaxis] * np.array([1.0, 0.82, 0.95], np.float32)
