"""From trained weights to the file that ships: ONNX, then static int8 calibrated on rendered plates."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import torch
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.train.glyphs import load_faces
from models.train.network import CLASSES, STEPS, PlateNet
from models.train.render import render
from models.train.texts import ALPHABET, PlateText
from station.vision.tensors import INPUT_COLUMNS, INPUT_ROWS, Tensor, to_tensor

_CALIBRATION_PICTURES = 512
_INPUT = "picture"
_OUTPUT = "scores"

KNOWN_LINES = ("12C-045.67",)
KNOWN_SEED = 3
KNOWN_TOLERANCE_PERMILLE = 150


class _Calibration(CalibrationDataReader):  # type: ignore[misc]
    """Rendered plates that the training never saw."""

    def __init__(self, seed: int) -> None:
        faces = load_faces()
        pictures = (render(seed, index, faces).picture for index in range(_CALIBRATION_PICTURES))
        self._tensors: Iterator[Tensor] = (to_tensor(picture) for picture in pictures)

    def get_next(self) -> dict[str, Tensor] | None:
        tensor = next(self._tensors, None)
        return None if tensor is None else {_INPUT: tensor}


def export_float(network: PlateNet, target: Path) -> None:
    """Write the network as ONNX with fixed shapes [1, 1, 64, 128] -> [1, 64, 37]."""
    example = torch.zeros(1, 1, INPUT_ROWS, INPUT_COLUMNS)
    plain = network.eval().to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tracing exporter needs no further package
        torch.onnx.export(
            plain, (example,), str(target), input_names=[_INPUT], output_names=[_OUTPUT], opset_version=17, dynamo=False
        )


def quantise(source: Path, target: Path, seed: int) -> None:
    """Static int8, QDQ, weights per channel in 7 bits: 8 would overflow on processors without VNNI."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            _Calibration(seed),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            calibrate_method=CalibrationMethod.MinMax,
        )


def write_known_picture(target: Path) -> None:
    """The synthetic plate that the reader must read before it is READY."""
    sample = render(KNOWN_SEED, 0, load_faces(), PlateText(KNOWN_LINES))
    target.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(target), sample.picture):
        raise OSError(f"cannot write {target}")


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the manifest says of a model."""

    file: Path
    known_picture: Path
    known_text: str
    known_confidence: int


def manifest_text(shipped: Shipped) -> str:
    """The manifest of the one model, hashes taken from the files."""
    known = shipped.known_picture.relative_to(shipped.file.parent).as_posix()
    return f"""# Which models may run. Written by `python -m models.train`; a file with another hash is refused.

[model.plate-reader]
kind = "ctc"  # scores per step; the blank is the class after the alphabet's last
file = "{shipped.file.name}"
sha256 = "{_sha256(shipped.file)}"
input = [1, 1, {INPUT_ROWS}, {INPUT_COLUMNS}]
output = [1, {STEPS}, {CLASSES}]
alphabet = "{ALPHABET}"
known_picture = "{known}"
known_sha256 = "{_sha256(shipped.known_picture)}"
known_text = "{shipped.known_text}"
known_confidence = {shipped.known_confidence}  # permille
known_tolerance = {KNOWN_TOLERANCE_PERMILLE}  # permille: int8 sums differ a little between processors
"""


def write_metrics(target: Path, metrics: dict[str, object]) -> None:
    """The figures beside the model, keys sorted."""
    target.write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
