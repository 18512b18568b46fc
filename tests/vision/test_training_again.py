"""`make models` takes up what it has trained only within the tolerance that it states."""

import json
from functools import partial
from pathlib import Path

import pytest

from models.train.again import TOLERANCE_PERMILLE, train_again

SHIPPED = 800


def _recipe(share: int | None, steps: int | None, folder: Path, target: Path) -> None:
    """Writes what a recipe writes, with another share."""
    (folder / "plate_reader.pt").write_text(f"{steps}", encoding="utf-8")
    (target / "plate_reader.onnx").write_bytes(b"trained")
    (target / "known" / "plate.png").write_bytes(b"drawn")
    (target / "manifest.toml").write_text("trained", encoding="utf-8")
    shares = {} if share is None else {"synthetic_exact_permille_int8": share}
    (target / "plate_reader.metrics.json").write_text(json.dumps({"bytes": 7, **shares}), encoding="utf-8")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    (folder / "known").mkdir(parents=True)
    for file in ("plate_reader.onnx", "known/plate.png", "manifest.toml", "cards.py"):
        (folder / file).write_bytes(b"shipped")
    metrics = {"bytes": 9, "synthetic_exact_permille_int8": SHIPPED}
    (folder / "plate_reader.metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("share", [SHIPPED - TOLERANCE_PERMILLE, SHIPPED, 1_000])
def test_what_is_as_good_is_taken_up(shipped: Path, tmp_path: Path, share: int) -> None:
    assert train_again(partial(_recipe, share), 3, tmp_path, tmp_path / "again", shipped) == []
    assert (shipped / "plate_reader.onnx").read_bytes() == b"trained"
    assert (shipped / "known" / "plate.png").read_bytes() == b"drawn"
    assert (shipped / "manifest.toml").read_text(encoding="utf-8") == "trained"
    assert json.loads((shipped / "plate_reader.metrics.json").read_text(encoding="utf-8"))["bytes"] == 7
    assert (tmp_path / "plate_reader.pt").read_text(encoding="utf-8") == "3"


@pytest.mark.parametrize("share", [SHIPPED - TOLERANCE_PERMILLE - 1, 0, None])
def test_what_is_worse_is_named_and_changes_nothing(shipped: Path, tmp_path: Path, share: int | None) -> None:
    before = _contents(shipped)
    (worse,) = train_again(partial(_recipe, share), None, tmp_path, tmp_path / "again", shipped)
    assert worse.startswith(f"plate_reader: synthetic_exact_permille_int8 is {share or 0}, the file that ships has 800")
    assert _contents(shipped) == before
    assert (tmp_path / "again" / "plate_reader.onnx").read_bytes() == b"trained"


def test_a_model_that_ships_for_the_first_time_has_nothing_to_fall_short_of(shipped: Path, tmp_path: Path) -> None:
    (shipped / "plate_reader.metrics.json").unlink()
    assert train_again(partial(_recipe, 1), None, tmp_path, tmp_path / "again", shipped) == []
    assert (shipped / "plate_reader.onnx").read_bytes() == b"trained"


def test_every_model_that_ships_states_shares_to_fall_short_of() -> None:
    files = sorted((Path(__file__).parents[2] / "models").glob("*.onnx"))
    assert files
    for file in files:
        metrics = json.loads(file.with_name(f"{file.stem}.metrics.json").read_text(encoding="utf-8"))
        assert any("_permille_int8" in name for name in metrics), file.name
        assert metrics["bytes"] == file.stat().st_size
