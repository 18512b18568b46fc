"""Models that answer once per slot of the plate: picture -> tensor, shares per slot -> the likely texts."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.ctc import Candidate
from station.vision.tensors import Gray

_BEAM = 12
_CLASSES_PER_SLOT = 5
_LEAST_SHARE = 1e-9
_SUM_TOLERANCE = 0.02


def slots_tensor(gray: Gray, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A gray picture of any size as input of `shape` (1, rows, columns, channels): stretched, linear, as these models
    were trained. Of three channels each holds the gray.
    """
    _, rows, columns, channels = shape
    resized = np.asarray(cv2.resize(gray, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(np.repeat(resized[np.newaxis, :, :, np.newaxis], channels, axis=3))


def are_shares(scores: NDArray[np.float32]) -> bool:
    """True if every slot's numbers are shares of one whole; a model without its last softmax gives none."""
    return bool((scores > -_SUM_TOLERANCE).all() and (np.abs(scores.sum(axis=1) - 1) < _SUM_TOLERANCE).all())


def slots_beam(shares: NDArray[np.float32], alphabet: str, pad: str) -> tuple[Candidate, ...]:
    """The likely texts, most likely first; a text that pads spell in several ways has the sum of their shares."""
    ends = {"": 1.0}
    for slot in shares:
        top = [int(c) for c in np.argsort(-slot, kind="stable")[:_CLASSES_PER_SLOT]]
        heard = [("" if alphabet[c] == pad else alphabet[c], max(0.0, float(slot[c]))) for c in top]
        grown: dict[str, float] = {}
        for text, share in ends.items():
            for character, own in heard:
                grown[text + character] = grown.get(text + character, 0.0) + share * own
        ends = dict(sorted(grown.items(), key=lambda end: (-end[1], end[0]))[:_BEAM])
    return tuple(Candidate(text, math.log(max(share, _LEAST_SHARE))) for text, share in ends.items())
