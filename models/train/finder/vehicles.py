"""Vehicles around a plate: motorcycle rears, car and truck fronts and rears, drawn in the plate's own measure.

Everything is placed in plate widths from the plate's centre, turned as the plate is.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from models.train.drawing import Gray
from models.train.finder.grounds import Point, ellipse, polygon, wheel


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the plate hangs: centre and width in pixels, height in widths, turn in radians."""

    x: float
    y: float
    width: float
    ratio: float
    turn: float

    def at(self, right: float, down: float) -> Point:
        """The pixel of a place given in plate widths from the plate's centre."""
        cos, sin = float(np.cos(self.turn)), float(np.sin(self.turn))
        return (self.x + self.width * (right * cos - down * sin), self.y + self.width * (right * sin + down * cos))


def _trapezoid(picture: Gray, stand: Stand, top: tuple[float, float], bottom: tuple[float, float], tone: float) -> None:
    """`top` and `bottom` are (half width, place down) in plate widths."""
    corners = [
        stand.at(-top[0], top[1]),
        stand.at(top[0], top[1]),
        stand.at(bottom[0], bottom[1]),
        stand.at(-bottom[0], bottom[1]),
    ]
    polygon(picture, corners, tone)


def _lamp(rng: Random, picture: Gray, centre: Point, radii: Point, angle: float) -> None:
    """A lamp glass: rim, glass, lighter parts, a glint."""
    tone = rng.choice((rng.uniform(40, 120), rng.uniform(40, 120), rng.uniform(150, 245)))
    if rng.random() < 0.7:
        ellipse(picture, centre, (radii[0] * 1.08, radii[1] * 1.12), angle, rng.uniform(20, 230))
    ellipse(picture, centre, radii, angle, tone)
    for _ in range(rng.randint(1, 5)):
        shift = (rng.uniform(-0.7, 0.7) * radii[0], rng.uniform(-0.6, 0.6) * radii[1])
        size = (radii[0] * rng.uniform(0.08, 0.4), radii[1] * rng.uniform(0.1, 0.5))
        part = min(max(tone + rng.uniform(-50, 120), 0), 255)
        ellipse(picture, (centre[0] + shift[0], centre[1] + shift[1]), size, angle + rng.uniform(-20, 20), part)


def motorcycle(rng: Random, picture: Gray, stand: Stand) -> None:
    """Tyre, mudguard, lamp, seat, exhaust and neighbours around the plate of a motorcycle, drawn in place."""
    low = stand.ratio / 2
    _neighbours(rng, picture, stand)
    dark = rng.choice((rng.uniform(15, 60), rng.uniform(40, 90), rng.uniform(60, 150)))
    if rng.random() < 0.6:  # tyre
        half = rng.uniform(0.12, 0.3)
        foot = (half * rng.uniform(0.8, 1.2), rng.uniform(0.8, 2.5))
        _trapezoid(picture, stand, (half, -0.5), foot, rng.uniform(10, 50))
    if rng.random() < 0.8:
        _exhaust(rng, picture, stand)
    body = rng.choice((rng.uniform(20, 70), rng.uniform(60, 230)))
    top = -low - rng.uniform(0.5, 1.2)
    if rng.random() < 0.8:
        _seat(rng, picture, stand, top, body, dark)
    _mudguard(rng, picture, stand, top, dark)
    _rear_lamps(rng, picture, stand, top)


def _neighbours(rng: Random, picture: Gray, stand: Stand) -> None:
    """Wheels, pipes and levers of the motorcycles beside it."""
    wide = stand.width
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        side = rng.choice((-1, 1))
        centre = stand.at(side * rng.uniform(1.0, 2.6), rng.uniform(-1.5, 1.2))
        if rng.random() < 0.6:
            wheel(rng, picture, centre, wide * rng.uniform(0.4, 0.9))
        for _ in range(rng.randint(1, 6)):
            shift = (centre[0] + rng.gauss(0, 0.5) * wide, centre[1] + rng.gauss(0, 0.5) * wide)
            size = (wide * rng.uniform(0.08, 0.5), wide * rng.uniform(0.04, 0.25))
            ellipse(picture, shift, size, rng.uniform(0, 180), rng.choice((rng.uniform(5, 70), rng.uniform(60, 230))))


