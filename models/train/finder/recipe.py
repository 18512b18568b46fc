"""The recipe of the plate finder: train, quantise, measure, write what ships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch

from models.train import export
from models.train.finder.fit import fit
from models.train.finder.scene import Face, render
from models.train.fit import Recipe
from models.train.fonts import PINNED_FONTS
from models.train.glyphs import load_faces
from models.train.manifest_file import put_table, sha256_of
from station.vision.finders import MODEL
from station.vision.found import overlap
from station.vision.letterbox import FINDER_COLUMNS, FINDER_ROWS
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_finder import CELL_PX, CHANNELS, PlateFinder
from station.vision.tensors import Region, Tensor

RECIPE = Recipe(seed=20_253, steps=2_750, batch=32, peak_rate=3e-3)

_KNOWN_SEED = 77_103
_KNOWN_INDEX = 24
_KNOWN_TOLERANCE_PERMILLE = 150
_TEST_SEED = 77_101
_TEST_SCENES = 1_000
_CALIBRATION_SEED = 77_102
_CALIBRATION_SCENES = 256
_HIT_FROM = 0.5


def build(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the finder that ships into `target`; the checkpoint lies in `folder`.

    `steps` None: as many as the recipe says.
    """
    recipe = RECIPE if steps is None else replace(RECIPE, steps=steps)
    network = fit(render, recipe, folder / "plate_finder.pt")
    faces = load_faces()
    full, small = folder / "plate_finder.float.onnx", target / "plate_finder.onnx"
    export.export_float(network, full, FINDER_ROWS, FINDER_COLUMNS)
    # The head stays float: its scores and sizes would share one scale of 256 steps.
    export.quantise(full, small, _calibration(faces), keep=[last_convolution(full)])
    known = target / "known" / "scene.png"
    scene = render(_KNOWN_SEED, _KNOWN_INDEX, faces)
    known.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(known), scene.picture):
        raise OSError(f"cannot write {known}")
    found = PlateFinder(_entry(small)).find(scene.picture)
    if not found or overlap(found[0].box, region_of(scene.boxes[0])) < _HIT_FROM:
        raise ValueError(f"the trained finder misses the plate of its known picture {known}: train it for more steps")
    best = found[0]
    put_table(target / "manifest.toml", MODEL, _table(small, known, best.box, best.confidence))
    export.write_metrics(
        target / "plate_finder.metrics.json",
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


def last_convolution(file: Path) -> str:
    """The node that gives a finder's scores and boxes."""
    return str([node.name for node in onnx.load(str(file)).graph.node if node.op_type == "Conv"][-1])


def _hits(entry: ModelEntry, faces: tuple[Face, ...]) -> int:
    """Permille of fresh scenes with a plate in which the surest find overlaps one of them by half."""
    finder, hits, scenes = PlateFinder(entry), 0, 0
    for index in range(_TEST_SCENES):
        scene = render(_TEST_SEED, index, faces)
        found = finder.find(scene.picture)
        scenes += len(scene.boxes) > 0
        hits += bool(found) and any(overlap(found[0].box, region_of(box)) >= _HIT_FROM for box in scene.boxes)
    return round(1000 * hits / scenes)


def region_of(box: np.ndarray) -> Region:
    """left, top, right, bottom as x, y, width, height in whole pixels."""
    left, top, right, bottom = (round(float(side)) for side in box)
    return (left, top, right - left, bottom - top)


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
    return f"""kind = "heat-map"  # per cell of 8x8 pixels: score, centre right and down, logarithms of width and height
file = "{file.name}"
sha256 = "{sha256_of(file)}"
input = [1, 1, {FINDER_ROWS}, {FINDER_COLUMNS}]
output = [1, {CHANNELS}, {FINDER_ROWS // CELL_PX}, {FINDER_COLUMNS // CELL_PX}]
known_picture = "{known.relative_to(file.parent).as_posix()}"
known_sha256 = "{sha256_of(known)}"
known_box = {list(box)}  # x, y, width, height in pixels
known_confidence = {confidence}  # permille
known_tolerance = {_KNOWN_TOLERANCE_PERMILLE}  # permille: int8 sums differ a little between processors
"""
