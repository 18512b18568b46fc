"""From a whole picture to a number: on drawn containers with the models that ship, and what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Permille
from station.vision.code_finder import MODEL as FINDER
from station.vision.code_finder import open_code_finder
from station.vision.code_reader import MODEL as READER
from station.vision.code_reader import open_code_reader
from station.vision.container_reader import NOTHING, apart, is_upright, looks, open_container_reader
from station.vision.found import overlap
from station.vision.proving import findings, prove
from station.vision.tensors import Region
from station.vision.unfit import PictureUnfit
from tests.vision.gate_recipe import glyph
from tests.vision.models_folder import MODELS, copy_of_models, edit

NUMBER, SIZE = "TCLU4567897", "22G1"
LETTER_PX = 46


def container(*codes: tuple[str, int, int, bool], steel: int = 45, paint: int = 225) -> tuple[bytes, list[Region]]:
    """A JPEG of 1920x1080: one corrugated wall, each code (text, left, top, upright) on it; and where they stand."""
    wave = 9 * np.sin(np.arange(1920, dtype=np.float32) / 38)
    picture = np.tile(np.clip(steel + wave, 0, 255).astype(np.uint8), (1080, 1))
    places = []
    for text, left, top, upright in codes:
        wide, x, y = int(LETTER_PX * 0.62), left, top
        for place, character in enumerate(text):
            slim = int(wide * (0.5 if character in "1I" else 1))
            ink = cv2.resize(
                glyph(character, cv2.FontFace("sans"), 700), (slim, LETTER_PX), interpolation=cv2.INTER_AREA
            )
            at = x + (wide - slim) // 2
            cell = picture[y : y + LETTER_PX, at : at + slim].astype(np.float32)
            picture[y : y + LETTER_PX, at : at + slim] = cell + (paint - cell) * (ink / 255)
            gap = LETTER_PX * (0.8 if place in (3, 9) and len(text) == len(NUMBER) else 0.0)
            x, y = (x, int(y + LETTER_PX * 1.25 + gap)) if upright else (int(x + wide * 1.25 + gap), y)
        right, bottom = (left + wide, y) if upright else (x, top + LETTER_PX)
        places.append((left, top, right - left, bottom - top))
    soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
    return cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes(), places


@pytest.mark.parametrize("upright", [False, True])
def test_a_number_is_found_and_read_where_it_stands(upright: bool) -> None:
    reader = open_container_reader(MODELS / "manifest.toml")
    assert reader is not None
    size_at = (1180, 150) if upright else (1150, 470)
    body, (place, _) = container((NUMBER, 1060, 150 if upright else 400, upright), (SIZE, *size_at, upright))
    seen = reader.read_picture(body)
    assert seen.text == NUMBER
    middle = (seen.box[0] + seen.box[2] // 2, seen.box[1] + seen.box[3] // 2)
    assert place[0] < middle[0] < place[0] + place[2] and place[1] < middle[1] < place[1] + place[3]
    assert overlap(seen.box, place) > 0.3, "a column is so narrow that a few pixels beside it halve the share"
    assert len(seen.characters) == len(NUMBER)
    assert seen.model == dict(_hashes())[READER]
    assert seen.size_type == SIZE


def test_a_painted_wrong_check_digit_is_told_as_it_stands() -> None:
    reader = open_container_reader(MODELS / "manifest.toml")
    assert reader is not None
    body, _ = container(("MSCU1234567", 900, 420, False))
    assert reader.read_picture(body).text == "MSCU1234567"


def test_a_wall_without_a_number_says_nothing() -> None:
    reader = open_container_reader(MODELS / "manifest.toml")
    assert reader is not None
    assert reader.read_picture(container()[0]) == NOTHING
    body, _ = container(("KEEPDRY", 500, 500, False))
    assert reader.read_picture(body).text == ""


def test_a_broken_picture_is_refused_by_name() -> None:
    reader = open_container_reader(MODELS / "manifest.toml")
    assert reader is not None
    with pytest.raises(PictureUnfit):
        reader.read_picture(container()[0][:-2000])


@given(
    st.tuples(st.integers(0, 940), st.integers(0, 520), st.integers(1, 900), st.integers(1, 500)),
    st.sampled_from([(540, 960), (64, 64), (1, 1)]),
)
def test_looks_stay_within_the_picture(box: Region, size: tuple[int, int]) -> None:
    x, y, wide, high = box
    within = (min(x, size[1] - 1), min(y, size[0] - 1), wide, high)
    for crop in looks(np.zeros(size, np.uint8), within):
        assert crop.size > 0


def test_how_far_apart_two_codes_stand() -> None:
    assert apart((0, 0, 10, 10), (5, 5, 10, 10)) == 0
    assert apart((0, 0, 10, 10), (13, 0, 10, 10)) == 3
    assert apart((13, 14, 10, 10), (0, 0, 10, 10)) == 7
    assert is_upright((0, 0, 10, 90)) and not is_upright((0, 0, 90, 10))


def test_a_manifest_without_the_models_reads_no_containers(tmp_path: Path) -> None:
    manifest = _without(tmp_path, FINDER, READER)
    assert open_container_reader(manifest) is None


@pytest.mark.parametrize(("gone", "left"), [(FINDER, READER), (READER, FINDER)])
def test_half_a_reader_is_refused_by_name(tmp_path: Path, gone: str, left: str) -> None:
    with pytest.raises(DeviceFault) as error:
        open_container_reader(_without(tmp_path, gone))
    assert error.value.fault.code == "bad-model"
    assert gone in error.value.fault.thing and left not in error.value.fault.thing


def test_an_altered_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    with (folder / "code_reader.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(DeviceFault, match=READER):
        open_container_reader(folder / "manifest.toml")


def test_another_known_answer_is_refused_by_name(tmp_path: Path) -> None:
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    edit(manifest, lambda text: text.replace('known_text = "TCLU4567897"', 'known_text = "TCLU4567898"'))
    with pytest.raises(DeviceFault) as error:
        open_code_reader(manifest)
    assert "TCLU4567897" in error.value.fault.seen
    finder = _table(manifest, FINDER)
    edit(manifest, lambda text: text.replace(finder, finder.replace("known_box = [", "known_box = [1")))
    with pytest.raises(DeviceFault) as error:
        open_code_finder(manifest)
    assert FINDER in error.value.fault.thing


@pytest.mark.parametrize("name", [FINDER, READER])
def test_a_model_of_another_shape_is_refused_by_name(tmp_path: Path, name: str) -> None:
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    table = _table(manifest, name)
    edit(manifest, lambda text: text.replace(table, table.replace("input = [1, 1, ", "input = [1, 1, 8")))
    with pytest.raises(DeviceFault) as error:
        open_container_reader(manifest)
    assert name in error.value.fault.thing


def test_nothing_is_what_it_says() -> None:
    assert (NOTHING.text, NOTHING.confidence, NOTHING.box) == ("", Permille(0), (0, 0, 0, 0))


def _hashes() -> tuple[tuple[str, str], ...]:
    from station.vision.manifest import model_hashes

    return model_hashes(MODELS / "manifest.toml")


def _table(manifest: Path, name: str) -> str:
    """The text of one model's table."""
    _, _, rest = manifest.read_text(encoding="utf-8").partition(f"[model.{name}]\n")
    return rest.partition("\n[model.")[0]


def _without(tmp_path: Path, *names: str) -> Path:
    """The manifest of a copy of the models that does not list these."""
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    for name in names:
        table = _table(manifest, name)
        edit(manifest, lambda text, gone=f"[model.{name}]\n{table}": text.replace(gone, ""))  # type: ignore[misc]
    return manifest


@pytest.mark.parametrize("name", [FINDER, READER])
def test_the_store_proves_the_models_as_the_gate_does(name: str, tmp_path: Path) -> None:
    assert prove(MODELS / "manifest.toml", name).entry.name == name
    assert {one.fault for one in findings(MODELS / "manifest.toml")} == {""}
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    table = _table(manifest, name)
    edit(manifest, lambda text: text.replace(table, table.replace("known_confidence = ", "known_confidence = -")))
    assert {one.name for one in findings(manifest) if one.fault} == {name}
