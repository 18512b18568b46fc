"""The looks at a crop: of any size, never the same picture twice, and worth their time on hard plates."""

import numpy as np
import pytest

from station.vision.looks import chinese_looks, looks


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (24, 94), (64, 128), (1080, 1920)])
def test_a_crop_of_any_size_has_its_looks(size: tuple[int, int]) -> None:
    plate = np.random.default_rng(7).integers(0, 255, size, dtype=np.uint8)
    before = plate.copy()
    for look in (*looks(plate), *chinese_looks(plate)):
        assert look.dtype == np.uint8
        assert min(look.shape) > 0
        assert max(look.shape) <= 512
    assert (plate == before).all()


def test_the_looks_differ() -> None:
    softened, closer, turned = looks(np.random.default_rng(7).integers(0, 255, (64, 128), dtype=np.uint8))
    assert closer.shape == (60, 122)
    assert softened.std() < closer.std()
    assert not (softened == turned).all()


def test_the_looks_at_a_chinese_plate_differ() -> None:
    """One has harder edges, the other more room before its first character, and neither cuts anything off."""
    plate = np.tile(np.repeat(np.array([60, 200], np.uint8), 10), (24, 5))
    sharpened, moved = chinese_looks(plate)
    assert sharpened.shape == (68, 282)
    assert np.ptp(sharpened) > np.ptp(plate)
    assert moved.shape == (24, 103)
    assert (moved[:, 3:] == plate).all() and (moved[:, :3] == plate[:, :1]).all()
