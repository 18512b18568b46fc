"""The figures of an evaluation: shares with their interval, precision against coverage, times. Pure."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["%", "ms", "MiB", ""]
Labels = Literal["", "published", "corrected"]
"""Which labels a figure was measured against; "" where labels play no part."""

_Z = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an evaluation.

    `section`, `what` and `why` are keys of the commands' phrases, `of` names the set or threshold it is about. `value`
    is None where nothing was measured; `why` then says why. `low` and `high` bound a share (95 %, Wilson), else None.
    """

    section: str
    what: str
    of: str
    labels: Labels
    n: int
    value: float | None
    low: float | None
    high: float | None
    unit: Unit
    why: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Accepting what is read with at least `confidence` (permille) keeps `coverage` of all, `precision` of it right."""

    confidence: int
    kept: int
    right: int
    coverage: float
    precision: float


def wilson(right: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the share right/n, both 0..1; n is at least 1."""
    share = right / n
    centre = share + _Z * _Z / (2 * n)
    spread = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def share(section: str, what: str, right: int, n: int, of: str = "", labels: Labels = "") -> Figure:
    """A share in percent with its interval; without a value if n is 0."""
    if n == 0:
        return nothing(section, what, "eval-none", of)
    low, high = wilson(right, n)
    return Figure(section, what, of, labels, n, 100 * right / n, 100 * low, 100 * high, "%")


def nothing(section: str, what: str, why: str, of: str = "") -> Figure:
    """A line that says why there is no figure."""
    return Figure(section, what, of, "", 0, None, None, None, "", why)


def times(section: str, what: str, taken_ms: Sequence[float]) -> tuple[Figure, ...]:
    """The median and the 95th percentile (the smallest sample that 95 % do not exceed)."""
    if not taken_ms:
        return (nothing(section, what, "eval-none"),)
    p95 = sorted(taken_ms)[math.ceil(0.95 * len(taken_ms)) - 1]
    both = (("p50", statistics.median(taken_ms)), ("p95", p95))
    return tuple(Figure(section, what, name, "", len(taken_ms), value, None, None, "ms") for name, value in both)


def curve(judged: Sequence[tuple[int, bool]]) -> tuple[Point, ...]:
    """One point per confidence that occurs, the highest first; `judged` holds (confidence, is it right)."""
    points: list[Point] = []
    kept = right = 0
    ranked = sorted(judged, reverse=True)
    for place, (confidence, is_right) in enumerate(ranked):
        kept, right = kept + 1, right + is_right
        if place + 1 == len(ranked) or ranked[place + 1][0] != confidence:
            points.append(Point(confidence, kept, right, kept / len(ranked), right / kept))
    return tuple(points)


def accepted_from(points: Sequence[Point], confidence: int) -> Point | None:
    """The point of accepting from this confidence on; None if nothing is as sure."""
    return next((point for point in reversed(points) if point.confidence >= confidence), None)


def widest(points: Sequence[Point], precision: float) -> Point | None:
    """The point of greatest coverage whose precision is at least this; None if there is none."""
    return next((point for point in reversed(points) if point.precision >= precision), None)
