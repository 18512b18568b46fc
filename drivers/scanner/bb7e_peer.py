"""The voice of an UHF reader with BB..7E frames, written from its protocol description and not from the driver."""

import random
from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis
from drivers.scanner.tag_field_model import Tag, TagField

Fault = Literal["silent", "noise", "bad-sum", "bad-tag-crc", "deaf", "garbage-prefix", "torn", "doubled"]

_NO_TAG = bytes.fromhex("BB 01 FF 00 01 15 16 7E")
_UNKNOWN = bytes.fromhex("BB 01 FF 00 01 17 18 7E")


class Bb7ePeer:
    """Reads the tags of `field` in turn, one each `period`, while it was told to. `heard` keeps what was written to it.

    `starts` and `stops` count commands. Fault "deaf" obeys no stop, so that it goes on reading.
    """

    def __init__(self, field: TagField, *, period: Millis = Millis(20), seed: int = 0) -> None:
        self.heard = bytearray()
        self.starts = self.stops = 0
        self.reads_left = 0
        self._field = field
        self._period = period
        self._random = random.Random(seed)
        self._fault: Fault | None = None
        self._waiting = b""
        self._round: deque[Tag] = deque()
        self._until_read = int(period)

    def fail(self, fault: Fault) -> None:
        """Every frame suffers from `fault` until `mend`."""
        self._fault = fault

    def mend(self) -> None:
        """No fault any more."""
        self._fault = None

    def feed(self, data: bytes) -> bytes:
        """Commands are carried out at once; a stop is confirmed."""
        self.heard += data
        self._waiting += data
        said = b""
        while len(self._waiting) >= 7:
            size = 7 + (self._waiting[3] << 8) + self._waiting[4]
            if self._waiting[0] != 0xBB or size > 40:
                self._waiting = self._waiting[1:]
                continue
            if len(self._waiting) < size:
                break
            command, self._waiting = self._waiting[:size], self._waiting[size:]
            if command[-1] == 0x7E and sum(command[1:-2]) % 256 == command[-2]:
                said += self._obey(command)
        return said

    def advance(self, elapsed: Millis) -> bytes:
        """The reads of the next `elapsed` milliseconds."""
        said = b""
        self._until_read -= elapsed
        while self._until_read <= 0:
            self._until_read += self._period
            if self.reads_left > 0:
                self.reads_left -= 1
                said += self._spoilt(self._read())
        return said

    def _obey(self, command: bytes) -> bytes:
        match command[2]:
            case 0x27:
                self.starts += 1
                self.reads_left = (command[6] << 8) + command[7]
                return b""
            case 0x28:
                self.stops += 1
                if self._fault != "deaf":
                    self.reads_left = 0
                return self._spoilt(_frame(0x01, 0x28, b"\x00"))
            case 0x22:
                return self._spoilt(self._read())
            case _:
                return self._spoilt(_UNKNOWN)

    def _read(self) -> bytes:
        if not self._round:
            self._round.extend(self._field.answers())
        if not self._round:
            return _NO_TAG
        tag = self._round.popleft()
        said = bytes((len(tag.epc) // 2 << 3, 0x00)) + tag.epc
        crc = _crc(said)
        if self._fault == "bad-tag-crc":
            crc = bytes((crc[0] ^ 0x10, crc[1]))
        return _frame(0x02, 0x22, bytes((tag.rssi & 0xFF,)) + said + crc)

    def _spoilt(self, frame: bytes) -> bytes:
        match self._fault:
            case "silent":
                return b""
            case "noise":
                return self._random.randbytes(len(frame))
            case "bad-sum":
                return frame[:-2] + bytes((frame[-2] ^ 0x01, 0x7E))
            case "garbage-prefix":
                return b"\xbb\x02\x7e" + frame
            case "torn":
                return frame[: len(frame) // 2]
            case "doubled":
                return frame + frame
            case _:
                return frame


def _frame(kind: int, command: int, parameters: bytes) -> bytes:
    body = bytes((kind, command, 0, len(parameters))) + parameters
    return b"\xbb" + body + bytes((sum(body) % 256, 0x7E))


def _crc(data: bytes) -> bytes:
    """The CRC-16 that a tag of ISO 18000-63 sends after PC and EPC."""
    value = 0xFFFF
    for byte in data:
        for place in range(7, -1, -1):
            top = (value >> 15) ^ (byte >> place & 1)
            value = (value << 1 & 0xFFFF) ^ (0x1021 if top else 0)
    return (value ^ 0xFFFF).to_bytes(2)
