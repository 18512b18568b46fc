"""Figures of seals, on looks that the test makes up; and the index that names the crops."""

from pathlib import Path

import pytest

from station.core.seals import Seal
from station.evaluation.folder import SealPhoto, read_folder
from station.evaluation.seals import Lock, area, figures_of
from station.vision.seal import SealSeen
from tests.evaluation.test_folder import faults, folder


def lock(seal: Seal, distance: float, *, is_sealed: bool, container: str = "") -> Lock:
    return Lock(SealPhoto(f"{seal}{distance}{is_sealed}.jpg", is_sealed, container), SealSeen(seal, distance))


LOCKS = (
    lock("SEEN", 60, is_sealed=True),
    lock("SEEN", 40, is_sealed=False),
    lock("UNSURE", 15, is_sealed=True),
    lock("UNSURE", 15, is_sealed=False),
    lock("NOT_SEEN", 5, is_sealed=False),
)


def test_the_figures() -> None:
    told = {figure.what: (figure.value, figure.n) for figure in figures_of(LOCKS)}
    assert told["eval-seal-area"] == (pytest.approx(4.5 / 6), 5)
    assert told["eval-seal-seen"] == (50.0, 2)
    assert told["eval-seal-not-seen"] == (100.0, 1)
    assert told["eval-seal-told"] == (60.0, 5)


def test_the_area_turns_round_with_the_labels() -> None:
    turned = [lock(one.seen.seal, one.seen.distance, is_sealed=not one.photo.is_sealed) for one in LOCKS]
    assert area(turned) == pytest.approx(1 - area(LOCKS))


def test_one_kind_alone_has_no_area() -> None:
    assert next(figures_of(LOCKS[:1])).value is None


def test_the_index(tmp_path: Path) -> None:
    data = read_folder(folder(tmp_path, "path,label,container\nseals/a.jpg,unsealed,c1\n", "seals/a.jpg", kind="seals"))
    assert data.seals == (SealPhoto("seals/a.jpg", is_sealed=False, container="c1"),)


def test_a_strange_label_is_named_by_its_line(tmp_path: Path) -> None:
    root = folder(tmp_path, "path,label\nseals/a.jpg,maybe\n", "seals/a.jpg", kind="seals")
    assert faults(root) == [("seals/index.csv:2", "bad-row")]
