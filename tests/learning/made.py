"""Crops and collections for the tests of learning: drawn pixels, plates by chance, no camera."""

from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np

from station.learning.collection import Collection, origin_of
from station.trust.data_key import DataKey
from station.trust.keys import write_secret
from station.vision.tensors import Gray

NOW_MS = 1_790_000_000_000


def picture(seed: int, rows: int = 40, columns: int = 90) -> Gray:
    """Noise of a plate's size."""
    return np.random.default_rng(seed).integers(0, 256, (rows, columns), np.uint8)


def plate(number: int) -> str:
    """A plate of its own for each number."""
    return f"{Random(number).choice((12, 29, 43, 51))}C{number:05}"


def filled(folder: Path, crops: int, per_vehicle: int = 1, key: bytes = bytes(range(32))) -> Collection:
    """A collection in `folder`/site with its key beside it, of so many crops. The key is the same one unless another
    is given: with one in twenty a fifth of a few hundred vehicles is not kept apart, and the split is rightly refused.
    """

    def given(path: Path) -> DataKey:
        write_secret(path, key.hex().encode() + b"\n")
        return DataKey(key)

    with patch.object(DataKey, "make", given):
        collection = Collection.begin(folder / "site", folder / "site.key")
    for number in range(crops):
        cut = picture(number, 8, 16)
        origin = origin_of(cut, plate(number // per_vehicle), "declaration", "", NOW_MS + number)
        assert collection.put(cut, origin, f"{number}")
    return collection
