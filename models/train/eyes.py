"""Eyes taken over from a reader that ships: a new reader keeps them and learns only what lies behind.

Plates of another country need other characters, not other edges and strokes: with the eyes fixed a new alphabet takes
a tenth of the plates that a start from nothing takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from models.train.drawing import Gray
from models.train.network import PlateNet
from station.vision.tensors import to_tensor

# Quantised and back: the rectifier lies in the quantisation.
_LAST_OF_EYES = "/eyes/eyes.6/eyes.6.2/Relu_output_0_DequantizeLinear_Output"


class Eyes:
    """The eyes of a shipped int8 reader: gray picture of 64x128 in, features [128, 8, 32] as float16 out."""

    def __init__(self, reader: Path) -> None:
        model = onnx.load(str(reader))
        del model.graph.output[:]  # onnxruntime leaves out what nothing asks for
        model.graph.output.append(onnx.helper.make_tensor_value_info(_LAST_OF_EYES, onnx.TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def look(self, picture: Gray) -> NDArray[np.float16]:
        """What the eyes see in one picture."""
        features = self._session.run(None, {"picture": to_tensor(picture)})[0]
        return np.asarray(features[0], np.float16)


def take_over(network: PlateNet, alphabet: str, reader: Path, reader_alphabet: str) -> None:
    """Start `network` from a shipped reader of the same widths: all layers both have, and the shared characters.

    The shipped file has its normalisations folded into weights and biases, so here they become plain biases.
    """
    model = onnx.load(str(reader))
    kept = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    layers = {name: module for name, module in network.named_modules() if isinstance(module, nn.Conv2d)}
    modules = dict(network.named_modules())
    for node in model.graph.node:
        name = _layer_of(node.name)
        if node.op_type != "Conv" or name not in layers:
            continue
        weight, bias = (_plain(kept, source) for source in node.input[1:])
        if name == "head":
            _take_head(layers[name], alphabet, reader_alphabet, weight, bias)
            continue
        layers[name].weight.data = weight
        stem, _, last = name.rpartition(".")
        after = modules[f"{stem}.{int(last) + 1}"]
        _become_bias(after, bias)


def _layer_of(node: str) -> str:
    """The module that a node was exported from: /mix/mix.0/body/body.2/Conv is mix.0.body.2."""
    parts = node.strip("/").split("/")[:-1]
    inner = [*parts, ""][1:]
    return ".".join(part for part, after in zip(parts, inner, strict=True) if not after.startswith(f"{part}."))


def _plain(kept: dict[str, NDArray[Any]], source: str) -> Tensor:
    stem = source.removesuffix("_DequantizeLinear_Output")
    codes = kept.get(f"{stem}_quantized", kept.get(stem))
    if codes is None:
        raise KeyError(source)
    scale = kept[f"{stem}_scale"] if f"{stem}_scale" in kept else kept[f"{stem}_quantized_scale"]
    shape = (-1,) + (1,) * (codes.ndim - 1)
    return torch.from_numpy(codes.astype(np.float32) * scale.reshape(shape).astype(np.float32))


def _become_bias(after: nn.Module, bias: Tensor) -> None:
    if not isinstance(after, nn.BatchNorm2d):
        raise TypeError(f"a normalisation was expected, it is {after}")
    after.running_mean = torch.zeros_like(bias)
    after.running_var = torch.full_like(bias, 1 - after.eps)
    after.weight.data = torch.ones_like(bias)
    after.bias.data = bias


def _take_head(head: nn.Conv2d, alphabet: str, reader_alphabet: str, weight: Tensor, bias: Tensor) -> None:
    if head.bias is None:
        raise TypeError("the head has no bias")
    nn.init.normal_(head.weight, std=0.02)
    head.bias.data.fill_(float(bias[:-1].mean()))
    for place, character in enumerate(alphabet):
        if character in reader_alphabet:
            source = reader_alphabet.index(character)
            head.weight.data[place], head.bias.data[place] = weight[source], bias[source]
    head.weight.data[-1], head.bias.data[-1] = weight[-1], bias[-1]
