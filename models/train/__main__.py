"""Train every model again from its recipe: `python -m models.train [--steps N] [--build DIR]`.

Needs the `train` extra (torch, onnx) and the fonts of `models/train/fonts.py`; about an hour on two cores.
Writes the model, its known picture, `plate_reader.metrics.json` and `manifest.toml` into `models/`.
An interrupted run is taken up at its last checkpoint. The same recipe, fonts and library versions give the same
pictures; sums of floats may differ between processors, so the last digits of the weights are not promised.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import onnxruntime
import torch

from models.train import export
from models.train.fit import Recipe, exact_share, fit
from models.train.fonts import PINNED_FONTS, MissingFontError, font_paths
from models.train.glyphs import load_faces
from models.train.render import render
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_reader import MODEL, PlateReader
from station.vision.tensors import decode_gray

_MODELS = Path(__file__).resolve().parent.parent
_TEST_SEED = 77_001
_CALIBRATION_SEED = 77_002
_TEST_PICTURES = 1_000
_EX_UNAVAILABLE = 69


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 done, 69 a font is missing (named, with the packages to install)."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--build", type=Path, default=_MODELS / "build", help="folder of the checkpoint")
    parser.add_argument("--target", type=Path, default=_MODELS, help="folder of the files that ship")
    options = parser.parse_args(arguments)
    try:
        font_paths()
    except MissingFontError as error:
        print(error, file=sys.stderr)
        return _EX_UNAVAILABLE
    build(replace(Recipe(), steps=options.steps), options.build, options.target)
    return 0


def build(recipe: Recipe, folder: Path, target: Path) -> None:
    """Train, quantise, measure and write everything that ships."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    network = fit(recipe, folder / "plate_reader.pt")
    full, small = folder / "plate_reader.float.onnx", target / "plate_reader.onnx"
    export.export_float(network, full)
    export.quantise(full, small, _CALIBRATION_SEED)
    known = target / "known" / "plate.png"
    export.write_known_picture(known)
    answer = PlateReader(_entry(small)).read(decode_gray(known.read_bytes()))
    shipped = export.Shipped(small, known, answer.text, answer.confidence)
    (target / "manifest.toml").write_text(export.manifest_text(shipped), encoding="utf-8")
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
