"""Reading one picture file that anybody may have put there."""

import struct
from pathlib import Path

JPEG_QUALITY = 95
LARGEST_BYTES = 32 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
"""Decoded, 150 MB; twice the largest gate camera known to us (24 megapixels)."""

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_PNG = b"\x89PNG\r\n\x1a\n"
_SOS = 0xDA
_MOST_MARKERS = 10_000
"""Before the coded data, fill bytes among them; cameras write some dozens. Each costs a microsecond."""
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


class NoPicture(Exception):
    """The file is no picture we can judge; says its name and why."""


def read_as_jpeg(file: Path) -> bytes:
    """The picture as a JPEG: the file's own bytes if it is one, a PNG encoded anew. Raises NoPicture.

    Size and dimensions are read from the header before anything is decoded.
    """
    data = _read(file)
    if data.startswith(_SOI):
        width, height = jpeg_sides(file.name, data)
    elif data.startswith(_PNG) and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
    else:
        raise NoPicture(f"{file.name}: neither JPEG nor PNG")
    _refuse_sides(file.name, width, height)
    return _decoded(file, data)


def jpeg_sides(name: str, data: bytes) -> tuple[int, int]:
    """Width and height of the JPEG in `data`, which must reach its end; nothing is decoded. Raises NoPicture."""
    if not data.startswith(_SOI):
        raise NoPicture(f"{name}: no JPEG")
    width, height = _sides(name, data)
    _refuse_sides(name, width, height)
    return width, height


def _refuse_sides(name: str, width: int, height: int) -> None:
    if not 0 < width * height <= LARGEST_PIXELS:
        raise NoPicture(f"{name}: {width}x{height} pixels; at most {LARGEST_PIXELS // 1_000_000} megapixels")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise NoPicture(f"{file.name}: {error.strerror}") from error
    if not data:
        raise NoPicture(f"{file.name}: no bytes")
    if len(data) > LARGEST_BYTES:
        raise NoPicture(f"{file.name}: larger than {LARGEST_BYTES // 1024 // 1024} MiB")
    return data


def _sides(name: str, data: bytes) -> tuple[int, int]:
    """As the JPEG's header says them."""
    at, sides = 2, (0, 0)
    for _ in range(_MOST_MARKERS):
        if at + 9 > len(data) or data[at] != 0xFF:
            raise NoPicture(f"{name}: a broken JPEG")
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            sides = (width, height)
        elif marker == _SOS:
            if data.rfind(_EOI) <= at:  # coded data never holds this pair
                raise NoPicture(f"{name}: the JPEG is cut off")
            return sides
        at += 2 + length
    raise NoPicture(f"{name}: no end to its head")


def _decoded(file: Path, data: bytes) -> bytes:
    """`data` as JPEG, after it has been decoded once to the last row."""
    import cv2
    import numpy as np

    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise NoPicture(f"{file.name}: {error.code}") from error
    if image is None:
        raise NoPicture(f"{file.name}: cannot be decoded")
    if data.startswith(_SOI):
        return data
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
