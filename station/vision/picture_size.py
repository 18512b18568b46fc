"""Width and height of a JPEG or PNG from its header alone, so that a picture bomb is refused before it is unpacked."""

import struct

_JPEG_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_LONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def picture_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels as the header states them; None if `data` is no JPEG or PNG or breaks off before."""
    if data.startswith(_PNG_SIGNATURE):
        return _png_size(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    return None


def is_whole(data: bytes) -> bool:
    """True if the file carries its end mark; a decoder would silently paint the missing part gray."""
    if data.startswith(_PNG_SIGNATURE):
        return data.rstrip(b"\x00").endswith(b"IEND\xaeB`\x82")
    return data.rstrip(b"\x00").endswith(b"\xff\xd9")


def _png_size(data: bytes) -> tuple[int, int] | None:
    """ISO/IEC 15948: the first chunk is IHDR, width and height first, big-endian."""
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return (width, height)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """ITU-T T.81 annex B: walk the marker segments to the frame header."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _JPEG_LONE_MARKERS:
            at += 2
            continue
        if marker in _JPEG_FRAME_MARKERS:
            if at + 9 > len(data):
                return None
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return (width, height)
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        at += 2 + max(length, 2)
    return None
