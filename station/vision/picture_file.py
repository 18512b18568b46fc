"""The outline of a JPEG or PNG file, walked before anything is unpacked.

What a decoder would only guess at is refused here by name: a part that is missing, a checksum that does not fit, a
coding that cameras do not use, more pixels or scans than a gate has time for. What makes no pixels (EXIF, thumbnails,
colour profiles, animation, whatever a camera appends after the end mark) never reaches the decoder; the hash of a
stored picture covers it all the same. Of several pictures in one file the first counts.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Literal

from station.vision.unfit import PictureUnfit

MAX_PIXELS = 16_000_000
"""Almost twice a 4K camera; bounds what a decoder may ask for, see the tests."""

MAX_SCANS = 16
"""Of a JPEG; each passes over the whole picture. Progressive encoders write about 10."""

_MOST_PARTS = 20_000
"""Segments or chunks; 20 MB in chunks of 8 KB are 2,500."""

_JPEG_START = b"\xff\xd8"
_JPEG_LONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_USUAL_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all with Huffman's code
_JPEG_DROPPED = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # all but APP0 and APP14, which name the colours
_JPEG_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOS, _EOI = 0xDA, 0xD9
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})


@dataclass(frozen=True, slots=True)
class Outline:
    """The format, width and height in pixels as the header states them, and the file as the decoder may see it."""

    kind: Literal["JPEG", "PNG"]
    width: int
    height: int
    file: bytes


def outline(data: bytes) -> Outline:
    """The outline of a whole JPEG or PNG. Raises PictureUnfit."""
    if data.startswith(_PNG_START):
        return _png(data)
    if data.startswith(_JPEG_START):
        return _jpeg(data)
    raise PictureUnfit("not-a-picture", f"{len(data)} bytes that are neither JPEG nor PNG")


def _jpeg(data: bytes) -> Outline:
    """ITU-T T.81 annex B: marker segments, each scan followed by its entropy-coded data."""
    at, scans = 2, 0
    kept = [_JPEG_START]
    size: tuple[int, int] | None = None
    for _ in range(_MOST_PARTS):
        marker, at = _jpeg_marker(data, at)
        if marker in _JPEG_LONE_MARKERS:
            continue
        if marker == _EOI:
            if size is None or scans == 0:
                raise PictureUnfit("undecodable", f"{len(data)} bytes of JPEG without a picture")
            return Outline("JPEG", *size, b"".join([*kept, b"\xff\xd9"]))
        end = _jpeg_segment_end(data, at)
        if marker in _JPEG_FRAMES:
            if size is not None:
                raise PictureUnfit("undecodable", "a JPEG with two frame headers")
            size = _jpeg_frame(marker, data[at + 2 : end])
        elif marker == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise PictureUnfit("too-many-scans", f"a JPEG of more than {MAX_SCANS} scans")
            end = _jpeg_scan_end(data, end)
        if marker not in _JPEG_DROPPED:
            kept.append(data[at - 2 : end])
        at = end
    raise PictureUnfit("undecodable", f"a JPEG of more than {_MOST_PARTS} segments")


def _jpeg_marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at `at` and where its segment goes on."""
    if at < len(data) and data[at] != 0xFF:
        raise PictureUnfit("picture-damaged", f"byte {at} of a JPEG is {data[at]:#04x} where a marker belongs")
    while data[at : at + 2] == b"\xff\xff":
        at += 1
    if at + 2 > len(data):
        raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of JPEG without an end mark")
    return data[at + 1], at + 2


def _jpeg_segment_end(data: bytes, at: int) -> int:
    end = at + int.from_bytes(data[at : at + 2]) if at + 2 <= len(data) else len(data) + 1
    if end > len(data):
        raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of JPEG end within a segment")
    if end < at + 2:
        raise PictureUnfit("picture-damaged", f"a JPEG segment at byte {at} is shorter than its own length")
    return end


def _jpeg_scan_end(data: bytes, at: int) -> int:
    """Where the coded data from `at` on end; within them a marker's first byte is followed by 0 or a restart mark."""
    after = _JPEG_AFTER_SCAN.search(data, at)
    if after is None:
        raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of JPEG without an end mark")
    return after.start()


def _jpeg_frame(marker: int, header: bytes) -> tuple[int, int]:
    """(width, height). Arithmetic, lossless, hierarchical and 12-bit codings and CMYK are refused: no camera writes
    them, and not every decoder reads them.
    """
    if len(header) < 6:
        raise PictureUnfit("picture-damaged", "a JPEG frame header that is too short")
    precision, height, width, components = struct.unpack(">BHHB", header[:6])
    if marker not in _JPEG_USUAL_FRAMES or precision != 8 or components not in (1, 3):
        seen = f"a JPEG of coding {marker:#04x}, {precision} bits, {components} components"
        raise PictureUnfit("picture-coding", seen)
    return _fitting(width, height)


def _png(data: bytes) -> Outline:
    """ISO/IEC 15948: length, name, body and CRC-32 of each chunk; IHDR first."""
    if len(data) < 33 or data[8:16] != b"\x00\x00\x00\x0dIHDR":
        raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of PNG without a header")
    size = _fitting(*struct.unpack(">II", data[16:24]))
    kept = [_PNG_START]
    at = 8
    for _ in range(_MOST_PARTS):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of PNG without an end mark")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise PictureUnfit("picture-damaged", f"the PNG chunk at byte {at} fails its CRC")
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return Outline("PNG", *size, b"".join(kept))
        at = end
    raise PictureUnfit("undecodable", f"a PNG of more than {_MOST_PARTS} chunks")


def _fitting(width: int, height: int) -> tuple[int, int]:
    if width == 0 or height == 0:
        raise PictureUnfit("undecodable", f"{width}x{height} pixels")
    if width * height > MAX_PIXELS:
        raise PictureUnfit("too-many-pixels", f"{width}x{height} pixels; at most {MAX_PIXELS} in all")
    return width, height
