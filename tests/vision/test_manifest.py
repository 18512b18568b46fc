from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.contract.faults import DeviceFault
from station.vision.manifest import load_model_entry, model_hashes
from tests.vision.models_folder import MODELS, copy_of_models, edit


def refused(manifest: Path, name: str = "plate-reader") -> str:
    with pytest.raises(DeviceFault) as error:
        load_model_entry(manifest, name)
    fault = error.value.fault
    assert fault.code == "bad-model"
    assert name in fault.thing
    assert fault.next_step
    return fault.seen


def test_the_shipped_manifest_fits_its_files() -> None:
    entry = load_model_entry(MODELS / "manifest.toml", "plate-reader")
    assert entry.output_shape[-1] == len(entry.alphabet) + 1
    assert entry.file.stat().st_size < 3_000_000


def test_a_flipped_bit_names_both_hashes(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    model = folder / "plate_reader.onnx"
    data = bytearray(model.read_bytes())
    expected = load_model_entry(folder / "manifest.toml", "plate-reader").sha256
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    seen = refused(folder / "manifest.toml")
    assert expected in seen
    assert "plate_reader.onnx" in seen


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('kind = "ctc"', 'kind = "slots"'), "pad"),
        (lambda text: text.replace('kind = "ctc"', 'kind = "guess"'), "guess"),
        (lambda text: text.replace('kind = "ctc"', 'opset = 16\nkind = "ctc"'), "opset 17"),
        (lambda text: text.replace('alphabet = "0', 'alphabet = "'), "do not fit"),
        (lambda text: text.replace('alphabet = "01', 'alphabet = "00'), "twice"),
        (lambda text: text.replace("input = [1, 1,", 'input = ["1", 1,'), "input"),
        (lambda text: text.replace("known_confidence = ", "known_confidence = 0."), "known_confidence"),
        (lambda text: text.replace('file = "plate', 'file = "../plate'), "leads out"),
        (lambda text: text.replace('file = "plate', 'file = "gone_plate'), "cannot be read"),
        (lambda text: text.replace("[model.plate-reader]", "[model.other]"), "other"),
        (lambda text: text + "\n[[[", "cannot be read"),
    ],
)
def test_every_fault_of_the_manifest_is_named(tmp_path: Path, change: Callable[[str], str], word: str) -> None:
    folder = copy_of_models(tmp_path)
    edit(folder / "manifest.toml", change)
    assert word in refused(folder / "manifest.toml")


def test_missing_model_and_missing_manifest_are_refused_by_name(tmp_path: Path) -> None:
    assert "no manifest" in refused(tmp_path / "manifest.toml")
    assert "plate-reader" in refused(MODELS / "manifest.toml", "seal-check")


def test_the_hashes_for_the_journal_are_those_of_the_entries() -> None:
    hashes = model_hashes(MODELS / "manifest.toml")
    assert {"plate-finder", "plate-reader"} <= {name for name, _ in hashes}
    assert hashes == tuple((name, load_model_entry(MODELS / "manifest.toml", name).sha256) for name, _ in hashes)
