import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Permille
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.finders import MODEL, Finder, open_plate_finder
from station.vision.found import Found, overlap
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS, PADDING, letterbox
from station.vision.manifest import load_model_entry
from station.vision.plate_finder import (
    BOX_UNIT_PX,
    CELL_PX,
    CHANNELS,
    FLOOR,
    MOST,
    around,
    merge,
    parts_of,
    peaks,
)
from station.vision.tensors import Gray, decode_gray, decode_half
from tests.vision.models_folder import MODELS, copy_of_models, edit
from tests.vision.onnx_file import constant_model

ROWS, COLUMNS = FINDER_ROWS // CELL_PX, FINDER_COLUMNS // CELL_PX
KNOWN = load_model_entry(MODELS / "manifest.toml", MODEL).known
OUTPUT = (1, CHANNELS, ROWS, COLUMNS)
INPUT = (1, 1, FINDER_ROWS, FINDER_COLUMNS)


@pytest.fixture(scope="module")
def finder() -> Finder:
    return open_plate_finder(MODELS / "manifest.toml")


def lane(plate: str | None, seed: int = 4, lines: int = 1) -> bytes:
    return gate_picture(plate, seed=seed, condition="clear", lines=lines)


def scores_of(*plates: tuple[int, int, float]) -> np.ndarray:
    """Network output with a plate of 64x16 pixels in the middle of each (row, column) cell, at the given score."""
    scores = np.zeros(OUTPUT[1:], np.float32)
    scores[0] = -9.0
    scores[3], scores[4] = math.log(64 / BOX_UNIT_PX), math.log(16 / BOX_UNIT_PX)
    for row, column, score in plates:
        scores[0, row, column] = score
    return scores


def refusal(manifest: Path) -> str:
    with pytest.raises(DeviceFault) as error:
        open_plate_finder(manifest)
    assert error.value.fault.code == "bad-model"
    assert "plate-finder" in error.value.fault.thing
    return error.value.fault.seen


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_a_box_comes_back_through_the_letterbox(rows: int, columns: int) -> None:
    seen = letterbox(np.zeros((rows, columns), np.uint8))
    assert seen.input.shape == (FINDER_ROWS, FINDER_COLUMNS)
    whole = (seen.left, seen.top, seen.left + columns * seen.scale, seen.top + rows * seen.scale)
    assert seen.back(whole) == (0, 0, columns, rows)
    middle = (FINDER_COLUMNS / 2 - 1, FINDER_ROWS / 2 - 1, FINDER_COLUMNS / 2 + 1, FINDER_ROWS / 2 + 1)
    back = seen.back(middle)
    if back is not None:
        x, y, width, height = back
        slack = 1 + 1 / seen.scale
        assert abs(x + width / 2 - columns / 2) <= slack
        assert abs(y + height / 2 - rows / 2) <= slack


def test_the_letterbox_keeps_proportions_and_fills_up_with_gray() -> None:
    seen = letterbox(np.full((1280, 964), 7, np.uint8))
    assert set(np.unique(seen.input)) == {7, PADDING}
    assert (seen.input == 7).sum() == pytest.approx(FINDER_ROWS * FINDER_ROWS * 964 / 1280, rel=0.02)


def test_a_box_beyond_the_picture_is_cut_and_one_in_the_padding_is_none() -> None:
    seen = letterbox(np.zeros((1000, 1000), np.uint8))
    assert seen.left > 0
    assert seen.back((-50.0, -50.0, 400.0, 400.0)) == (0, 0, 1000, 1000)
    assert seen.back((0.0, 0.0, float(seen.left), 128.0)) is None


def test_a_peak_gives_its_box_and_its_neighbour_gives_none() -> None:
    ((corners, confidence),) = peaks(scores_of((5, 7, 2.0), (5, 8, 1.0)))
    middle_x, middle_y = 7.5 * CELL_PX, 5.5 * CELL_PX
    assert corners == pytest.approx((middle_x - 32, middle_y - 8, middle_x + 32, middle_y + 8), rel=1e-5)
    assert confidence == int(1000 / (1 + math.exp(-2.0)))


def test_shift_and_size_are_in_the_stated_units() -> None:
    scores = scores_of((5, 7, 2.0))
    scores[1:, 5, 7] = (0.25, -0.5, math.log(2.0), 0.0)
    ((corners, _),) = peaks(scores)
    middle_x, middle_y = 7.5 * CELL_PX + 0.25 * 64, 5.5 * CELL_PX - 0.5 * 32
    assert corners == pytest.approx((middle_x - 32, middle_y - 16, middle_x + 32, middle_y + 16), rel=1e-5)


def test_what_stays_below_the_floor_is_no_find_and_wild_numbers_stay_finite() -> None:
    floor = math.log(FLOOR / (1000 - FLOOR))
    assert peaks(scores_of((5, 7, floor - 0.01))) == ()
    assert len(peaks(scores_of((5, 7, floor + 0.01)))) == 1
    wild = scores_of((5, 7, 1e6))
    wild[1:, 5, 7] = (0.0, 0.0, 1e6, -1e6)
    ((corners, confidence),) = peaks(wild)
    assert all(math.isfinite(side) for side in corners)
    assert confidence <= 1000


