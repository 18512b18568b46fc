"""Finding the answer to a Modbus request among bytes. Pure; CRC and parsing are pymodbus's, behind `modbus_link`."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

TCP_PDU_AT = 7
"""Octets before the function code of a Modbus TCP frame."""
LONGEST_FRAME = 260
"""Octets of the longest frame of either framing (TCP; RTU has 256)."""

_TCP_LENGTH_AT = 4
_RTU_PDU_AT = 1
_CRC = 2
_EXCEPTION_FRAME = 5
_EXCEPTION = 0x80


@dataclass(frozen=True, slots=True)
class Shape:
    """What follows the function code of a right answer: `size` octets that begin with `head`."""

    head: bytes
    size: int

    def fits(self, body: bytes) -> bool:
        """Whether `body`, without function code and CRC, has this shape."""
        return len(body) == self.size and body.startswith(self.head)


def counted(octets: int) -> Shape:
    """A read's answer: the byte count and as many octets."""
    return Shape(bytes([octets]), 1 + octets)


def echo(address: int, value: int) -> Shape:
    """A write's answer: the address, and the value or the count written."""
    return Shape(struct.pack(">HH", address, value), 4)


def first_tcp_frame(data: bytes) -> bytes:
    """The complete frame at the start of `data`, by the length in its header; b"" if it is not yet complete."""
    if len(data) <= TCP_PDU_AT:
        return b""
    end = _TCP_LENGTH_AT + 2 + int.from_bytes(data[_TCP_LENGTH_AT : _TCP_LENGTH_AT + 2], "big")
    return data[:end] if len(data) >= end else b""


def rtu_candidates(data: bytes, unit: int, function: int, shape: Shape) -> Iterator[bytes]:
    """Every stretch of `data` that would answer `function` of `unit` in `shape`, or refuse it, if its CRC is right.

    An RTU frame has no mark of its own, but the answer to a request has one length and nearly all of its first
    octets are known, so that it is found behind any noise.
    """
    size = _RTU_PDU_AT + 1 + shape.size + _CRC
    answer = bytes([unit, function]) + shape.head
    refusal = bytes([unit, function | _EXCEPTION])
    for start in range(len(data) - _EXCEPTION_FRAME + 1):
        if data.startswith(refusal, start):
            yield data[start : start + _EXCEPTION_FRAME]
        elif data.startswith(answer, start) and start + size <= len(data):
            yield data[start : start + size]
