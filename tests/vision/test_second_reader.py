"""The second reader on a made-up file of the right form; the real one is in a package that no test needs."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.faults import DeviceFault
from station.vision import second_file, second_reader
from station.vision.ctc import beam
from station.vision.second_file import ALPHABET, NotInstalled, entry_of, installed_entry
from station.vision.second_reader import SecondReader, between_lines, open_second_reader, our_shares
from tests.vision.second_package import install_second, recogniser_saying, shares_of, uninstall_second

PLATE = np.full((60, 120), 200, np.uint8)


def reader_saying(folder: Path, steps: str) -> SecondReader:
    model = recogniser_saying(steps)
    file = folder / "recogniser.onnx"
    file.write_bytes(model)
    return SecondReader(entry_of(file, hashlib.sha256(model).hexdigest()))


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
        entry_of(file, second_file.SHA256)
    assert refused.value.fault.code == "bad-model" and second_file.SHA256 in refused.value.fault.seen
    with pytest.raises(DeviceFault):
        entry_of(tmp_path / "nowhere.onnx", second_file.SHA256)


def test_the_file_in_the_package_is_found_and_nothing_of_the_package_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = install_second(tmp_path, monkeypatch)
    assert installed_entry().file == file
    assert open_second_reader().read(PLATE).text == "12C04567"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DeviceFault, match=r"PP-OCRv6: bad-model: .* has sha256 .*install the package anew"):
        installed_entry()


def test_one_that_reads_another_text_than_is_drawn_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_second(tmp_path, monkeypatch, "12C04568")
    with pytest.raises(DeviceFault, match="its known answer is 12C04567, it read 12C04568"):
        open_second_reader()


def test_a_pinned_file_that_is_no_such_model_is_refused_with_the_right_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = install_second(tmp_path, monkeypatch)
    file.write_bytes(b"no model")
    monkeypatch.setattr(second_file, "SHA256", hashlib.sha256(b"no model").hexdigest())
    with pytest.raises(DeviceFault, match="cannot load") as refused:
        open_second_reader()
    assert second_file.INSTALL in refused.value.fault.next_step


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    uninstall_second(monkeypatch)
    with pytest.raises(NotInstalled, match="rapidocr"):
        open_second_reader()
