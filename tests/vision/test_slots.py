from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault
from station.vision.ctc import share_of
from station.vision.plate_reader import open_plate_reader
from station.vision.slots import slots_beam, slots_tensor
from tests.vision.foreign_models import folder_with, slots_lines, slots_model, slots_shares

GRAY = np.arange(48 * 80, dtype=np.uint8).reshape(48, 80)


@given(st.lists(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), min_size=1, max_size=2))
def test_the_beam_gives_the_shares_of_the_definition(rows: list[list[float]]) -> None:
    shares = np.array(rows, np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    truth: dict[str, float] = {}
    for path in product(range(3), repeat=len(rows)):
        text = "".join("AB_"[c] for c in path).replace("_", "")
        truth[text] = truth.get(text, 0.0) + float(np.prod([shares[slot, c] for slot, c in enumerate(path)]))
    candidates = slots_beam(shares, "AB_", "_")
    assert {candidate.text for candidate in candidates} == set(truth)
    for candidate in candidates:
        assert share_of(candidate) == pytest.approx(truth[candidate.text], abs=1e-5)


def test_pads_are_dropped_wherever_they_stand() -> None:
    shares = np.eye(3, dtype=np.float32)[[0, 2, 1, 2]]
    assert slots_beam(shares, "AB_", "_")[0].text == "AB"


@pytest.mark.parametrize("channels", [1, 3])
def test_every_picture_becomes_the_input_of_these_models(channels: int) -> None:
    tensor = slots_tensor(GRAY, (1, 64, 128, channels))
    assert (tensor.shape, tensor.dtype) == ((1, 64, 128, channels), np.uint8)
    assert all(np.array_equal(tensor[..., 0], tensor[..., channel]) for channel in range(channels))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_slots_model_stands_in_for_the_reader_by_the_manifest_alone(tmp_path: Path, channels: int) -> None:
    manifest = folder_with(
        tmp_path, "plate-reader", slots_model(slots_shares("12C04567"), channels), slots_lines(channels)
    )
    read = open_plate_reader(manifest).read(GRAY)
    assert (read.raw, read.text) == ("12C04567", "12C04567")
    assert abs(read.confidence - 387) <= 1  # 0.9 to the ninth
    assert len(read.characters) == 8


def test_the_grammar_prior_counts_here_too(tmp_path: Path) -> None:
    shares = slots_shares("12C04567")
    shares[2] = 1e-4
    shares[2, 8], shares[2, 11] = 0.55, 0.44  # 8 before B
    shares[2] /= shares[2].sum()
    lines = slots_lines(text="12B04567", confidence=188)
    read = open_plate_reader(folder_with(tmp_path, "plate-reader", slots_model(shares), lines)).read(GRAY)
    assert (read.raw, read.text) == ("12804567", "12B04567")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("pad = ", "# pad = "), "pad must be a text"),
        (('pad = "_"', 'pad = "?"'), "pad '?'"),
        (("output = [1, 9, 37]", "output = [1, 9, 36]"), "does not fit"),
        (("output = [1, 9, 37]", "output = [1, 8, 37]"), "(1, 8, 37)"),
        (("input = [1, 64, 128, 1]", "input = [1, 64, 128, 3]"), "(1, 64, 128, 3)"),
        (("input = [1, 64, 128, 1]", "input = [1, 1, 64, 128]"), "takes [1, rows"),
        (('alphabet = "01', 'alphabet = "00'), "twice"),
        (('kind = "slots"', 'kind = "ctc"'), "takes [1, 1"),
        (('kind = "slots"', 'kind = "guess"'), "known: ctc, slots, boxes, heat-map"),
        (('known_text = "12', 'known_text = "99'), "its known answer is 99"),
        (("known_tolerance = 50", "known_tolerance = 50\nopset = 18"), "opset 17"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    manifest = folder_with(tmp_path, "plate-reader", slots_model(slots_shares("12C04567")), slots_lines())
    text = manifest.read_text(encoding="utf-8")
    assert change[0] in text
    manifest.write_text(text.replace(*change), encoding="utf-8")
    assert word in refusal(manifest)


def test_scores_that_are_no_shares_are_refused(tmp_path: Path) -> None:
    manifest = folder_with(tmp_path, "plate-reader", slots_model(slots_shares("12C04567") * 20), slots_lines())
    assert "softmax" in refusal(manifest)


def test_a_model_that_takes_floats_is_refused(tmp_path: Path) -> None:
    from tests.vision.onnx_file import constant_model

    model = constant_model(slots_shares("1").ravel().tolist(), (1, 9, 37), (1, 64, 128, 1))
    assert "tensor(uint8)" in refusal(folder_with(tmp_path, "plate-reader", model, slots_lines()))


def refusal(manifest: Path) -> str:
    with pytest.raises(DeviceFault) as refused:
        open_plate_reader(manifest)
    assert (refused.value.fault.code, refused.value.fault.thing) == ("bad-model", "model plate-reader")
    return refused.value.fault.seen
