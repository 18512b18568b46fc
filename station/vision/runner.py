"""The only door to onnxruntime: one thread, no spinning, all graph optimisations."""

import os
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

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
            self._session: Any = ort.InferenceSession(str(entry.file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a family of its own without a common public base
            raise refusal(entry.name, f"onnxruntime cannot load {entry.file}: {error}") from error
        self._check("input", self._session.get_inputs(), entry.input_shape)
        self._check("output", self._session.get_outputs(), entry.output_shape)
        self._input_name = str(self._session.get_inputs()[0].name)

    def _check(self, side: str, ports: list[Any], expected: tuple[int, ...]) -> None:
        shapes = [tuple(port.shape) for port in ports]
        if len(shapes) != 1 or not _fits(shapes[0], expected):
            raise refusal(self._entry.name, f"its {side} is {shapes}, the manifest names {[expected]}")

    def run(self, tensor: NDArray[np.float32]) -> Scores:
        """Scores of one input. Raises DeviceFault if they are not finite or do not vary: such a model is broken."""
        scores = cast("Scores", self._session.run(None, {self._input_name: tensor})[0])
        if not np.isfinite(scores).all():
            raise refusal(self._entry.name, "its output is not finite")
        if float(np.ptp(scores)) == 0.0:
            raise refusal(self._entry.name, "its output is the same everywhere")
        return scores


def _fits(shape: tuple[object, ...], expected: tuple[int, ...]) -> bool:
    """0 stands for a size that changes from run to run."""
    return len(shape) == len(expected) and all(
        wanted in (0, size) for size, wanted in zip(shape, expected, strict=True)
    )
