"""The smallest real ONNX file: ignores its input and always answers the same scores. Written byte by byte, since the
`onnx` package belongs to the training environment only. Field numbers: onnx.proto3."""

import struct
from collections.abc import Sequence

_FLOAT = 1
_UINT8 = 2
_EXTERNAL = 1
Sizes = Sequence[int | str]
"""A size with a name is left open."""


def constant_model(
    scores: Sequence[float],
    shape: Sequence[int],
    input_shape: Sizes,
    *,
    output_shape: Sizes | None = None,
    is_uint8: bool = False,
    opset: int = 17,
    beside: str = "",
) -> bytes:
    """`output_shape` is what the file says of its output, if not the truth; `beside` names a file with the scores."""
    kept = struct.pack(f"<{len(scores)}f", *scores)
    data = _bytes(13, _text(1, "location") + _text(2, beside)) + _number(14, _EXTERNAL) if beside else _bytes(9, kept)
    tensor = _packed(1, shape) + _number(2, _FLOAT) + _text(8, "kept") + data
    node = _text(1, "kept") + _text(2, "scores") + _text(4, "Identity")
    graph = (
        _bytes(1, node)
        + _text(2, "constant")
        + _bytes(5, tensor)
        + _bytes(11, _value("picture", input_shape, _UINT8 if is_uint8 else _FLOAT))
        + _bytes(12, _value("scores", shape if output_shape is None else output_shape, _FLOAT))
    )
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, opset))


def _value(name: str, shape: Sizes, kind: int) -> bytes:
    sizes = b"".join(_bytes(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _packed(field: int, values: Sequence[int]) -> bytes:
    return _bytes(field, b"".join(_varint(value) for value in values))
