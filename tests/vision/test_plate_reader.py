import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from station.vision.plate_reader import PlateReaders, open_plate_reader
from station.vision.tensors import decode_gray
from tests.vision.models_folder import MODELS, copy_of_models, edit
from tests.vision.onnx_file import constant_model

OUTPUT = (1, 64, 37)


@pytest.fixture(scope="module")
def reader() -> PlateReaders:
    return open_plate_reader(MODELS / "manifest.toml")


def replace_model(folder: Path, model: bytes) -> Path:
    """Put another file in the model's place, with its hash set right: only its behaviour can give it away."""
    target = folder / "plate_reader.onnx"
    old = hashlib.sha256(target.read_bytes()).hexdigest()
    target.write_bytes(model)
    edit(folder / "manifest.toml", lambda text: text.replace(old, hashlib.sha256(model).hexdigest()))
    return folder / "manifest.toml"


def refusal(manifest: Path) -> str:
    with pytest.raises(DeviceFault) as error:
        open_plate_reader(manifest)
    assert error.value.fault.code == "bad-model"
    assert "plate-reader" in error.value.fault.thing
    return error.value.fault.seen


def test_the_known_picture_is_read_as_the_manifest_says(reader: PlateReaders) -> None:
    known = reader.entries[0].known
    read = reader.read(decode_gray(known.picture.read_bytes()))
    assert read.text == known.text
    assert abs(read.confidence - known.confidence) <= known.tolerance
    assert len(read.characters) == len(read.text)
    assert all(type(share) is int and 0 <= share <= 1000 for share in (read.confidence, *read.characters))


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_even_picture_is_no_plate(reader: PlateReaders, value: int) -> None:
    read = reader.read(np.full((160, 320), value, np.uint8))
    assert read.confidence < 500


def test_reading_twice_gives_the_same(reader: PlateReaders) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 200)).astype(np.uint8)
    assert reader.read(noise) == reader.read(noise)


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        ([math.nan] * (64 * 37), "not finite"),
        ([math.inf] + [0.0] * (64 * 37 - 1), "not finite"),
        ([1.5] * (64 * 37), "same everywhere"),
        ([float(n % 37 == 36) * 9 for n in range(64 * 37)], "it read nothing"),
        ([float(n % 37 == 5) * 9 for n in range(64 * 37)], "it read 5"),
    ],
)
def test_a_model_that_is_broken_inside_is_refused(tmp_path: Path, scores: list[float], word: str) -> None:
    manifest = replace_model(copy_of_models(tmp_path), constant_model(scores, OUTPUT, (1, 1, 64, 128)))
    assert word in refusal(manifest)


def test_a_model_of_another_shape_is_refused_with_both_shapes(tmp_path: Path) -> None:
    model = constant_model([0.0] * (32 * 37), (1, 32, 37), (1, 1, 64, 128))
    seen = refusal(replace_model(copy_of_models(tmp_path), model))
    assert "(1, 32, 37)" in seen
    assert "(1, 64, 37)" in seen


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    assert "cannot load" in refusal(replace_model(copy_of_models(tmp_path), b"not a model"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('known_text = "', 'known_text = "9'), "its known answer is 9"),
        (lambda text: text.replace("known_confidence = ", "known_confidence = -"), "its known answer"),
    ],
)
def test_another_answer_than_the_known_one_refuses(tmp_path: Path, change: Callable[[str], str], word: str) -> None:
    folder = copy_of_models(tmp_path)
    edit(folder / "manifest.toml", change)
    assert word in refusal(folder / "manifest.toml")


def test_an_altered_known_picture_is_refused(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    assert cv2.imwrite(str(folder / "known" / "plate.png"), np.zeros((64, 128), np.uint8))
    assert "known" in refusal(folder / "manifest.toml")
