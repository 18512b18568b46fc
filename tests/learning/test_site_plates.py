"""What a tune is shown, as far as it goes without the training libraries."""

from random import Random

import numpy as np
import pytest

from models.train.render import VIETNAMESE, Sample
from models.train.site_plates import SITE_SHARE, SitePlates, altered
from station.learning.collection import SiteCrop, origin_of
from tests.learning.made import NOW_MS, picture, plate


class Rendered:
    """Stands for the renderer, which needs its fonts."""

    alphabet = VIETNAMESE.alphabet
    load_faces = VIETNAMESE.load_faces

    def sample(self, seed: int, index: int, faces: object) -> Sample:
        return Sample(np.zeros((64, 128), np.uint8), "RENDERED")


@pytest.fixture
def plates() -> SitePlates:
    crops = [picture(number) for number in range(5)]
    kept = (SiteCrop("", crop, origin_of(crop, plate(n), "list", "", NOW_MS)) for n, crop in enumerate(crops))
    return SitePlates(tuple(kept), Rendered())  # type: ignore[arg-type]


def test_the_same_numbers_give_the_same_sample_and_others_another(plates: SitePlates) -> None:
    first, again = (plates.sample(7, 3, ()) for _ in range(2))
    assert first.label == again.label and np.array_equal(first.picture, again.picture)
    labels = [[plates.sample(seed, index, ()).label for index in range(40)] for seed in (7, 8)]
    assert labels[0] != labels[1]


def test_half_are_the_sites_and_all_of_them_come(plates: SitePlates) -> None:
    samples = [plates.sample(1, index, ()) for index in range(600)]
    labels = [sample.label for sample in samples]
    assert labels.count("RENDERED") / 600 == pytest.approx(1 - SITE_SHARE, abs=0.07)  # n = 600: 3.4 deviations
    assert set(labels) == {"RENDERED", *(plate(number) for number in range(5))}
    assert {sample.picture.shape for sample in samples} == {(64, 128)}


def test_a_crop_is_altered_lightly() -> None:
    steps = np.kron(np.arange(0, 250, 50, dtype=np.uint8), np.ones((60, 30), np.uint8))
    seen = [altered(Random(number), steps) for number in range(50)]
    assert all(one.shape == steps.shape and one.dtype == np.uint8 for one in seen)
    assert len({one.tobytes() for one in seen}) == 50
    alike = [float(np.corrcoef(one.ravel(), steps.ravel())[0, 1]) for one in seen]
    assert min(alike) > 0.9
    assert altered(Random(1), picture(1, 100, 700)).shape == (73, 512)
