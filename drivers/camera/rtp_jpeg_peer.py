"""JPEG pictures as RTP packets (RFC 2435): the payload that the camera peer speaks.

RFC 2435 sends neither the Huffman tables nor the frame header: the receiver rebuilds both. So only a picture that can
be rebuilt exactly is taken: baseline, 4:2:0, the standard Huffman tables, no restart markers, both sides a multiple of
8 and at most 2040 pixels. Quantisation tables travel in-band (Q = 255) with the first packet of each picture.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

FRAGMENT_BYTES = 1400
CLOCK_HZ = 90_000

_PAYLOAD_TYPE_JPEG = 26
_TYPE_420 = 1
_Q_IN_BAND = 255
_LARGEST_SIDE = 2040
_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOF0, _DHT, _SOS, _DQT, _DRI = 0xC0, 0xC4, 0xDA, 0xDB, 0xDD
_OTHER_FRAMES = {0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_SAMPLING_420 = (0x22, 0x11, 0x11)
# The four tables of ITU-T T.81 annex K.3 as DHT entries, in the order 00, 01, 10, 11.
_STANDARD_HUFFMAN_SHA256 = "532fd667aa5541439e4fc89f189259b1b137993ca5dfcbb6970ab411aee79cdf"


@dataclass(frozen=True, slots=True)
class RtpJpeg:
    """One picture, taken apart: sides in pixels, luma and chroma tables (64 bytes each, zigzag), the coded scan."""

    width: int
    height: int
    luma: bytes
    chroma: bytes
    scan: bytes


def parse_jpeg(jpeg: bytes) -> RtpJpeg:
    """Take a JPEG file apart. Raises ValueError naming what RFC 2435 cannot carry."""
    tables: dict[int, bytes] = {}
    huffman: dict[int, bytes] = {}
    frame = b""
    for marker, body, after in _segments(jpeg):
        if marker == _DQT:
            tables.update(_quantisation(body))
        elif marker == _DHT:
            huffman.update(_huffman(body))
        elif marker == _SOF0:
            frame = body
        elif marker in _OTHER_FRAMES:
            raise ValueError("the JPEG is not baseline")
        elif marker == _DRI and body != b"\0\0":
            raise ValueError("the JPEG has restart markers")
        elif marker == _SOS:
            return _assemble(frame, tables, huffman, _scan(jpeg, after))
    raise ValueError("the JPEG has no scan")


def packets(jpeg: RtpJpeg, timestamp: int, first_sequence: int, ssrc: int) -> list[bytes]:
    """The RTP packets of one picture; the last one carries the marker bit. `timestamp` counts 1/90000 s."""
    tables = struct.pack(">BBH", 0, 0, 128) + jpeg.luma + jpeg.chroma
    made: list[bytes] = []
    offset = 0
    while offset < len(jpeg.scan):
        head = struct.pack(">I", offset) + bytes((_TYPE_420, _Q_IN_BAND, jpeg.width // 8, jpeg.height // 8))
        extra = b"" if offset else tables
        piece = jpeg.scan[offset : offset + FRAGMENT_BYTES - len(head) - len(extra)]
        offset += len(piece)
        marker = 0x80 if offset == len(jpeg.scan) else 0
        sequence = (first_sequence + len(made)) & 0xFFFF
        rtp = struct.pack(">BBHII", 0x80, marker | _PAYLOAD_TYPE_JPEG, sequence, timestamp & 0xFFFF_FFFF, ssrc)
        made.append(rtp + head + extra + piece)
    return made


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, body and the position after it, for each segment up to the first scan."""
    if not jpeg.startswith(_SOI):
        raise ValueError("these bytes are not a JPEG")
    at = 2
    while at + 4 <= len(jpeg):
        lead, marker, length = struct.unpack_from(">BBH", jpeg, at)
        if lead != 0xFF or length < 2 or at + 2 + length > len(jpeg):
            raise ValueError(f"the JPEG is broken at byte {at}")
        yield marker, jpeg[at + 4 : at + 2 + length], at + 2 + length
        at += 2 + length


def _quantisation(body: bytes) -> dict[int, bytes]:
    if len(body) % 65 or any(body[at] > 3 for at in range(0, len(body), 65)):
        raise ValueError("the JPEG has quantisation tables of 16 bits")
    return {body[at]: body[at + 1 : at + 65] for at in range(0, len(body), 65)}


def _huffman(body: bytes) -> dict[int, bytes]:
    tables: dict[int, bytes] = {}
    at = 0
    while at + 17 <= len(body):
        end = at + 17 + sum(body[at + 1 : at + 17])
        tables[body[at]] = body[at:end]
        at = end
    return tables


def _scan(jpeg: bytes, start: int) -> bytes:
    end = jpeg.rfind(_EOI)
    if end <= start:
        raise ValueError("the JPEG is cut off")
    return jpeg[start:end]


def _assemble(frame: bytes, tables: dict[int, bytes], huffman: dict[int, bytes], scan: bytes) -> RtpJpeg:
    if len(frame) < 15 or frame[0] != 8 or frame[5] != 3:
        raise ValueError("the JPEG is not 8-bit colour")
    height, width = struct.unpack_from(">HH", frame, 1)
    sampling = (frame[7], frame[10], frame[13])
    if sampling != _SAMPLING_420:
        raise ValueError("the JPEG is not 4:2:0")
    if width % 8 or height % 8 or not 0 < width <= _LARGEST_SIDE or not 0 < height <= _LARGEST_SIDE:
        raise ValueError(f"{width}x{height}: each side must be a multiple of 8 and at most {_LARGEST_SIDE} pixels")
    given = b"".join(huffman[key] for key in sorted(huffman))
    if hashlib.sha256(given).hexdigest() != _STANDARD_HUFFMAN_SHA256:
        raise ValueError("the JPEG has Huffman tables of its own")
    luma, chroma = tables.get(frame[8]), tables.get(frame[11])
    if luma is None or chroma is None:
        raise ValueError("the JPEG lacks a quantisation table")
    return RtpJpeg(width, height, luma, chroma, scan)
