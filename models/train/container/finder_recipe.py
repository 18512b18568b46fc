"""The recipe of the code finder: train, quantise, measure, write what ships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch

from models.train import export
from models.train.container.faces_of_steel import NUMBER
from models.train.container.scene import Scene, render
from models.train.finder.fit import fit
from models.train.finder.recipe import last_convolution, region_of
from models.train.fit import Recipe
from models.train.fonts import PINNED_FONTS
from models.train.glyphs import Face, load_faces
from models.train.manifest_file import put_table, sha256_of
from station.vision.code_finder import CHANNELS, CLASSES, FINDER_COLUMNS, FINDER_ROWS, MODEL, CodeFinder
from station.vision.found import overlap
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_finder import CELL_PX
from station.vision.tensors import Region, Tensor

RECIPE = Recipe(seed=20_273, steps=3_600, batch=24, peak_rate=3e-3)

_KNOWN_SEED = 77_303
_KNOWN_INDEX = 4
_KNOWN_TOLERANCE_PERMILLE = 150
_TEST_SEED = 77_301
_TEST_SCENES = 500
_CALIBRATION_SEED = 77_302
_CALIBRATION_SCENES = 256
_HIT_FROM = 0.5


def build(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the code finder that ships into `target`; the checkpoint lies in `folder`.

    `steps` None: as many as the recipe says.
    """
    recipe = RECIPE if steps is None else replace(RECIPE, steps=steps)
    network = fit(render, recipe, folder / "code_finder.pt", CLASSES)
    faces = load_faces()
    full, small = folder / "code_finder.float.onnx", target / "code_finder.onnx"
    export.export_float(network, full, FINDER_ROWS, FINDER_COLUMNS)
    # The head stays float: its scores and sizes would share one scale of 256 steps.
    export.quantise(full, small, _calibration(faces), keep=[last_convolution(full)])
    known = target / "known" / "container.png"
    scene = render(_KNOWN_SEED, _KNOWN_INDEX, faces)
    if not cv2.imwrite(str(known), scene.picture):
        raise OSError(f"cannot write {known}")
    found = CodeFinder(_entry(small)).find(scene.picture).numbers
    if not found or not _is_hit(found[0].box, scene):
        raise ValueError(f"the trained finder misses the number in its known picture {known}: train it for more steps")
    put_table(target / "manifest.toml", MODEL, _table(small, known, found[0].box, found[0].confidence))
    export.write_metrics(
        target / "code_finder.metrics.json",
        {
            "recipe": asdict(recipe),
            "parameters": sum(weights.numel() for weights in network.parameters()),
            "fonts": [f"{font.package}: {font.file}" for font in PINNED_FONTS],
            "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
            "synthetic_test_scenes": _TEST_SCENES,
            "synthetic_hit_permille_float": _hits(_entry(full), faces),
            "synthetic_hit_permille_int8": _hits(_entry(small), faces),
            "bytes": small.stat().st_size,
        },
    )


def _calibration(faces: tuple[Face, ...]) -> Iterator[Tensor]:
    for index in range(_CALIBRATION_SCENES):
        yield render(_CALIBRATION_SEED, index, faces).picture.astype(np.float32)[np.newaxis, np.newaxis]


def _hits(entry: ModelEntry, faces: tuple[Face, ...]) -> int:
    """Permille of fresh scenes with a number in which the surest find overlaps one of them by half."""
    finder, hits, scenes = CodeFinder(entry), 0, 0
    for index in range(_TEST_SCENES):
        scene = render(_TEST_SEED, index, faces)
        if NUMBER not in scene.kinds:
            continue
        found = finder.find(scene.picture).numbers
        scenes += 1
        hits += bool(found) and _is_hit(found[0].box, scene)
    return round(1000 * hits / scenes)


def _is_hit(box: Region, scene: Scene) -> bool:
    numbers = (region_of(one) for kind, one in zip(scene.kinds, scene.boxes, strict=True) if kind == NUMBER)
    return any(overlap(box, number) >= _HIT_FROM for number in numbers)


def _entry(file: Path) -> ModelEntry:
    return ModelEntry(
        name=MODEL,
        kind="heat-map",
        file=file,
        sha256=sha256_of(file),
        input_shape=(1, 1, FINDER_ROWS, FINDER_COLUMNS),
        output_shape=(1, CHANNELS, FINDER_ROWS // CELL_PX, FINDER_COLUMNS // CELL_PX),
        alphabet="",
        known=KnownAnswer(file, "", 0, 0),
    )


def _table(file: Path, known: Path, box: Region, confidence: int) -> str:
    return f"""kind = "heat-map"  # per cell of 8x8 pixels: scores of a number and of a size/type, then the box
file = "{file.name}"
sha256 = "{sha256_of(file)}"
input = [1, 1, {FINDER_ROWS}, {FINDER_COLUMNS}]
output = [1, {CHANNELS}, {FINDER_ROWS // CELL_PX}, {FINDER_COLUMNS // CELL_PX}]
known_picture = "{known.relative_to(file.parent).as_posix()}"
known_sha256 = "{sha256_of(known)}"
known_box = {list(box)}  # x, y, width, height in pixels: the surest number
known_confidence = {confidence}  # permille
known_tolerance = {_KNOWN_TOLERANCE_PERMILLE}  # permille: int8 sums differ a little between processors
"""