def _exhaust(rng: Random, picture: Gray, stand: Stand) -> None:
    """Mostly on the right."""
    wide = stand.width
    side = 1 if rng.random() < 0.85 else -1
    centre = stand.at(side * rng.uniform(0.5, 1.0), rng.uniform(-0.35, 0.6))
    length, thick = wide * rng.uniform(0.25, 0.7), wide * rng.uniform(0.08, 0.2)
    angle = rng.uniform(55, 110)
    tone = rng.choice((rng.uniform(15, 60), rng.uniform(90, 220)))
    ellipse(picture, centre, (length, thick), angle, tone)
    ellipse(picture, centre, (length * 0.8, thick * 0.35), angle, min(tone + rng.uniform(20, 90), 255))
    end = (centre[0] + rng.uniform(-0.1, 0.1) * wide, centre[1] + length * 0.8)
    ellipse(picture, end, (thick, thick * 0.8), angle, rng.uniform(10, 200))


def _seat(rng: Random, picture: Gray, stand: Stand, top: float, body: float, dark: float) -> None:
    high = (rng.uniform(0.4, 1.0), top - rng.uniform(0.2, 1.0))
    _trapezoid(picture, stand, high, (rng.uniform(0.3, 0.7), top), body)
    centre = stand.at(0, top - rng.uniform(0.3, 1.2))
    radii = (stand.width * rng.uniform(0.4, 1.0), stand.width * rng.uniform(0.15, 0.4))
    ellipse(picture, centre, radii, rng.gauss(0, 6), dark)


def _mudguard(rng: Random, picture: Gray, stand: Stand, top: float, dark: float) -> None:
    """Behind the plate, from the lamp to below it."""
    wide, low = stand.width, stand.ratio / 2
    neck = rng.uniform(0.18, 0.45)
    foot = rng.uniform(0.12, 0.42)
    end = low + rng.uniform(0.05, 1.0)
    _trapezoid(picture, stand, (neck * rng.uniform(0.9, 1.7), top), (neck, -low), dark)
    _trapezoid(picture, stand, (neck, -low), (foot, end), dark)
    centre = stand.at(0, end)
    ellipse(picture, centre, (foot * wide, foot * wide * rng.uniform(0.3, 1.0)), np.rad2deg(stand.turn), dark)
    if rng.random() < 0.3:
        tip = rng.choice((rng.uniform(130, 240), dark + 25))
        _trapezoid(picture, stand, (foot, end - rng.uniform(0.05, 0.4)), (foot * rng.uniform(0.4, 1), end + 0.15), tip)
    if rng.random() < 0.7:
        _trapezoid(picture, stand, (foot * 0.2, -low), (foot * 0.3, end), min(dark + rng.uniform(-10, 35), 255))


def _rear_lamps(rng: Random, picture: Gray, stand: Stand, top: float) -> None:
    """Tail lamp, indicators, reflector, carrier."""
    wide, low = stand.width, stand.ratio / 2
    if rng.random() < 0.9:
        centre = stand.at(0, top + rng.uniform(-0.35, 0.3))
        _lamp(rng, picture, centre, (wide * rng.uniform(0.22, 0.75), wide * rng.uniform(0.1, 0.35)), rng.gauss(0, 5))
    for side in (-1, 1):
        if rng.random() < 0.6:
            centre = stand.at(side * rng.uniform(0.3, 0.9), top + rng.uniform(-0.4, 0.6))
            radii = (wide * rng.uniform(0.06, 0.2), wide * rng.uniform(0.05, 0.14))
            _lamp(rng, picture, centre, radii, rng.gauss(0, 20))
    if rng.random() < 0.5:
        down = -low - rng.uniform(0.1, 0.35)
        _trapezoid(picture, stand, (0.16, down), (0.15, down + rng.uniform(0.05, 0.14)), rng.uniform(50, 130))
    if rng.random() < 0.3:
        bar = rng.uniform(120, 240)
        for down in (top - 0.2, top + 0.15):
            start, stop = stand.at(-rng.uniform(0.4, 0.8), down), stand.at(rng.uniform(0.4, 0.8), down)
            ends = [(int(start[0]), int(start[1])), (int(stop[0]), int(stop[1]))]
            cv2.line(picture, ends[0], ends[1], bar, max(1, int(wide * 0.03)), cv2.LINE_AA)


def _bars(rng: Random, picture: Gray, stand: Stand, half: float, top: float, bottom: float) -> None:
    """A grille: bars on a dark ground."""
    _trapezoid(picture, stand, (half, top), (half, bottom), rng.uniform(10, 70))
    tone, count = rng.uniform(20, 220), rng.randint(2, 9)
    for place in range(count):
        if rng.random() < 0.1:
            continue
        down = top + (bottom - top) * (place + 0.5) / count
        thick = (bottom - top) / count * 0.2
        _trapezoid(picture, stand, (half, down - thick), (half, down + thick), tone)


