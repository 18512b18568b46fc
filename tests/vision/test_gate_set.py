"""The frozen gate set: the reader that ships must not become worse on it. How it was drawn: `gate_recipe.py`.

On 300 pictures PP-OCRv6's recogniser (rapidocr 3.10.0, called by `station.vision.second_reader`) reads 249 exactly,
83.0 %: hard, and not hopeless.
"""

from collections.abc import Callable

import numpy as np
import pytest

from station.evaluation.folder import Fault, read_folder
from station.evaluation.trials import pictures
from station.vision.plate_reader import PlateReader, PlateText, open_plate_reader
from station.vision.tensors import Gray, decode_gray
from tests.vision import gate_recipe
from tests.vision.models_folder import MODELS

GATE = MODELS.parent / "tests" / "data" / "gate"

LEAST_EXACT = 238
"""Of 300. The reader that ships read 247 (243 with one look instead of three). Sums differ between processors, and a
retrained one may lose a few by chance, so 9 (3 points) are left. A better reader moves this up."""


@pytest.fixture(scope="module")
def seen() -> list[tuple[str, Gray]]:
    faults: list[Fault] = []
    data = read_folder(GATE)
    opened = [(photo.label, gray) for photo, gray in pictures(GATE, data.photos, faults)]
    assert (len(opened), faults, data.faults) == (gate_recipe.COUNT, [], ())
    return opened


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return open_plate_reader(MODELS / "manifest.toml")


def exact(seen: list[tuple[str, Gray]], read: Callable[[Gray], PlateText]) -> int:
    return sum(read(gray).text == label for label, gray in seen)


@pytest.mark.timeout(180)
def test_the_reader_that_ships_passes_the_gate(seen: list[tuple[str, Gray]], reader: PlateReader) -> None:
    assert exact(seen, reader.read) >= LEAST_EXACT


@pytest.mark.parametrize("harm", ["mirrored", "darkened to two grays", "a tenth of the rows lost"])
def test_a_reader_with_a_fault_fails_the_gate(seen: list[tuple[str, Gray]], reader: PlateReader, harm: str) -> None:
    """Mutants: what a wrong turn in the way of the picture would do."""

    def harmed(gray: Gray) -> Gray:
        if harm == "mirrored":
            return np.ascontiguousarray(gray[:, ::-1])
        if harm == "darkened to two grays":
            return np.where(gray > 128, 160, 96).astype(np.uint8)
        return gray[: len(gray) - max(2, len(gray) // 10 * 2)]

    few = seen[::5]
    assert exact(few, lambda gray: reader.read(harmed(gray))) < LEAST_EXACT * len(few) / len(seen)


def test_the_recipe_still_draws_the_set() -> None:
    """Compared as pictures: sums of floats may round otherwise on another processor, which moves single gray values."""
    data = read_folder(GATE)
    labels = {photo.path.rpartition("/")[2]: (photo.label, photo.lines) for photo in data.photos}
    for drawn in gate_recipe.draw_all():
        assert labels.pop(drawn.name) == (drawn.text, str(drawn.lines))
        kept = decode_gray((GATE / "plates" / drawn.name).read_bytes()).astype(np.int16)
        anew = decode_gray(drawn.body).astype(np.int16)
        assert kept.shape == anew.shape
        assert np.abs(kept - anew).mean() < 2, drawn.name
    assert labels == {}


def test_another_seed_draws_another_set(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gate_recipe.draw(0)
    monkeypatch.setattr(gate_recipe, "SEED", gate_recipe.SEED + 1)
    assert gate_recipe.draw(0).text != before.text
