"""Figures of container numbers, on readings that the test makes up; and the index that names the photos."""

from pathlib import Path

import pytest

from drivers.contract.quantities import Permille
from station.evaluation.containers import SECOND, SECTION, View, agreed_figure, figures_of
from station.evaluation.folder import ContainerPhoto, read_folder
from station.vision.container_seen import ContainerSeen
from tests.evaluation.test_folder import faults, folder


def view(number: str, read: str, confidence: int = 950, size: str = "", read_size: str = "") -> View:
    seen = ContainerSeen(read, read, Permille(confidence), (), read_size, Permille(0), (0, 0, 0, 0), "")
    return View(ContainerPhoto(f"{number}{read}.jpg", number, size), seen, 40.0)


VIEWS = (
    view("TCLU4567897", "TCLU4567897", size="22G1", read_size="22G1"),
    view("TCLU4567897", "TCLU4567897", 600, size="22G1", read_size="45G1"),
    view("TEMU1234565", "TEMU1234565"),
    view("TEMU1234565", "TEMU1234570"),  # wrong, and its check digit fits
    view("GESU1234564", ""),
)


def test_the_figures() -> None:
    told = {(figure.what, figure.of): (figure.value, figure.n) for figure in figures_of(VIEWS)}
    assert told["eval-right-code", ""] == (60.0, 5)
    assert told["eval-code-accepted", "900 ‰"] == (pytest.approx(200 / 3), 3)
    assert told["eval-code-wrong-valid", ""] == (20.0, 5)
    assert told["eval-views-agree", ""] == (50.0, 2)
    assert told["eval-views-right", ""] == (100.0, 1)
    assert told["eval-size-type", ""] == (50.0, 2)
    assert told["eval-code-reading", "p50"] == (40.0, 5)


def test_where_both_readers_agree() -> None:
    wrong = "TEMU1234570"
    pairs = [("TEMU1234565", "TEMU1234565"), (wrong, wrong), ("TEMU1234565", wrong), ("", "")]
    read = [{SECTION: view("TEMU1234565", own), SECOND: view("TEMU1234565", second)} for own, second in pairs]
    agreed = agreed_figure(read)
    assert (agreed.value, agreed.n, agreed.of) == (50.0, 2, "(50.0 %)")
    assert agreed_figure([]).value is None


def test_rows_of_one_picture_come_together(tmp_path: Path) -> None:
    index = "path,kind,text\ncontainers/a.jpg,container_number,TCLU 456789-7\ncontainers/a.jpg,size_type,22G1\n"
    data = read_folder(folder(tmp_path, index, "containers/a.jpg", kind="containers"))
    assert data.containers == (ContainerPhoto("containers/a.jpg", "TCLU4567897", "22G1"),)
    assert data.faults == ()


@pytest.mark.parametrize("row", ["container_number,TCLU45678", "size_type,2201", "colour,red", "container_number,"])
def test_a_row_that_is_no_code_is_named(tmp_path: Path, row: str) -> None:
    root = folder(tmp_path, f"path,kind,text\ncontainers/a.jpg,{row}\n", "containers/a.jpg", kind="containers")
    assert ("containers/index.csv:2", "bad-row") in faults(root)


def test_a_wrong_check_digit_may_be_what_is_painted(tmp_path: Path) -> None:
    root = folder(tmp_path, "path,text\ncontainers/a.jpg,MSCU1234567\n", "containers/a.jpg", kind="containers")
    assert read_folder(root).containers[0].number == "MSCU1234567"
