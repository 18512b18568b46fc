"""The recipe of the plate reader: train, quantise, measure, write what ships."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import cv2
import onnxruntime
import torch

from models.train import export
from models.train.fit import Recipe, exact_share, fit
from models.train.fonts import PINNED_FONTS
from models.train.glyphs import load_faces
from models.train.manifest_file import put_table
from models.train.render import render
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_reader import MODEL, PlateReader
from station.vision.tensors import decode_gray

_TEST_SEED = 77_001
_CALIBRATION_SEED = 77_002
_TEST_PICTURES = 1_000


def build(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the reader that ships into `target`; the checkpoint lies in `folder`.

    `steps` None: as many as the recipe says.
    """
    recipe = Recipe() if steps is None else replace(Recipe(), steps=steps)
    network = fit(recipe, folder / "plate_reader.pt")
    full, small = folder / "plate_reader.float.onnx", target / "plate_reader.onnx"
    export.export_float(network, full, export.INPUT_ROWS, export.INPUT_COLUMNS)
    export.quantise(full, small, export.calibration_plates(_CALIBRATION_SEED))
    known = target / "known" / "plate.png"
    export.write_known_picture(known)
    answer = PlateReader(_entry(small)).read(decode_gray(known.read_bytes()))
    put_table(target / "manifest.toml", MODEL, export.table_of(small, known, answer.text, answer.confidence))
    export.write_metrics(
        target / "plate_reader.metrics.json",
        {
            "recipe": asdict(recipe),
            "parameters": sum(weights.numel() for weights in network.parameters()),
            "fonts": [f"{font.package}: {font.file}" for font in PINNED_FONTS],
            "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
            "synthetic_test_pictures": _TEST_PICTURES,
            "synthetic_exact_permille_float": round(1000 * exact_share(network, _TEST_SEED, _TEST_PICTURES)),
            "synthetic_exact_permille_int8": round(1000 * _int8_share(small)),
            "bytes": small.stat().st_size,
        },
    )


def _entry(file: Path) -> ModelEntry:
    return ModelEntry(
        name=MODEL,
        kind="ctc",
        file=file,
        sha256="",
        input_shape=(1, 1, export.INPUT_ROWS, export.INPUT_COLUMNS),
        output_shape=(1, export.STEPS, export.CLASSES),
        alphabet=export.ALPHABET,
        known=KnownAnswer(file, "", 0, 0),
    )


def _int8_share(file: Path) -> float:
    """Share of the same fresh plates that the file that ships reads exactly (the net's own string)."""
    reader, faces = PlateReader(_entry(file)), load_faces()
    samples = (render(_TEST_SEED, index, faces) for index in range(_TEST_PICTURES))
    return sum(reader.read(sample.picture).raw == sample.label for sample in samples) / _TEST_PICTURES
