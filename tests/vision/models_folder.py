"""The shipped models and altered copies of them."""

import shutil
from collections.abc import Callable
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "models"


def copy_of_models(folder: Path) -> Path:
    target = folder / "models"
    (target / "known").mkdir(parents=True)
    for path in (MODELS / "manifest.toml", *MODELS.glob("*.onnx"), *MODELS.glob("known/*.png")):
        shutil.copy(path, target / path.relative_to(MODELS))
    return target


def copy_of_reader(folder: Path) -> Path:
    """A copy that lists the Vietnamese reader alone and holds nothing of the others."""
    target = copy_of_models(folder)
    manifest = target / "manifest.toml"
    tables = manifest.read_text(encoding="utf-8").split("\n[model.")
    kept = [table for table in tables[1:] if table.startswith("plate-reader]")]
    manifest.write_text("\n[model.".join((tables[0], *kept)), encoding="utf-8")
    for path in (*target.glob("*.onnx"), *target.glob("known/*.png")):
        if path.relative_to(target).as_posix() not in kept[0]:
            path.unlink()
    return target


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the change found nothing to change"
    path.write_text(after, encoding="utf-8")
