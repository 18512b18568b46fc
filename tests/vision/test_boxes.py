import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Permille
from station.vision.boxes import BoxesFinder
from station.vision.finders import open_plate_finder
from station.vision.found import Found, overlap
from station.vision.manifest import load_model_entry
from station.vision.plate_reader import open_plate_reader
from tests.vision.foreign_models import boxes_lines, boxes_model, folder_with

ROW = (0.0, 8.0, 16.0, 40.0, 32.0, 0.0, 0.9)
"""In an input of 64x64: batch, x1, y1, x2, y2, class, score."""
WIDE = np.zeros((64, 128), np.uint8)
"""Lies in the input at half its size, 16 rows of padding above and below."""


def finder(folder: Path, rows: Sequence[Sequence[float]], **known: object) -> BoxesFinder:
    lines = boxes_lines(**known)  # type: ignore[arg-type]
    return BoxesFinder(load_model_entry(folder_with(folder, "plate-finder", boxes_model(rows), lines), "plate-finder"))


def test_a_box_comes_back_in_pixels_of_the_picture(tmp_path: Path) -> None:
    assert finder(tmp_path, [ROW]).find(WIDE) == (Found((16, 0, 64, 32), Permille(899)),)  # rounded down


def test_the_surest_come_first_and_other_classes_and_unlikely_ones_are_dropped(tmp_path: Path) -> None:
    rows = [
        (0, 8, 16, 40, 32, 0, 0.5),
        (0, 0, 20, 20, 40, 0, 0.75),
        (0, 0, 20, 20, 40, 1, 0.99),
        (0, 0, 20, 20, 40, 0, 0.25),
    ]
    assert [int(found.confidence) for found in finder(tmp_path, rows).find(WIDE)] == [750, 500]


def test_a_box_is_cut_to_the_picture_and_one_in_the_padding_is_none(tmp_path: Path) -> None:
    rows = [(0, -9, 10, 99, 99, 0, 0.9), (0, 5, 2, 50, 14, 0, 0.8)]
    assert [found.box for found in finder(tmp_path, rows).find(WIDE)] == [(0, 0, 128, 64)]


def test_nothing_found_is_an_answer(tmp_path: Path) -> None:
    assert finder(tmp_path, []).find(WIDE) == ()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ((0, math.nan, 16, 40, 32, 0, 0.9), "not finite"),
        ((0, 40, 16, 8, 32, 0, 0.9), "ends are swapped"),
        ((0, 8, 16, 40, 32, 0, 7.5), "score that is none"),
        ((1, 1, 1, 1, 1, 1, 1), "same everywhere"),
    ],
)
def test_broken_output_is_a_fault(tmp_path: Path, row: Sequence[float], word: str) -> None:
    with pytest.raises(DeviceFault, match=word):
        finder(tmp_path, [row]).find(WIDE)


def test_it_is_proved_by_its_known_box(tmp_path: Path) -> None:
    # The known picture has 80x48 pixels and lies in 64x64 at 0.8 with 13 rows above it.
    finder(tmp_path, [ROW], box=(10, 4, 40, 20))
    assert open_plate_finder(tmp_path / "manifest.toml").find(WIDE)
    for known in ({"box": (10, 30, 40, 10)}, {"box": (10, 4, 40, 20), "confidence": 700}):
        finder(tmp_path, [ROW], **known)
        with pytest.raises(DeviceFault, match="its known answer"):
            open_plate_finder(tmp_path / "manifest.toml")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("output = [0, 7]", "output = [1, 7]"), "gives [0, 7]"),
        (("input = [1, 3, 64, 64]", "input = [1, 1, 64, 64]"), "takes [1, 3"),
        (("input = [1, 3, 64, 64]", "input = [1, 3, 32, 64]"), "(1, 3, 32, 64)"),
        (("known_box = [10", "known_box = [-10"), "known_box"),
        (("known_box = [10, ", "known_box = ["), "known_box"),
        (('kind = "boxes"', 'kind = "heat-map"'), "heat-map"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    manifest = folder_with(tmp_path, "plate-finder", boxes_model([ROW]), boxes_lines())
    text = manifest.read_text(encoding="utf-8")
    assert change[0] in text
    manifest.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(DeviceFault) as refused:
        BoxesFinder(load_model_entry(manifest, "plate-finder"))
    assert refused.value.fault.code == "bad-model"
    assert word in refused.value.fault.seen


def test_a_finder_is_no_reader(tmp_path: Path) -> None:
    manifest = folder_with(tmp_path, "plate-reader", boxes_model([ROW]), boxes_lines())
    with pytest.raises(DeviceFault, match="reads no text"):
        open_plate_reader(manifest)


def test_overlap_of_boxes() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
