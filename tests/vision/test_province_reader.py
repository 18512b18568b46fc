"""The province of a Chinese plate is looked at once more, with the models that ship."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Permille
from models.train.chinese_texts import PROVINCES
from station.core.plates import normalise
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.ctc import Candidate
from station.vision.looks import PROVINCE_SHARE, first_part, province_looks
from station.vision.plate_reader import (
    CHINESE_MODEL,
    MODEL,
    PROVINCE_MODEL,
    PlateReader,
    PlateText,
    open_plate_reader,
    plate_text,
)
from station.vision.plate_readers import open_plate_readers
from station.vision.province import ProvinceReader, joined
from station.vision.tensors import Gray, crop, decode_gray, stretched
from tests.vision.models_folder import MODELS, copy_of_models, edit

MANIFEST = MODELS / "manifest.toml"
TIGHT = (PLATE_REGION[0] + 16, PLATE_REGION[1] + 34, PLATE_REGION[2] - 32, PLATE_REGION[3] - 68)
"""About what a finder cuts out."""
READ = PlateText("陕A8K498", "陕A8K498", Permille(450), (Permille(500), *[Permille(990)] * 6), "cn")
HEARD = (
    Candidate("陕A8K498", math.log(0.5)),
    Candidate("皖A8K498", math.log(0.4)),
    Candidate("陕A8K49", math.log(0.1)),
)


@pytest.fixture(scope="module")
def chinese() -> PlateReader:
    return open_plate_reader(MANIFEST, CHINESE_MODEL)


@pytest.fixture(scope="module")
def provinces() -> ProvinceReader:
    return ProvinceReader(open_plate_reader(MANIFEST, PROVINCE_MODEL))


def at_the_gate(plate: str, seed: int) -> Gray:
    return crop(decode_gray(gate_picture(plate, seed=seed, condition="clear", lines=1)), TIGHT)


def test_what_each_is_sure_of_is_put_together_and_agreement_raises_nothing() -> None:
    other = joined(READ, HEARD, Candidate("皖", math.log(0.8)), "pr")
    assert (other.text, other.raw, other.model) == ("皖A8K498", "陕A8K498", "cn+pr")
    assert abs(other.confidence - 720) <= 1, "the rest is right with 0.9, the province with 0.8"
    assert abs(other.characters[0] - 800) <= 1 and other.characters[1:] == READ.characters[1:]
    same = joined(READ, HEARD, Candidate("陕", math.log(0.8)), "pr")
    assert (same.text, same.confidence) == ("陕A8K498", other.confidence)


def test_a_part_may_begin_before_the_picture() -> None:
    plate = np.arange(100, dtype=np.uint8)[np.newaxis].repeat(20, axis=0)
    assert list(first_part(plate, 0.02, 0.06)[0]) == [2, 3, 4, 5]
    assert list(first_part(plate, -0.03, 0.02)[0]) == [0, 0, 0, 0, 1]
    for look in province_looks(plate):
        assert abs(look.shape[1] / 128 - PROVINCE_SHARE) < 0.08


def test_a_small_plates_province_is_read_better_than_with_the_whole(
    chinese: PlateReader, provinces: ProvinceReader
) -> None:
    """Of 124 plates 104 instead of 100 where it was trained; a large one is read by either."""
    first, again = 0, 0
    for columns in (96, 72, 60, 50):
        for seed, province in enumerate(PROVINCES):
            plate = f"{province}A·8K{seed % 10}98"
            shown = stretched(at_the_gate(plate, seed), columns * TIGHT[3] // TIGHT[2], columns)
            heard = chinese.likely(shown)
            read = plate_text(heard, chinese.entry.sha256)
            seen = provinces.look_again(read, heard, shown)
            assert seen.text[1:] == read.text[1:]
            first += read.text == normalise(plate)
            again += seen.text == normalise(plate)
        assert columns < 96 or again >= 30
    assert again > first, (first, again)


def test_no_second_look_at_two_lines_or_where_no_province_was_read(provinces: ProvinceReader) -> None:
    shown = at_the_gate("皖A·8K498", 1)
    rows = shown.shape[0]
    assert provinces.look_again(READ, HEARD, shown) != READ
    assert provinces.look_again(READ, HEARD, shown[:, : 2 * rows]) is READ
    for text in ("", "12C04567", "A8K498挂"):
        read = replace(READ, text=text)
        assert provinces.look_again(read, HEARD, shown) is read


def test_where_no_province_stands_the_reading_is_kept(provinces: ProvinceReader) -> None:
    """On the rest of a plate nothing is seen; in nothing, guesses."""
    for seed in range(8):
        shown = at_the_gate("皖A·8K498", seed)
        rest = np.hstack([shown[:, shown.shape[1] * 4 // 10 :]] * 2)
        assert provinces.look_again(READ, HEARD, rest) is READ
    for grey in (0, 60, 128, 200, 255):
        assert provinces.look_again(READ, HEARD, np.full((60, 180), grey, np.uint8)) is READ


def test_it_opens_beside_the_others_and_is_named_in_what_it_has_changed() -> None:
    readers = open_plate_readers(MANIFEST)
    assert [entry.name for entry in readers.entries] == [MODEL, CHINESE_MODEL, PROVINCE_MODEL]
    read = readers.read(at_the_gate("皖A·8K498", 1))
    assert read.model == "+".join(entry.sha256 for entry in readers.entries[1:])


def test_a_manifest_without_it_works_as_before(tmp_path: Path, chinese: PlateReader) -> None:
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    edit(manifest, lambda text: re.sub(r"\[model\.province-reader-cn\]\n(?:.+\n)*", "", text))
    readers = open_plate_readers(manifest)
    assert [entry.name for entry in readers.entries] == [MODEL, CHINESE_MODEL]
    shown = at_the_gate("皖A·8K498", 1)
    assert readers.read(shown).text == chinese.read(shown).text


def test_a_file_of_another_size_is_refused_by_name(tmp_path: Path) -> None:
    """The reader of whole plates, entered as that of provinces."""
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    whole = manifest.read_text(encoding="utf-8").partition("[model.plate-reader-cn]")[2].partition("[model.")[0]
    edit(
        manifest,
        lambda text: re.sub(r"(\[model\.province-reader-cn\])\n(?:.+\n)*", lambda table: table[1] + whole, text),
    )
    with pytest.raises(DeviceFault, match="this reader feeds 64x64") as refused:
        open_plate_readers(manifest)
    assert refused.value.fault.thing == f"model {PROVINCE_MODEL}"
