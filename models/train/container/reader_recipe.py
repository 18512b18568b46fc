"""The recipe of the container code reader: grown from the plate reader, quantised, measured, written to ship."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import cv2
import onnxruntime
import torch

from models.train import export
from models.train.container.crops import Codes, render
from models.train.eyes import take_over
from models.train.fit import Recipe, exact_share, fit
from models.train.fonts import PINNED_FONTS
from models.train.glyphs import load_faces
from models.train.manifest_file import put_table, sha256_of
from models.train.network import STEPS, WIDE, PlateNet
from models.train.texts import ALPHABET
from station.vision.code_crop import CODE_COLUMNS, CODE_ROWS, code_tensor
from station.vision.code_reader import MODEL, CodeReader
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.tensors import decode_gray

RECIPE = Recipe(seed=20_271, steps=2_400, batch=64, peak_rate=1.5e-3, half=False)

_GROWN_FROM = "plate_reader.onnx"
_KNOWN_TEXT = "TCLU4567897"
_KNOWN_SEED = 77_204
_TEST_SEED = 77_201
_TEST_PICTURES = 500
_CALIBRATION_SEED = 77_202
_CALIBRATION_PICTURES = 512


def build(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the code reader that ships into `target`; the checkpoint lies in `folder`.

    It grows on the Vietnamese plate reader, which must lie in `target`. `steps` None: as many as the recipe says.
    """
    recipe = RECIPE if steps is None else replace(RECIPE, steps=steps)
    torch.manual_seed(recipe.seed)
    codes = Codes()
    network = PlateNet(len(codes.alphabet), WIDE)
    take_over(network, codes.alphabet, target / _GROWN_FROM, ALPHABET)
    network = fit(codes, network, recipe, folder / "code_reader.pt", is_grown=True)
    full, small = folder / "code_reader.float.onnx", target / "code_reader.onnx"
    export.export_float(network, full, CODE_ROWS, CODE_COLUMNS)
    faces = load_faces()
    pictures = (render(_CALIBRATION_SEED, index, faces).picture for index in range(_CALIBRATION_PICTURES))
    export.quantise(full, small, (code_tensor(picture) for picture in pictures))
    known = target / "known" / "code.png"
    shown = render(_KNOWN_SEED, 0, faces, _KNOWN_TEXT, upright=False)
    if not cv2.imwrite(str(known), shown.picture):
        raise OSError(f"cannot write {known}")
    reader = CodeReader(_entry(small))
    answer = reader.read_flat(decode_gray(known.read_bytes()))
    if answer.text != _KNOWN_TEXT:
        raise ValueError(f"{small} reads its known picture as {answer.text!r}, it shows {_KNOWN_TEXT!r}")
    size = (CODE_ROWS, CODE_COLUMNS)
    table = export.table_of(ALPHABET, small, known, answer.text, answer.confidence, size)
    put_table(target / "manifest.toml", MODEL, table)
    export.write_metrics(
        target / "code_reader.metrics.json",
        {
            "recipe": asdict(recipe),
            "parameters": sum(weights.numel() for weights in network.parameters()),
            "fonts": [f"{font.package}: {font.file}" for font in PINNED_FONTS],
            "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
            "synthetic_test_pictures": _TEST_PICTURES,
            "synthetic_exact_permille_float": round(1000 * exact_share(network, codes, _TEST_SEED, _TEST_PICTURES)),
            "synthetic_exact_permille_int8": round(1000 * _int8_share(reader)),
            "bytes": small.stat().st_size,
        },
    )


def _entry(file: Path) -> ModelEntry:
    return ModelEntry(
        name=MODEL,
        kind="ctc",
        file=file,
        sha256=sha256_of(file),
        input_shape=(1, 1, CODE_ROWS, CODE_COLUMNS),
        output_shape=(1, STEPS, len(ALPHABET) + 1),
        alphabet=ALPHABET,
        known=KnownAnswer(file, "", 0, 0),
    )


def _int8_share(reader: CodeReader) -> float:
    """Share of fresh samples that the file that ships reads exactly (the net's own string)."""
    faces = load_faces()
    samples = (render(_TEST_SEED, index, faces) for index in range(_TEST_PICTURES))
    return sum(reader.raw(sample.picture) == sample.label for sample in samples) / _TEST_PICTURES
