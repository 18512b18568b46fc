"""Painted codes by the second reader, on made-up files of the right form, and what both readers say together."""

import hashlib
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from station.vision.code_reader import CodeReader, CodeText, open_code_reader
from station.vision.ctc import Candidate
from station.vision.second_code_reader import BothCodeReaders, SecondCodeReader, mean_shares
from station.vision.second_file import entry_of
from station.vision.second_reader import SecondReader
from station.vision.tensors import Gray, decode_gray
from tests.vision.models_folder import MODELS
from tests.vision.second_package import recogniser_saying

LINE: Gray = np.full((40, 200), 90, np.uint8)


@pytest.fixture(scope="module")
def own() -> CodeReader:
    return open_code_reader(MODELS / "manifest.toml")


def second_saying(folder: Path, text: str) -> SecondCodeReader:
    model = recogniser_saying("_".join(text))
    file = folder / f"{text}.onnx"
    file.write_bytes(model)
    return SecondCodeReader(SecondReader(entry_of(file, hashlib.sha256(model).hexdigest())))


def test_the_form_decides_between_letters_and_digits(tmp_path: Path) -> None:
    said = second_saying(tmp_path, "TCLU4567897").number([LINE], upright=False)
    assert said.raw == said.text == "TCLU4567897" and 250 < said.confidence < 400  # 0.9 to the eleventh
    assert second_saying(tmp_path, "TCLU456789O").number([LINE], upright=False).text == ""
    assert second_saying(tmp_path, "22G1").size_type([LINE], upright=False).text == "22G1"
    assert second_saying(tmp_path, "KEEPDRY").number([LINE], upright=False).text == ""


def test_a_column_is_laid_on_its_side(tmp_path: Path) -> None:
    """By its effect: this model takes lines of up to 320 px at 48 px of height. `laid_flat` shares the turn."""
    second, long = second_saying(tmp_path, "TCLU4567897"), np.full((40, 400), 90, np.uint8)
    assert second.number([long], upright=True).text == "TCLU4567897"
    with pytest.raises(DeviceFault):
        second.number([long], upright=False)


def test_both_readers_of_a_picture_that_one_knows(own: CodeReader, tmp_path: Path) -> None:
    """The known picture of our reader, and a second reader that agrees or not."""
    known = own.entry.known
    flat = np.asarray(cv2.resize(decode_gray(known.picture.read_bytes()), (256, 40)), np.uint8)
    alone = own.number([flat], upright=False)
    agreed = BothCodeReaders(own, second_saying(tmp_path, known.text)).number([flat], upright=False)
    other = known.text[:-2] + ("00" if known.text[-2] != "0" else "11")
    doubted = BothCodeReaders(own, second_saying(tmp_path, other)).number([flat], upright=False)
    assert alone.text == agreed.text == doubted.text == known.text
    assert agreed.confidence == pytest.approx(1000 * math.sqrt(alone.confidence / 1000 * 0.9**11), abs=8)
    assert doubted.confidence < 100, "what one reader never named is no certain number"
    assert doubted.characters[0] > doubted.characters[-1]


def test_two_that_hear_nothing_say_nothing(own: CodeReader, tmp_path: Path) -> None:
    both = BothCodeReaders(own, second_saying(tmp_path, "KEEPDRY"))
    said: CodeText = both.number([LINE], upright=False)
    assert said.text == "" or said.confidence < 100
    assert mean_shares((), ()) == ()


def test_the_mean_of_shares_is_that_of_their_logarithms() -> None:
    mean = mean_shares((Candidate("A", -1.0), Candidate("B", -3.0)), (Candidate("B", -1.0), Candidate("C", -20.0)))
    assert [(one.text, one.log_share) for one in mean] == [("B", -2.0), ("A", -4.5), ("C", -10.0)]


def test_the_model_is_told_as_both(own: CodeReader, tmp_path: Path) -> None:
    second = second_saying(tmp_path, "22G1")
    assert BothCodeReaders(own, second).entry.sha256 == f"{own.entry.sha256}+{second.entry.sha256}"