def front(rng: Random, picture: Gray, stand: Stand) -> None:
    """The front of a car or truck: body, windscreen, grille, lamps, bumper, wheels, drawn in place."""
    half, low = rng.uniform(1.7, 4.5), stand.ratio / 2
    body = rng.choice((rng.uniform(15, 70), rng.uniform(60, 250), rng.uniform(150, 250)))
    roof = -low - half * rng.uniform(0.8, 2.4)
    _trapezoid(picture, stand, (half * rng.uniform(0.75, 1.0), roof), (half, low + half * 0.2), body)
    glass = roof + (-low - roof) * rng.uniform(0.45, 0.6)
    _trapezoid(picture, stand, (half * 0.75, roof + 0.1 * half), (half * 0.9, glass), rng.uniform(10, 110))
    if rng.random() < 0.5:
        _trapezoid(picture, stand, (half * 0.1, roof + 0.1 * half), (half * 0.5, glass), rng.uniform(60, 190))
    grille_top = glass + rng.uniform(0.1, 0.4) * half
    _bars(
        rng, picture, stand, half * rng.uniform(0.4, 0.85), min(grille_top, -low - 0.2), -low - rng.uniform(0.05, 0.3)
    )
    bumper = rng.choice((body, rng.uniform(15, 90), rng.uniform(120, 230)))
    bumper_top = -low - rng.uniform(0.05, 0.6)
    _trapezoid(picture, stand, (half * 1.02, bumper_top), (half * 0.98, low + rng.uniform(0.1, 0.9)), bumper)
    if rng.random() < 0.4:
        _bars(rng, picture, stand, half * rng.uniform(0.3, 0.7), low + 0.02, low + rng.uniform(0.2, 0.6))
    spread, down = half * rng.uniform(0.65, 0.9), bumper_top + rng.uniform(-0.5, 0.3)
    radii = (stand.width * rng.uniform(0.25, 0.6), stand.width * rng.uniform(0.15, 0.35))
    for side in (-1, 1):
        _lamp(rng, picture, stand.at(side * spread, down), radii, side * rng.gauss(10, 10))
        if rng.random() < 0.4:
            _lamp(rng, picture, stand.at(side * spread, low + 0.2), (radii[0] * 0.5, radii[1] * 0.5), 0)
        if rng.random() < 0.5:
            edge = side * half * 1.1
            _mirror = [stand.at(edge + d, glass - r) for d, r in ((-0.1, 0.2), (0.25, 0.2), (0.25, 1.2), (-0.1, 1.2))]
            polygon(picture, _mirror, rng.uniform(10, 60))
    _trapezoid(picture, stand, (half * 0.9, low + half * 0.25), (half * 0.8, low + half * 0.6), rng.uniform(5, 50))


def rear(rng: Random, picture: Gray, stand: Stand) -> None:
    """The rear of a car, truck or trailer: doors, lamps, under-run bar, drawn in place."""
    half, low = rng.uniform(1.8, 5.0), stand.ratio / 2
    shift = rng.choice((0.0, 0.0, rng.uniform(-0.6, 0.6) * half))
    middle = Stand(*stand.at(shift, 0), stand.width, stand.ratio, stand.turn)
    body = rng.choice((rng.uniform(20, 90), rng.uniform(60, 250)))
    roof = -low - half * rng.uniform(0.8, 2.4)
    _trapezoid(picture, middle, (half * rng.uniform(0.8, 1), roof), (half, low + 0.1), body)
    seams = rng.choice((0, 1, 2, 8))
    for place in range(seams):
        right = (2 * (place + 0.5) / seams - 1) * half * 0.9
        corners = [middle.at(right + d, y) for d, y in ((-0.03, roof), (0.03, roof), (0.03, -low), (-0.03, -low))]
        polygon(picture, corners, min(max(body + rng.uniform(-60, 60), 0), 255))
    if rng.random() < 0.5:
        _trapezoid(picture, middle, (half * 0.75, roof + 0.2), (half * 0.85, roof + half * 0.6), rng.uniform(10, 110))
    bar = rng.choice((body, rng.uniform(10, 80), rng.uniform(120, 240)))
    _trapezoid(picture, middle, (half, -low - rng.uniform(0.05, 0.7)), (half, low + rng.uniform(0.05, 0.6)), bar)
    radii = (stand.width * rng.uniform(0.12, 0.4), stand.width * rng.uniform(0.1, 0.35))
    spread, down = half * rng.uniform(0.75, 0.95), rng.uniform(-0.8, 0.2)
    for side in (-1, 1):
        _lamp(rng, picture, middle.at(side * spread, down), radii, rng.choice((0, 90)))
    _trapezoid(picture, middle, (half * 0.9, low + half * 0.25), (half * 0.8, low + half * 0.5), rng.uniform(5, 50))
