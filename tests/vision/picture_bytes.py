"""Pictures built and altered byte by byte."""

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

PNG_START = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    rows: list[bytes], width: int, *, depth: int = 8, colour: int = GRAY, before: bytes = b"", height: int = -1
) -> bytes:
    """A PNG of unfiltered rows; `before` are chunks between header and data, `height` what the header says."""
    header = struct.pack(">IIBBBBB", width, len(rows) if height < 0 else height, depth, colour, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\x00" + row for row in rows))
    return PNG_START + chunk(b"IHDR", header) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of black pixels, deflated in pieces: the whole never lies in memory."""
    packer = zlib.compressobj(1)
    piece = bytes((width // 8 + 1) * 100)
    packed = b"".join(packer.compress(piece) for _ in range(height // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, GRAY, 0, 0, 0)
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg(picture: NDArray[np.uint8], *options: int) -> bytes:
    done, packed = cv2.imencode(".jpg", picture, options)
    assert done
    return packed.tobytes()


def drawn(rows: int = 48, columns: int = 80) -> NDArray[np.uint8]:
    """Gray steps, 10..90 from left to right and top to bottom, that survive JPEG."""
    steps = np.add.outer(np.arange(rows) // 8, np.arange(columns) // 8)
    return np.asarray(10 + 80 * steps / max(1, steps.max()), np.uint8)


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment right after its start."""
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + data[2:]


def exif_rotated(data: bytes, orientation: int) -> bytes:
    """EXIF 2.3: TIFF header, one entry, tag 0x0112."""
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)
    return with_segment(data, 0xE1, b"Exif\x00\x00" + tiff)


def frame_at(data: bytes) -> int:
    """Where a JPEG's frame header begins."""
    return next(at for at in range(len(data)) if data[at] == 0xFF and data[at + 1] in (0xC0, 0xC2))


def frame_of(data: bytes) -> bytes:
    """A JPEG's frame header."""
    at = frame_at(data)
    return data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4])]


def with_frame(data: bytes, *, marker: int = 0xC0, precision: int = 8, size: tuple[int, int] = (-1, -1)) -> bytes:
    """A JPEG whose frame header says something else; a size of -1 stays."""
    at = frame_at(data)
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    said = struct.pack(">BHH", precision, height if size[1] < 0 else size[1], width if size[0] < 0 else size[0])
    return data[: at + 1] + bytes((marker,)) + data[at + 2 : at + 4] + said + data[at + 9 :]


def cmyk(data: bytes) -> bytes:
    """A JPEG whose frame header names a fourth component."""
    at = frame_at(data)
    (length,) = struct.unpack(">H", data[at + 2 : at + 4])
    header = struct.pack(">H", length + 3) + data[at + 4 : at + 9] + b"\x04" + data[at + 10 : at + 2 + length]
    return data[: at + 2] + header + b"\x04\x11\x00" + data[at + 2 + length :]


def scanned(data: bytes, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated until there are `scans`."""
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + data[-2:]


def with_right_crcs(data: bytes) -> bytes:
    """The same PNG with each chunk's CRC set right as far as chunks can be told; anything else as it is."""
    if not data.startswith(PNG_START):
        return data
    at, told = 8, [PNG_START]
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            break
        told.append(chunk(data[at + 4 : at + 8], data[at + 8 : end - 4]))
        at = end
    return b"".join(told) + data[at:]