def test_overlap_is_shared_over_joint_area() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1.0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0.0
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0


def test_of_overlapping_finds_the_surest_stays() -> None:
    weak, sure = Found((12, 10, 100, 40), Permille(500)), Found((10, 10, 100, 40), Permille(800))
    apart = Found((300, 10, 100, 40), Permille(600))
    assert merge([weak, apart, sure]) == (sure, apart)


def test_a_closer_look_lies_within_the_picture_and_shows_the_box_whole() -> None:
    for box in ((0, 0, 20, 10), (900, 500, 60, 40), (400, 300, 200, 20)):
        x, y, width, height = around(box, 540, 960)
        assert 0 <= x <= box[0]
        assert 0 <= y <= box[1]
        assert box[0] + box[2] <= x + width <= 960
        assert box[1] + box[3] <= y + height <= 540


def test_the_parts_cover_the_picture_and_a_small_picture_has_none() -> None:
    seen = np.zeros((540, 961), bool)
    for x, y, width, height in parts_of(540, 961):
        seen[y : y + height, x : x + width] = True
    assert seen.all()
    assert parts_of(FINDER_ROWS - 1, 2000) == ()


def test_the_known_plate_is_found_where_the_manifest_says(finder: Finder) -> None:
    known = KNOWN
    best = finder.find(decode_gray(known.picture.read_bytes()))[0]
    assert overlap(best.box, known.box) > 0.95
    assert abs(best.confidence - known.confidence) <= known.tolerance


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("half", [False, True])
def test_the_plate_of_a_truck_at_the_gate_is_found(finder: Finder, lines: int, *, half: bool) -> None:
    x, y, width, height = (side // (2 if half else 1) for side in PLATE_REGION)
    for seed in range(4):
        data = lane("12C-045.67", seed, lines)
        best = finder.find(decode_half(data) if half else decode_gray(data))[0].box
        assert x <= best[0] + best[2] / 2 <= x + width
        assert y <= best[1] + best[3] / 2 <= y + height
        assert 0.4 * width <= best[2] <= 1.1 * width


def test_finds_are_few_within_the_picture_apart_and_ordered(finder: Finder) -> None:
    chance = np.random.default_rng(5)
    pictures: list[Gray] = [chance.integers(0, 256, shape).astype(np.uint8) for shape in ((300, 700), (40, 30), (1, 1))]
    for picture in (*pictures, decode_gray(lane("12C-045.67"))):
        found = finder.find(picture)
        assert len(found) <= MOST
        assert list(found) == sorted(found, key=lambda one: -one.confidence)
        for one in found:
            x, y, width, height = one.box
            assert min(x, y) >= 0
            assert min(width, height) > 0
            assert x + width <= picture.shape[1]
            assert y + height <= picture.shape[0]
            assert all(overlap(one.box, other.box) < 0.3 for other in found if other is not one)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_nothing_is_found_on_an_even_picture(finder: Finder, value: int) -> None:
    assert finder.find(np.full((540, 960), value, np.uint8)) == ()


def test_a_picture_smaller_than_the_input_is_searched_too(finder: Finder) -> None:
    known = KNOWN
    picture = decode_gray(known.picture.read_bytes())[::2, ::2]
    best = finder.find(np.ascontiguousarray(picture))[0].box
    x, y, width, height = known.box
    assert overlap(best, (x // 2, y // 2, width // 2, height // 2)) > 0.5


def replace_model(folder: Path, model: bytes) -> Path:
    target = folder / "plate_finder.onnx"
    old = hashlib.sha256(target.read_bytes()).hexdigest()
    target.write_bytes(model)
    edit(folder / "manifest.toml", lambda text: text.replace(old, hashlib.sha256(model).hexdigest()))
    return folder / "manifest.toml"


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        ([math.nan] * math.prod(OUTPUT), "not finite"),
        ([1.5] * math.prod(OUTPUT), "same everywhere"),
        (scores_of().ravel().tolist(), "at 0"),
        (scores_of((3, 3, 3.0)).ravel().tolist(), "it found"),
    ],
)
def test_a_model_that_is_broken_inside_is_refused(tmp_path: Path, scores: list[float], word: str) -> None:
    manifest = replace_model(copy_of_models(tmp_path), constant_model(scores, OUTPUT, INPUT))
    assert word in refusal(manifest)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace("known_box = [", "known_box = [9"), "its known answer is (9"),
        (lambda text: text.replace("known_box = [", "known_box = [-"), "whole numbers from 0 on"),
        (lambda text: text.replace("known_box = [", "known_box = [1, "), "[x, y, width, height]"),
        (lambda text: text.replace("output = [1, 5, 16", "output = [1, 5, 12"), "this finder needs"),
        (lambda text: text.replace('kind = "heat-map"', 'kind = "heat"'), "unknown kind 'heat'"),
    ],
)
def test_every_fault_of_its_table_is_named(tmp_path: Path, change: Callable[[str], str], word: str) -> None:
    folder = copy_of_models(tmp_path)
    edit(folder / "manifest.toml", change)
    assert word in refusal(folder / "manifest.toml")
