"""A model that is trained again ships only if it is as good as the one that ships: within a stated tolerance."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

Build = Callable[[int | None, Path, Path], None]
"""A recipe: steps (None: its own), the folder of its checkpoints, the folder of what ships."""

TOLERANCE_PERMILLE = 40
"""Shares may be lower by this much. Two trainings of one recipe differ by their sums of floats, and a share of 500
pictures has a standard error of 22 permille.
"""
_METRICS = ".metrics.json"
_SHARE = "_permille_"


def train_again(build: Build, steps: int | None, folder: Path, staged: Path, target: Path) -> list[str]:
    """Run the recipe in `staged`, a copy of `target`, and put what it wrote there only if no share fell below the
    tolerance. Returns a line for each share that did; then `target` is as it was.
    """
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(target, staged, ignore=shutil.ignore_patterns("*.py", "train", "cards", "build", "__pycache__"))
    build(steps, folder, staged)
    worse = [line for file in sorted(staged.glob(f"*{_METRICS}")) for line in _worse(target / file.name, file)]
    if not worse:
        for file in sorted(staged.rglob("*"), key=lambda file: file.suffix == ".toml"):  # the manifest binds the rest
            if file.is_file():
                place = target / file.relative_to(staged)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
    return worse


def _worse(shipped: Path, trained: Path) -> list[str]:
    """A model that ships for the first time has nothing to be compared with."""
    if not shipped.exists():
        return []
    before, after = _shares(shipped), _shares(trained)
    stem = trained.name.removesuffix(_METRICS)
    return [
        f"{stem}: {name} is {after.get(name, 0)}, the file that ships has {share}; {TOLERANCE_PERMILLE} less may be"
        for name, share in before.items()
        if after.get(name, 0) < share - TOLERANCE_PERMILLE
    ]


def _shares(metrics: Path) -> dict[str, int]:
    read = json.loads(metrics.read_text(encoding="utf-8"))
    return {name: int(value) for name, value in read.items() if _SHARE in name}
