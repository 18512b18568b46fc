"""What empty containers of one length look like to one scanner: median and spread of attenuation, cell by cell."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.xray_quality import OPAQUE, Floats, Scan

GRID_ROWS = 48
"""Cells from roof to floor: 5.4 cm each in a container of 2.59 m."""

LENGTHS: dict[int, int] = {20: 112, 40: 226, 45: 254}
"""Length in feet -> columns of cells about as wide as high."""

LEAST_SCANS = 5
_FORM = 1
_THOUSANDTHS = 1000
_NORMAL = 1.4826
"""Standard deviation of a normal distribution by its median absolute deviation."""


Refusal = Literal["bad-template", "too-few-scans", "scan-unfit", "scan-unlike-others"]


class TemplateRefused(Exception):
    """`cause`: a code of the words' causes; `thing`: the file or scan; `seen`: what is wrong with it."""

    def __init__(self, cause: Refusal, thing: str, seen: str) -> None:
        self.cause = cause
        self.thing = thing
        self.seen = seen
        super().__init__(f"{cause}: {thing}: {seen}")


@dataclass(frozen=True, slots=True)
class Template:
    """`median`, `spread`: attenuation per cell, shape (GRID_ROWS, LENGTHS[feet]). `height`: rows of the container in
    the working picture; `stretch`: its columns per row. `scans`: SHA-256 of the pictures it was learned from.
    """

    feet: int
    height: int
    stretch: float
    scans: tuple[str, ...]
    median: Floats
    spread: Floats

    @property
    def blind(self) -> float:
        """Share of the cells where already the empty container lets nothing through: corner posts, floor."""
        return float(np.mean(self.median >= OPAQUE))


def cells(scan: Scan, feet: int) -> Floats:
    """The container's attenuation by cells. The scan must have a place."""
    if scan.place is None:
        raise ValueError("a scan without a container has no cells")
    top, bottom, left, right = scan.place
    inside = scan.attenuation[top:bottom, left:right]
    return np.asarray(cv2.resize(inside, (LENGTHS[feet], GRID_ROWS), interpolation=cv2.INTER_AREA), np.float32)


def learned(scans: Sequence[tuple[str, Scan]], feet: int) -> Template:
    """The template of known empty containers: (SHA-256, scan) each. Raises TemplateRefused."""
    if len({sha256 for sha256, _ in scans}) < LEAST_SCANS:
        raise TemplateRefused("too-few-scans", "", f"{len({sha256 for sha256, _ in scans})} < {LEAST_SCANS}")
    for sha256, scan in scans:
        if scan.flaws or scan.place is None:
            raise TemplateRefused("scan-unfit", sha256, ", ".join(scan.flaws))
    grids = np.stack([cells(scan, feet) for _, scan in scans])
    median = np.median(grids, axis=0)
    spread = _NORMAL * np.median(np.abs(grids - median), axis=0)
    places = [scan.place for _, scan in scans if scan.place is not None]
    heights = [place.bottom - place.top for place in places]
    stretches = [(place.right - place.left) / (place.bottom - place.top) for place in places]
    return Template(
        feet,
        round(float(np.median(heights))),
        float(np.median(stretches)),
        tuple(sha256 for sha256, _ in scans),
        _rounded(median),
        _rounded(spread),
    )


def write_template(file: Path, template: Template) -> str:
    """Write as JSON with its own hash; returns the hash (hex SHA-256 of the body)."""
    sha256 = template_sha256(template)
    file.write_text(json.dumps({"sha256": sha256, **_body(template)}), encoding="utf-8")
    return sha256


def template_sha256(template: Template) -> str:
    """Its own hash, hex, as its file states it."""
    return hashlib.sha256(_canonical(_body(template))).hexdigest()


def read_template(file: Path) -> Template:
    """Raises TemplateRefused for a file that is altered, of another form or none; OSError if it cannot be read."""
    try:
        body = json.loads(file.read_bytes())
        sha256 = body.pop("sha256")
        if hashlib.sha256(_canonical(body)).hexdigest() != sha256:
            raise TemplateRefused("bad-template", str(file), "its hash does not fit its contents")
        feet = int(body["feet"])
        shape = (GRID_ROWS, LENGTHS[feet])
        if body["form"] != _FORM:
            raise TemplateRefused("bad-template", str(file), f"form {body['form']}; {_FORM} is read here")
        median, spread = (
            np.asarray(body[name], np.float32).reshape(shape) / np.float32(_THOUSANDTHS)
            for name in ("median", "spread")
        )
        return Template(feet, int(body["height"]), float(body["stretch"]), tuple(body["scans"]), median, spread)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise TemplateRefused("bad-template", str(file), f"{type(error).__name__}: {error}") from error


def _rounded(grid: NDArray[Any]) -> Floats:
    return np.asarray(np.round(grid * _THOUSANDTHS) / _THOUSANDTHS, np.float32)


def _body(template: Template) -> dict[str, Any]:
    plain = {
        name: np.round(grid * _THOUSANDTHS).astype(int).ravel().tolist()
        for name, grid in (("median", template.median), ("spread", template.spread))
    }
    return {
        "form": _FORM,
        "feet": template.feet,
        "height": template.height,
        "stretch": template.stretch,
        "scans": list(template.scans),
        **plain,
    }


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
