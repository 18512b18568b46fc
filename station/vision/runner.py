"""The only door to onnxruntime: one thread, no spinning, all graph optimisations."""

import hashlib
import os
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from drivers.contract.faults import DeviceFault
from station.vision.kinds import ANY, FAMILIES
from station.vision.manifest import ModelEntry, refusal

Scores = NDArray[np.float32]
"""Network output in the shape that the manifest states."""


class Runner:
    """One loaded model. Raises DeviceFault("bad-model") when the file is no model or its shapes are not as stated."""

    def __init__(self, entry: ModelEntry) -> None:
        # onnxruntime 1.31 for Linux reports its use to its maker and keeps a device id and a database in the home
        # folder for that. A gate tells nobody; read once, when the library is loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._entry = entry
        try:
            # From the bytes whose hash was checked: what a file says lies beside it would not be covered by that.
            self._session: Any = ort.InferenceSession(_checked(entry), options, providers=["CPUExecutionProvider"])
        except DeviceFault:
            raise
        except Exception as error:  # onnxruntime raises a family of its own without a common public base
            raise refusal(entry.name, f"onnxruntime cannot load {entry.file}: {error}") from error
        taken, given = self._session.get_inputs(), self._session.get_outputs()
        self._check("input", taken, entry.input_shape, FAMILIES[entry.kind].input_type)
        self._check("output", given[:1], entry.output_shape, "tensor(float)")
        self._input_name = str(taken[0].name)
        self._output_name = str(given[0].name)

    def _check(self, side: str, ports: list[Any], expected: tuple[int, ...], kind: str) -> None:
        shapes = [tuple(port.shape) for port in ports]
        if len(shapes) != 1 or not _fits(shapes[0], expected):
            raise refusal(self._entry.name, f"its {side} is {shapes}, the manifest names {[expected]}")
        if ports[0].type != kind:
            raise refusal(self._entry.name, f"its {side} is a {ports[0].type}, a {self._entry.kind} model has {kind}")

    def run(self, tensor: NDArray[np.float32] | NDArray[np.uint8]) -> Scores:
        """Scores of one input: the first output; others are not asked for.

        Raises DeviceFault if they are of another shape, not finite or do not vary: such a model is broken.
        """
        try:
            said = self._session.run([self._output_name], {self._input_name: tensor})
        except Exception as error:  # as above
            raise refusal(self._entry.name, f"onnxruntime cannot run it: {error}") from error
        scores = cast("Scores", said[0])
        if not _fits(scores.shape, self._entry.output_shape):
            raise refusal(self._entry.name, f"its output is {scores.shape}, not {self._entry.output_shape}")
        if not np.isfinite(scores).all():
            raise refusal(self._entry.name, "its output is not finite")
        if scores.size > 0 and float(np.ptp(scores)) == 0.0:
            raise refusal(self._entry.name, "its output is the same everywhere")
        return scores


def _checked(entry: ModelEntry) -> bytes:
    try:
        data = entry.file.read_bytes()
    except OSError as error:
        raise refusal(entry.name, f"{entry.file} cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise refusal(entry.name, f"{entry.file} was changed since it was checked")
    return data


def _fits(shape: tuple[object, ...], expected: tuple[int, ...]) -> bool:
    """A size that the file leaves open (a name, or none) fits any; so does one that the manifest leaves open."""
    return len(shape) == len(expected) and all(
        not isinstance(size, int) or wanted in (ANY, size) for size, wanted in zip(shape, expected, strict=True)
    )
