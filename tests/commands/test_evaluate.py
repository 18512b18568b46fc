"""`station eval` on the frozen gate set and on folders that are not what they should be."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station.commands.phrases import PHRASES
from tests.commands.premises import ROOT, Told
from tests.vision.second_package import uninstall_second

GATE = ROOT / "tests" / "data" / "gate"
_FEW = ("--sample", "6")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The first pictures of the gate set in a folder of their own."""
    target = tmp_path / "data"
    (target / "plates").mkdir(parents=True)
    rows = (GATE / "plates" / "index.csv").read_text(encoding="utf-8").splitlines()[:9]
    (target / "plates" / "index.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for row in rows[1:]:
        name = row.partition(",")[0]
        shutil.copy(GATE / name, target / name)
    return target


def lines(told: Told) -> list[dict[str, Any]]:
    assert told.status in (0, 1), told.err
    return [line for line in json.loads(told.out)["figures"] if isinstance(line, dict)]


def labels() -> set[str]:
    with (GATE / "plates" / "index.csv").open(encoding="utf-8", newline="") as file:
        return {row["text"] for row in csv.DictReader(file)}


def test_every_figure_has_its_n_and_words_in_both_languages(command: Callable[..., Told]) -> None:
    told = command("eval", "--data", GATE, *_FEW, "--json")
    assert told.status == 0, told.err
    for line in lines(told):
        assert {line["section"], line["what"], *filter(None, [line["why"]])} <= set(PHRASES)
        assert (line["value"] is None) == bool(line["why"]), line
        assert line["value"] is None or line["n"] > 0
    exact = next(line for line in lines(told) if line["what"] == "eval-all" and line["of"] == "gate")
    assert exact["n"] == 6 and exact["low"] < exact["value"] < exact["high"]


def test_it_tells_a_person_in_their_language(command: Callable[..., Told]) -> None:
    assert "Đúng cả biển số" in command("eval", "--data", GATE, *_FEW, language="vi").out
    told = command("eval", "--data", GATE, *_FEW).out
    assert "The whole plate right" in told and "n 6 " in told and "the folder has no such pictures" in told
    assert not any(label in told for label in labels())


def test_corrections_give_both_figures(command: Callable[..., Told], copy: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.csv"
    own.write_text("path,text\nplates/002.jpg,99Z99999\n", encoding="utf-8")
    told = lines(command("eval", "--data", copy, "--corrections", own, "--sample", 8, "--json"))
    exact = {line["labels"]: line["value"] for line in told if line["what"] == "eval-all" and line["of"] == "gate"}
    assert exact["published"] - exact["corrected"] == pytest.approx(100 / 8)


def test_a_report_shows_no_plate_unless_it_is_told_to(command: Callable[..., Told], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert command("eval", "--data", GATE, "--sample", "30", "--report", file).status == 0
    page = file.read_text(encoding="utf-8")
    assert "<svg" in page and "95 %" in page and "--show-plates" in page
    assert "data:image" not in page and ".jpg" not in page
    assert not any(label in page for label in labels())
    assert command("eval", "--data", GATE, "--sample", "30", "--report", file, "--show-plates").status == 0
    page = file.read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in page and any(label in page for label in labels())
    assert 'src="http' not in page and "href" not in page, "nothing from elsewhere"


def test_pictures_that_are_of_no_use_are_named_and_counted(command: Callable[..., Told], copy: Path) -> None:
    (copy / "plates" / "001.jpg").write_bytes(b"no picture")
    (copy / "plates" / "002.jpg").unlink()
    body = (copy / "plates" / "003.jpg").read_bytes()
    (copy / "plates" / "003.jpg").write_bytes(body[: len(body) // 2])
    (copy / "plates" / "other.png").write_bytes(b"")
    told = command("eval", "--data", copy, "--sample", 8)
    assert told.status == 1 and "n 5 " in told.out
    for name in ("plates/001.jpg", "plates/002.jpg", "plates/003.jpg", "plates/other.png"):
        assert name in told.err
    assert "Next: " in told.err


def test_not_one_picture_that_can_be_read(command: Callable[..., Told], copy: Path) -> None:
    for path in (copy / "plates").glob("*.jpg"):
        path.write_bytes(b"no picture")
    told = command("eval", "--data", copy)
    assert told.status == 74 and "plates/" in told.err and "next: copy the pictures again" in told.err


def test_a_folder_that_is_none(command: Callable[..., Told], tmp_path: Path) -> None:
    told = command("eval", "--data", tmp_path / "nowhere")
    assert told.status == 74 and "nowhere" in told.err and "--data" in told.err
    told = command("eval", "--data", tmp_path)
    assert told.status == 74 and "plates/index.csv" in told.err
    (tmp_path / "plates").mkdir()
    (tmp_path / "plates" / "index.csv").write_text("file,label\n", encoding="utf-8")
    told = command("eval", "--data", tmp_path, "--json")
    assert told.status == 74 and json.loads(told.out)["refused"]["cause"] == "bad-index"
    assert "path, text" in json.loads(told.out)["refused"]["seen"]


def test_without_the_extra_it_says_how_to_install_it(
    command: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, copy: Path
) -> None:
    uninstall_second(monkeypatch)
    told = command("eval", "--data", copy, "--beside", "ocr")
    assert told.status == 69 and "rapidocr" in told.err and "pip install rapidocr==3.10.0" in told.err


def test_a_wrong_command_line(command: Callable[..., Told]) -> None:
    assert command("eval", "--data", GATE, "--beside", "tea-leaves").status == 2
    assert command("eval", "--data", GATE, "--show-plates").status == 2
    assert command("eval").status == 2
