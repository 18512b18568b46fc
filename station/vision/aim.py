"""Is a camera aimed well? A verdict per measure over several passes, one leading cause, and the change to make.

Pure: it judges measures (`station.vision.aim_measures`) and looks at no picture. Day and night are judged apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from station.core.camera_view import DIM_BELOW
from station.core.consensus import ACCEPT_FROM
from station.vision.aim_measures import LEAST_LETTERS, AimMeasures

Light = Literal["day", "night"]
Verdict = Literal["GOOD", "POOR", "BAD"]
Cause = Literal[
    "BURNT", "DARK", "GLARE", "HAZY", "MOTION", "UNSHARP", "SMALL", "LARGE", "HIGH", "LOW", "LEFT", "RIGHT", "ROLLED",
    "ASKEW", "STEEP", "NO_PLATE", "UNREAD",
]  # fmt: skip
Advice = Literal[
    "expose-less", "expose-more", "light-at-night", "shade", "clean", "shutter-shorter", "focus", "zoom-in", "zoom-out",
    "tilt-up", "tilt-down", "turn-left", "turn-right", "roll-clockwise", "roll-anticlockwise", "nearer-axis",
    "mount-lower", "show-plate", "look-at-pictures",
]  # fmt: skip

FEWEST: Final = 3
"""Passes below which nothing is said."""
USUAL_KMH: Final = 20


class Limit(NamedTuple):
    """A measure is POOR beyond `poor` and BAD beyond `bad`; below them where `bad` is the lower one."""

    poor: int
    bad: int

    def verdict(self, value: int) -> Verdict:
        sign = 1 if self.bad > self.poor else -1
        return "BAD" if sign * value > sign * self.bad else "POOR" if sign * value > sign * self.poor else "GOOD"


LIMITS: Final[dict[str, Limit]] = {
    "burnt": Limit(400, 650),
    "ground": Limit(45, 24),
    "glare": Limit(40, 90),
    "veil": Limit(500, 700),
    "smear": Limit(120, 180),
    "soft": Limit(130, 200),
    "letter": Limit(22, 17),
    "fill": Limit(350, 480),
    "top": Limit(250, 120),
    "bottom": Limit(250, 120),
    "left": Limit(250, 120),
    "right": Limit(250, 120),
    "roll": Limit(6, 12),
    "shear": Limit(9, 15),
    "narrow": Limit(840, 740),
    "flat": Limit(1170, 1320),
    "found": Limit(900, 500),
    "read": Limit(800, 500),
}
"""In the order in which things are put right: what stands above spoils the measures below it. Units: UNITS.

