"""The operator set that an ONNX file was written for, read without loading it. Field numbers: onnx.proto3."""

_OPSET_IMPORT = 8
_DOMAIN = 1
_VERSION = 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_FIELDS = 10_000


def opset_of(model: bytes) -> int | None:
    """The version of the standard operators; None if the file names none or is no ONNX file."""
    for field, value in _fields(model):
        if field == _OPSET_IMPORT and isinstance(value, bytes):
            named = dict(_fields(value))
            version = named.get(_VERSION)
            if named.get(_DOMAIN, b"") in (b"", b"ai.onnx") and isinstance(version, int):
                return version
    return None


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """(field number, value) of a protocol buffer as far as it can be followed."""
    at, told = 0, list[tuple[int, int | bytes]]()
    while at < len(message) and len(told) < _MOST_FIELDS:
        key, at = _varint(message, at)
        wire = key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            told.append((key >> 3, value))
        elif wire == _BYTES:
            length, at = _varint(message, at)
            told.append((key >> 3, message[at : at + length]))
            at += length
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            break
    return told


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at] if at < len(message) else 0
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            break
    return value, at
