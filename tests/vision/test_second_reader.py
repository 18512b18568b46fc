"""The second reader on a made-up file of the right form; the real one is in a package that no test needs."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from station.vision import second_reader
from station.vision.ctc import beam
from station.vision.second_reader import ALPHABET, CLASSES, NotInstalled, SecondReader, between_lines, our_shares
from tests.vision.onnx_file import constant_model

PLATE = np.full((60, 120), 200, np.uint8)


def class_of(character: str) -> int:
    """As the file has them: blank 0, digits from 33, capitals from 43, small letters from 69."""
    if character == "_":
        return 0
    if character.isdigit():
        return 33 + int(character)
    return (69 if character.islower() else 43) + ord(character.upper()) - ord("A")


def shares_of(steps: str, share: float = 0.9) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.full((len(steps), CLASSES), 0.0, np.float32)
    for step, character in enumerate(steps):
        rows[step, class_of(character)] = share
        rows[step, 5] = 1 - share  # something that is no letter
    return rows


def reader_saying(folder: Path, steps: str) -> SecondReader:
    model = constant_model(shares_of(steps).ravel().tolist(), (1, len(steps), CLASSES), (1, 3, 48, 320))
    file = folder / "recogniser.onnx"
    file.write_bytes(model)
    return SecondReader(file, hashlib.sha256(model).hexdigest())


def test_our_alphabet_is_taken_out_of_all_classes() -> None:
    assert beam(our_shares(shares_of("1_2_C_0_9_A_Z")), ALPHABET)[0].text == "12C09AZ"


def test_a_small_letter_counts_as_its_capital() -> None:
    assert beam(our_shares(shares_of("c_z")), ALPHABET)[0].text == "CZ"


def test_shares_add_up_to_one_and_what_is_no_letter_is_blank() -> None:
    shares = np.exp(our_shares(shares_of("1", 0.3)))
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares[0, -1] == pytest.approx(0.7, abs=1e-5)


def test_a_character_on_both_sides_of_the_break_counts_twice() -> None:
    upper, lower = our_shares(shares_of("12")), our_shares(shares_of("23"))
    assert beam(between_lines(upper, lower), ALPHABET)[0].text == "1223"


def test_a_line_is_scaled_and_filled_up() -> None:
    tensor = second_reader.line_tensor(np.full((24, 50), 255, np.uint8))
    assert tensor.shape == (1, 3, 48, 320) and tensor.dtype == np.float32
    assert tensor[0, :, :, :100].min() == 1.0 and abs(tensor[0, :, :, 100:]).max() == 0.0
    assert second_reader.line_tensor(np.zeros((10, 200), np.uint8)).shape == (1, 3, 48, 960)


def test_one_line_that_is_a_plate_beats_two_that_are_none(tmp_path: Path) -> None:
    assert reader_saying(tmp_path, "1_2_C_0_4_5_6_7").read(PLATE).text == "12C04567"


def test_two_halves_that_make_a_plate_beat_one_line_that_is_none(tmp_path: Path) -> None:
    """Every half says the same here, so the plate is one that repeats itself."""
    read = reader_saying(tmp_path, "A_A_2_2").read(PLATE)
    assert read.text in ("AA22", "AA22AA22")
    assert reader_saying(tmp_path, "5_1_2_3").likely(PLATE)[0].text == "5123"


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "recogniser.onnx"
    file.write_bytes(b"something else")
    with pytest.raises(DeviceFault) as refused:
        SecondReader(file)
    assert refused.value.fault.code == "bad-model" and second_reader.SHA256 in refused.value.fault.seen
    with pytest.raises(DeviceFault):
        SecondReader(tmp_path / "nowhere.onnx")


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match="rapidocr"):
        second_reader.open_second_reader()
