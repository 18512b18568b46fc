"""The part kept apart: by vehicle, the same in every run, never too small to prove anything."""

from pathlib import Path

import pytest

from station.learning.collection import Collection
from station.learning.parts import LEAST_CROPS, is_held_out, split, vehicles
from station.learning.refusal import LearningRefused
from station.trust.data_key import DataKey
from tests.learning.made import filled, plate


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return filled(tmp_path_factory.mktemp("parts"), 360, per_vehicle=2)


def test_no_vehicle_is_on_both_sides(collection: Collection) -> None:
    parts = split(collection.crops(), collection.key)
    teaching, held_out = ({crop.text for crop in part} for part in (parts.teaching, parts.held_out))
    assert teaching & held_out == set()
    assert len(parts.teaching) + len(parts.held_out) == 360 and vehicles(parts.held_out) == len(held_out)
    assert len(parts.held_out) >= 0.2 * 360


def test_a_vehicle_stays_on_its_side_as_the_collection_grows(collection: Collection) -> None:
    every = list(collection.crops())
    before = {crop.text for crop in split(every[:300], collection.key).held_out}
    after = {crop.text for crop in split(every, collection.key).held_out}
    assert before <= after


def test_another_key_parts_otherwise(collection: Collection, tmp_path: Path) -> None:
    other = DataKey.make(tmp_path / "other.key")
    texts = [plate(number) for number in range(2_000)]
    ours, theirs = ([is_held_out(text, key) for text in texts] for key in (collection.key, other))
    assert ours != theirs
    for part in (ours, theirs):
        assert 0.21 < sum(part) / 2_000 < 0.29  # 25 %, n = 2000


def test_too_few_are_refused_with_what_is_needed(collection: Collection) -> None:
    every = list(collection.crops())
    with pytest.raises(LearningRefused, match="too-few-crops: 199 crops"):
        split(every[: LEAST_CROPS - 1], collection.key)
    few = [crop for crop in every if int(crop.text[3:]) < 99] * 2
    with pytest.raises(LearningRefused, match="of 99 vehicles"):
        split(few, collection.key)


def test_a_part_that_is_too_small_is_refused(collection: Collection) -> None:
    every = list(collection.crops())
    held_out = [crop for crop in every if is_held_out(crop.text, collection.key)]
    teaching = [crop for crop in every if not is_held_out(crop.text, collection.key)]
    with pytest.raises(LearningRefused, match="held-out-small"):
        split([*teaching, *held_out[: len(teaching) // 4 - 1]], collection.key)
    assert split([*teaching, *held_out[: len(teaching) // 4 + 1]], collection.key).held_out
