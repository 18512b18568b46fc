"""From trained weights to the file that ships: ONNX, then static int8 calibrated on rendered plates."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import torch
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from models.train.manifest_file import sha256_of
from models.train.network import STEPS
from models.train.render import Plates, render
from models.train.texts import PlateText
from station.vision.tensors import INPUT_COLUMNS, INPUT_ROWS, Tensor, to_tensor

_CALIBRATION_PICTURES = 512
_INPUT = "picture"
_OUTPUT = "scores"

KNOWN_TOLERANCE_PERMILLE = 150


class _Calibration(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._tensors = iter(tensors)

    def get_next(self) -> dict[str, Tensor] | None:
        tensor = next(self._tensors, None)
        return None if tensor is None else {_INPUT: tensor}


def calibration_plates(plates: Plates, seed: int) -> Iterable[Tensor]:
    """Rendered plates that the training never saw."""
    faces = plates.load_faces()
    return (to_tensor(render(plates, seed, index, faces).picture) for index in range(_CALIBRATION_PICTURES))


def export_float(network: nn.Module, target: Path, rows: int, columns: int) -> None:
    """Write the network as ONNX with the fixed input [1, 1, rows, columns]."""
    example = torch.zeros(1, 1, rows, columns)
    plain = network.eval().to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tracing exporter needs no further package
        torch.onnx.export(
            plain, (example,), str(target), input_names=[_INPUT], output_names=[_OUTPUT], opset_version=17, dynamo=False
        )


def quantise(source: Path, target: Path, calibration: Iterable[Tensor], keep: Sequence[str] = ()) -> None:
    """Static int8, QDQ, weights per channel in 7 bits: 8 would overflow on processors without VNNI.

    The nodes named in `keep` stay float.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            _Calibration(calibration),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=list(keep),
        )


def write_known_picture(plates: Plates, text: PlateText, seed: int, target: Path) -> None:
    """The synthetic plate that the reader must read before it is READY."""
    sample = render(plates, seed, 0, plates.load_faces(), text)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(target), sample.picture):
        raise OSError(f"cannot write {target}")


def table_of(
    alphabet: str,
    file: Path,
    known_picture: Path,
    known_text: str,
    known_confidence: int,
    size: tuple[int, int] = (INPUT_ROWS, INPUT_COLUMNS),
    steps: int = STEPS,
) -> str:
    """What the manifest says of a reader, hashes taken from the files. `size` is rows and columns of its input."""
    known = known_picture.relative_to(file.parent).as_posix()
    return f"""kind = "ctc"  # scores per step; the blank is the class after the alphabet's last
file = "{file.name}"
sha256 = "{sha256_of(file)}"
input = [1, 1, {size[0]}, {size[1]}]
output = [1, {steps}, {len(alphabet) + 1}]
alphabet = "{alphabet}"
known_picture = "{known}"
known_sha256 = "{sha256_of(known_picture)}"
known_text = "{known_text}"
known_confidence = {known_confidence}  # permille
known_tolerance = {KNOWN_TOLERANCE_PERMILLE}  # permille: int8 sums differ a little between processors
"""


def write_metrics(target: Path, metrics: dict[str, object]) -> None:
    """The figures beside the model, keys sorted."""
    target.write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")
