"""What a tune is shown: the site's own crops, lightly altered, and as many fresh rendered plates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from models.train.glyphs import Face
from models.train.render import VIETNAMESE, Plates, Sample
from station.learning.collection import SiteCrop
from station.vision.tensors import Gray, shrink_to_input

SITE_SHARE = 0.5
"""Of the samples; the others keep up what is known of plates that this site has not seen."""


@dataclass(frozen=True, slots=True)
class SitePlates:
    """What is learned: the site's plates as its cameras show them, and the rendered ones."""

    crops: tuple[SiteCrop, ...]
    rendered: Plates = VIETNAMESE

    @property
    def alphabet(self) -> str:
        return self.rendered.alphabet

    @property
    def load_faces(self) -> Callable[[], tuple[Face, ...]]:
        return self.rendered.load_faces

    def sample(self, seed: int, index: int, faces: tuple[Face, ...]) -> Sample:
        """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture."""
        rng = Random(f"site:{seed}:{index}")
        if rng.random() >= SITE_SHARE:
            return self.rendered.sample(seed, index, faces)
        one = rng.choice(self.crops)
        return Sample(shrink_to_input(altered(rng, one.picture)), one.text)


def altered(rng: Random, picture: Gray) -> Gray:
    """A crop as the same camera might show it a little later: cut otherwise, turned, lit, softer, noisier."""
    rows, columns = picture.shape
    if columns > 512:  # as the reader's looks do
        rows, columns = max(1, rows * 512 // columns), 512
        picture = np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), rng.uniform(-4, 4), rng.uniform(0.96, 1.1))
    turn[0, 1] += rng.uniform(-0.12, 0.12)
    turn[:, 2] += (rng.uniform(-0.03, 0.03) * columns, rng.uniform(-0.03, 0.03) * rows)
    seen = cv2.warpAffine(picture, turn, (columns, rows), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, max(0.4, rows / 60)))
    seen = (seen - 128) * rng.uniform(0.7, 1.25) + 128 + rng.uniform(-25, 25)
    if rng.random() < 0.5:
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(1, 6), seen.shape)
        seen = seen + noise.astype(np.float32)
    return np.asarray(seen.clip(0, 255), np.uint8)
