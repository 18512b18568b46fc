"""Frames that a ThingMagic (JADAK Mercury) module sends while it reads by itself. Pure; nothing raises.

    FF len 22 status-high status-low data CRC-high CRC-low

len counts the data. Status 0000 with data is a tag, 0400 says once a second that the module is alive, 0504 that it is
too hot, 0505 that the antenna reflects too much. The CRC (polynomial 1021, from FFFF, over len to data) shifts the
data bits in at the end instead of adding them at the top. A tag's data are read with all metadata (flags 01FF) only.
Source: comments and vectors of SparkFun's reader library and of python-mercuryapi.
"""

import binascii
from dataclasses import dataclass

from drivers.scanner.length_frames import BadBytes, LengthFrames
from drivers.scanner.stays import Sighting

ALIVE, TOO_HOT, REFLECTED = 0x0400, 0x0504, 0x0505

_OPCODE = 0x22
_AROUND_DATA = 7
_ALL_METADATA = b"\x01\xff"
_EPC_BITS, _PC = 22, 24  # places in the data; after PC and EPC the tag's own CRC ends them
_READS = 7  # their count, then strength, antennas, frequency, time, phase, protocol, data bits, pins


@dataclass(frozen=True, slots=True)
class Status:
    """A frame without a tag."""

    code: int


class ThingMagicDecoder:
    """Feed it what arrives, in any pieces."""

    def __init__(self) -> None:
        self._frames: LengthFrames[Sighting | Status] = LengthFrames(_length_of, _read)

    def feed(self, data: bytes) -> list[Sighting | Status | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)


def crc(data: bytes) -> bytes:
    """The two bytes that end a frame, over all of it but the FF."""
    register = 0xFFFF
    for byte in data:
        for place in range(7, -1, -1):
            carry = register >> 15
            register = (register << 1 & 0xFFFF | byte >> place & 1) ^ (0x1021 if carry else 0)
    return register.to_bytes(2)


def _length_of(beginning: bytes) -> int | None:
    if beginning[0] != 0xFF or (len(beginning) > 2 and beginning[2] != _OPCODE):
        return 0
    return _AROUND_DATA + beginning[1] if len(beginning) > 1 else None


def _read(frame: bytes) -> Sighting | Status | None:
    if crc(frame[1:-2]) != frame[-2:]:
        return None
    status, data = int.from_bytes(frame[3:5]), frame[5:-2]
    return _tag(data) if status == 0 and data else Status(status)


def _tag(data: bytes) -> Sighting | None:
    """None if the metadata are others, or the EPC's length or the tag's own CRC contradict the rest."""
    if len(data) <= _PC + 4 or data[3:5] != _ALL_METADATA:
        return None
    said, own_crc = data[_PC:-2], data[-2:]
    is_whole = 8 * len(data[_PC:]) == int.from_bytes(data[_EPC_BITS:_PC]) and len(said) == 2 + 2 * (said[0] >> 3)
    if not is_whole or (binascii.crc_hqx(said, 0xFFFF) ^ 0xFFFF).to_bytes(2) != own_crc:
        return None
    strength = int.from_bytes(data[_READS : _READS + 1], signed=True)
    return Sighting(said[2:].hex().upper(), data[_READS + 1] & 0x0F, strength, strength)