From the reader itself, on 24 drawn pictures per step (docs/decisions/0024-camera-aim.md): letters, smear, softness,
ground, and burnt where it is BAD; it is POOR where all the ground is white and the writing still stands. Roll and the
angle from the side are stricter than our reader, as makers of such systems ask; veil, fill and the room to the edges
are reserves.
"""

UNITS: Final[dict[str, str]] = {
    "burnt": "permille", "ground": "gray", "glare": "permille", "veil": "permille", "smear": "permille",
    "soft": "permille", "letter": "px", "fill": "permille", "top": "mm", "bottom": "mm",
    "left": "mm", "right": "mm", "roll": "degrees", "shear": "degrees", "narrow": "permille",
    "flat": "permille", "found": "permille", "read": "permille",
}  # fmt: skip

_CAUSES: Final[dict[str, Cause]] = {
    "burnt": "BURNT", "ground": "DARK", "glare": "GLARE", "veil": "HAZY", "smear": "MOTION", "soft": "UNSHARP",
    "letter": "SMALL", "fill": "LARGE", "top": "HIGH", "bottom": "LOW", "left": "LEFT", "right": "RIGHT",
    "roll": "ROLLED", "shear": "ASKEW", "narrow": "ASKEW", "flat": "STEEP", "found": "NO_PLATE", "read": "UNREAD",
}  # fmt: skip
_ADVICE: Final[dict[Cause, Advice]] = {
    "BURNT": "expose-less", "DARK": "expose-more", "GLARE": "shade", "HAZY": "clean", "MOTION": "shutter-shorter",
    "UNSHARP": "focus", "SMALL": "zoom-in", "LARGE": "zoom-out", "HIGH": "tilt-up", "LOW": "tilt-down",
    "LEFT": "turn-left", "RIGHT": "turn-right", "ROLLED": "roll-clockwise", "ASKEW": "nearer-axis",
    "STEEP": "mount-lower", "NO_PLATE": "show-plate", "UNREAD": "look-at-pictures",
}  # fmt: skip

_FLOOR = 20
"""Tenths of a pixel that the sharpest picture's edges are wide."""
_SOME_LETTERS = 2
_ONE_WAY = 1.2
"""A smear counts where it is so many times what blurs all ways; else it is the writing's own shape."""
_LETTER_MM = {1: 80, 2: 63}
_WANTED_LETTER, _WANTED_FILL = 32, 200
_BLACK, _WHITE = 12, 210
"""Means of a whole picture in which no plate is found for want of light, and for too much of it."""
_SHUTTERS = (30, 60, 125, 250, 500, 1000, 2000, 4000, 8000)


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure over the passes: its median and its extremes, the limits and the verdict on the median."""

    measure: str
    median: int
    least: int
    most: int
    limit: Limit
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """What to do. `amount`: the shutter as 1/amount s; the zoom in percent of now; degrees of roll; a share of the
    picture in permille for tilting and turning; else 0.
    """

    advice: Advice
    amount: int = 0


@dataclass(frozen=True, slots=True)
class AimReport:
    """What the passes in one light say. `cause` is "" and `change` None where nothing has to be changed.

    `width`, `height`: medians of the plate, px. `blur`: length in tenths of a px and direction in degrees, of MOTION.
    """

    light: Light
    passes: int
    found: int
    read: int
    width: int
    height: int
    blur: tuple[int, int]
    judged: tuple[Judged, ...]
    cause: Cause | Literal[""]
    change: Change | None


class TooFew(Exception):
    """Fewer passes than FEWEST in every light."""


def judge(
    passes: Sequence[AimMeasures], light: Light | None = None, speed_kmh: int = USUAL_KMH, shutter: int = 0
) -> tuple[AimReport, ...]:
    """A report for the day and one for the night, where at least FEWEST passes fell in it. Raises TooFew.

    `light` is what a person says; without it a picture whose mean is below DIM_BELOW is one of the night, as in the
    camera's health. `shutter`: the camera's present exposure as 1/shutter s, 0 if unknown.
    """
    groups: dict[Light, list[AimMeasures]] = {"day": [], "night": []}
    for one in passes:
        groups[light or ("night" if one.mean < DIM_BELOW else "day")].append(one)
    reports = tuple(_report(name, group, speed_kmh, shutter) for name, group in groups.items() if len(group) >= FEWEST)
    if not reports:
        raise TooFew
    return reports


def _report(light: Light, passes: list[AimMeasures], speed_kmh: int, shutter: int) -> AimReport:
    found = [one for one in passes if one.width]
    used = _plates(found)
    read = sum(one.confidence >= ACCEPT_FROM for one in passes)
    shares = {"found": 1000 * len(found) // len(passes), "read": 1000 * read // len(passes)}
    judged = [_judged(name, [_value(name, one) for one in used]) for name in LIMITS if used and name not in shares]
    judged += [_judged(name, [share]) for name, share in shares.items()]
    leading = _leading(judged)
    cause = _unseen(passes) if leading in ("NO_PLATE", "UNREAD") and 2 * len(found) < len(passes) else leading
    return AimReport(
        light=light,
        passes=len(passes),
        found=len(found),
        read=read,
        width=_median([one.width for one in used]),
        height=_median([one.height for one in used]),
        blur=(_median([one.smear for one in used]), _median([one.bearing for one in used])),
        judged=tuple(judged),
        cause=cause,
        change=_change(cause, light, used, speed_kmh, shutter) if cause else None,
    )


def _plates(found: list[AimMeasures]) -> list[AimMeasures]:
    """The finds that are likely plates: where the plate is spoilt, the surest find is often a lamp or a grille, which
    reads as nothing or as one letter.
    """
    for letters, least in ((LEAST_LETTERS, 2), (_SOME_LETTERS, 1)):
        legible = [one for one in found if len(one.text) >= letters]
        if len(legible) >= max(least, len(found) // 3):
            return legible
    return found


def _leading(judged: list[Judged]) -> Cause | Literal[""]:
    """The first BAD measure in the order of LIMITS, else the first POOR one; angles only after all others, since they
    are measured on a plate that is seen well or not at all.
    """
    wrong = [one for one in judged if one.verdict != "GOOD"]
    shares, angles = ("found", "read"), ("roll", "shear", "narrow", "flat")
    ranked = sorted(wrong, key=lambda one: (one.measure in shares, one.measure in angles, one.verdict != "BAD"))
    return _CAUSES[ranked[0].measure] if ranked else ""


def _unseen(passes: list[AimMeasures]) -> Cause:
    """Why no plate is found, as far as the whole pictures tell."""
    mean = _median([one.mean for one in passes if not one.width])
    return "DARK" if mean < _BLACK else "BURNT" if mean > _WHITE else "NO_PLATE"


def _judged(measure: str, values: list[int]) -> Judged:
    median = _median(values)
    worst = abs(median) if measure in ("roll", "shear") else median
    return Judged(measure, median, min(values), max(values), LIMITS[measure], LIMITS[measure].verdict(worst))


def _value(measure: str, one: AimMeasures) -> int:
    """One measure of one pass in its unit; blur as a share of the letters, room at the edges by their height in mm."""
    letter = max(1, one.letter)
    mm = _LETTER_MM[one.lines]
    return {
        "burnt": one.burnt,
        "ground": one.bright,
        "glare": one.glare,
        "veil": min(1000, 1000 * one.black // max(1, one.bright)),
        "smear": 100 * one.smear // letter if one.smear > _ONE_WAY * one.soft else 0,
        "soft": int(100 * math.sqrt(max(0, one.soft**2 - _FLOOR**2))) // letter,
        "letter": one.letter,
        "fill": 1000 * one.width // one.columns,
        "top": one.top * mm // letter,
        "bottom": one.bottom * mm // letter,
        "left": one.left * mm // letter,
        "right": one.right * mm // letter,
        "roll": one.lean,
        "shear": one.tilt - one.lean,
        "narrow": one.stretch,
        "flat": one.stretch,
    }[measure]


def _change(cause: Cause, light: Light, used: list[AimMeasures], speed_kmh: int, shutter: int) -> Change:
    advice = _ADVICE[cause]
    if not used:
        return Change("light-at-night" if cause == "DARK" and light == "night" else advice)
    match cause:
        case "DARK":
            return Change("light-at-night" if light == "night" else advice)
        case "MOTION":
            return Change(advice, _shutter(used, speed_kmh, shutter))
        case "SMALL":
            return Change(advice, 100 * _WANTED_LETTER // max(1, _median([one.letter for one in used])))
        case "LARGE":
            return Change(advice, 100 * _WANTED_FILL // max(1, _median([_value("fill", one) for one in used])))
        case "ROLLED":
            lean = _median([one.lean for one in used])
            return Change("roll-clockwise" if lean > 0 else "roll-anticlockwise", abs(lean))
        case "HIGH" | "LOW":
            return Change(advice, abs(_median([500 * (one.top - one.bottom) // one.rows for one in used])))
        case "LEFT" | "RIGHT":
            return Change(advice, abs(_median([500 * (one.left - one.right) // one.columns for one in used])))
        case _:
            return Change(advice)


def _shutter(used: list[AimMeasures], speed_kmh: int, shutter: int) -> int:
    """The usual shutter at which the smear stays within its limit, as 1/s.

    With the present one known, the smear falls with it. Without it the vehicle's way in that time must not exceed the
    limit, whichever way it goes: the letters are 63 or 80 mm high.
    """
    allowed = LIMITS["smear"].poor
    smear = _median([_value("smear", one) for one in used])
    if shutter:
        wanted = shutter * smear / allowed
    else:
        allowed_mm = allowed / 1000 * _median([_LETTER_MM[one.lines] for one in used])
        wanted = speed_kmh * 1_000_000 / 3600 / allowed_mm
    return next((one for one in _SHUTTERS if one >= wanted * 0.95), _SHUTTERS[-1])


def _median(values: list[int]) -> int:
    """The middle one, the lower of two; 0 of none."""
    return sorted(values)[(len(values) - 1) // 2] if values else 0
