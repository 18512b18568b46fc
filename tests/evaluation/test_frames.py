"""Found in a whole picture, and the stages of the chain, with a finder that answers by rote."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.contract.quantities import Permille
from station.evaluation.folder import ContainerPhoto, DataFolder, Fault, Frame
from station.evaluation.frames import chain_figures, frame_figures, whole_pictures
from station.vision.finders import open_listed_finder
from station.vision.found import Found, overlap
from station.vision.plate_reader import PlateText
from station.vision.tensors import Gray, Region
from tests.vision.models_folder import MODELS


class ByRote:
    def __init__(self, *boxes: Region) -> None:
        self._found = tuple(Found(box, Permille(900)) for box in boxes)

    def find(self, picture: Gray) -> tuple[Found, ...]:
        return self._found


def data(root: Path, *frames: Frame) -> DataFolder:
    for frame in frames:
        assert cv2.imwrite(str(root / frame.path), np.zeros((40, 60), np.uint8))
    return DataFolder(root, (), frames, (), (), has_corrections=False)


def test_overlap_of_two_boxes() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0


def test_only_the_surest_find_counts(tmp_path: Path) -> None:
    folder = data(tmp_path, Frame("a.png", (0, 0, 20, 10)), Frame("b.png", (30, 20, 20, 10)))
    faults: list[Fault] = []
    found, *_ = frame_figures(folder, ByRote((1, 0, 20, 10), (30, 20, 20, 10)), faults)
    assert (found.value, found.n, faults) == (50.0, 2, [])
    found, *_ = frame_figures(folder, ByRote(), faults)
    assert found.value == 0


def test_a_frame_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    folder, faults = data(tmp_path, Frame("a.png", (0, 0, 20, 10))), list[Fault]()
    (tmp_path / "a.png").write_bytes(b"no picture")
    found, *_ = frame_figures(folder, ByRote(), faults)
    assert found.value is None and [(fault.thing, fault.code) for fault in faults] == [("a.png", "not-a-picture")]


def test_without_a_finder_it_says_so(tmp_path: Path) -> None:
    (found,) = frame_figures(data(tmp_path), None, [])
    assert found.value is None and found.why == "eval-no-finder"


class Blind:
    """Reads nothing."""

    def read(self, plate: Gray) -> PlateText:
        return PlateText("", "", Permille(0), ())


def test_the_chain_tells_every_stage(tmp_path: Path) -> None:
    lines = list(chain_figures(data(tmp_path), Blind(), ByRote((0, 0, 9, 9)), []))
    assert {line.section for line in lines} == {"eval-chain-drawn"}
    assert {line.what for line in lines} == {"eval-decode", "eval-find", "eval-cut-read", "eval-whole"}
    assert all(line.n == 20 and line.value is not None and line.value >= 0 for line in lines)


def test_pictures_of_the_right_size_are_taken_from_the_folder(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "w.jpg"), np.zeros((1080, 1920), np.uint8))
    (tmp_path / "torn.jpg").write_bytes((tmp_path / "w.jpg").read_bytes()[:-900])
    faults: list[Fault] = []
    folder = DataFolder(
        tmp_path, (), (), (ContainerPhoto("w.jpg"), ContainerPhoto("torn.jpg")), (), has_corrections=False
    )
    bodies, section = whole_pictures(folder, faults)
    assert (len(bodies), section) == (1, "eval-chain-photos")
    assert [fault.thing for fault in faults] == ["torn.jpg"]
    whole_pictures(folder, faults)
    assert len(faults) == 1, "told once"


def test_a_manifest_without_a_finder(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.toml"
    manifest.write_text((MODELS / "manifest.toml").read_text(encoding="utf-8").partition("[model.plate-finder]")[0])
    assert open_listed_finder(manifest) is None
