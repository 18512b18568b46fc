"""Does a seal hang at a container's door lock? Its colour is on neither the lock nor the door. Advice, never a verdict.

Bolt and strip seals are made in loud colours so that people see them; locks are steel or wear the door's paint. So the
seal is what lies off the line between the colours of lock and door, which all their mixtures lie on. Nothing is
trained. A seal of bare metal or of the door's colour is not seen: NOT_SEEN never proves that there is none.
"""

from typing import NamedTuple

import cv2
import numpy as np

from station.core.seals import Seal
from station.vision.tensors import Colour

SEEN_FROM = 25.0
"""Least distance of colour, in units of CIE L*a*b*, at which a seal is told as seen."""
NOT_SEEN_TO = 8.0
"""Most distance at which it is told that none is seen. Both: docs/decisions/0027-seal.md."""

_COLUMNS, _ROWS = 40, 60
_LEAST_SIDE = 16  # pixels; below, a seal is a pixel or two
_LEAST_CONTRAST = 20  # gray values from the 1st to the 99th percentile; the least of 455 crops of locks has 51
_BLUR = 0.8
_LOCK = np.s_[6:36, 14:26]  # the handle's plate, which stands in the upper middle of a crop of a lock
_DOOR = np.s_[:18, :5], np.s_[:18, -5:]  # beside it
_HANGS = np.s_[24:60, 8:32]  # hasp and below
_OUTSTANDING = 98  # percentile: about 17 of its 864 places
_BEYOND = 1.2  # how far the line goes on beyond the door's colour


class SealSeen(NamedTuple):
    """What one crop shows; `distance` of the outstanding colour from those of lock and door, in L*a*b* units."""

    seal: Seal
    distance: float


def see_seal(lock: Colour) -> SealSeen:
    """One crop of a door lock, handle upright, as wide as the lock and a little more. A crop that is too small
    or shows nothing (by night, a covered lens) is UNSURE.
    """
    if min(lock.shape[:2]) < _LEAST_SIDE or _contrast(lock) < _LEAST_CONTRAST:
        return SealSeen("UNSURE", 0.0)
    distance = colour_distance(lock)
    if distance >= SEEN_FROM:
        return SealSeen("SEEN", distance)
    return SealSeen("NOT_SEEN" if distance <= NOT_SEEN_TO else "UNSURE", distance)


def _contrast(lock: Colour) -> float:
    dark, light = np.percentile(cv2.cvtColor(lock, cv2.COLOR_BGR2GRAY), (1, 99))
    return float(light - dark)


def colour_distance(lock: Colour) -> float:
    """How far the most outstanding colour at the hasp lies off the line between the colours of lock and door."""
    small = cv2.resize(lock, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(np.asarray(small, np.float32) / 255, cv2.COLOR_BGR2Lab)
    hues = np.asarray(cv2.GaussianBlur(lab[..., 1:], (0, 0), _BLUR), np.float64)
    metal = np.median(hues[_LOCK].reshape(-1, 2), axis=0)
    door = np.median(np.concatenate([hues[part].reshape(-1, 2) for part in _DOOR]), axis=0)
    line = door - metal
    seen = hues[_HANGS] - metal
    along = np.clip(seen @ line / max(float(line @ line), 1e-6), 0, _BEYOND)
    return float(np.percentile(np.linalg.norm(seen - along[..., np.newaxis] * line, axis=2), _OUTSTANDING))
