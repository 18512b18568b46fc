"""The voice of a ThingMagic module that reads by itself, written from SparkFun's notes and not from the driver."""

from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis
from drivers.scanner.tag_field_model import Tag, TagField

Fault = Literal["silent", "bad-crc", "too-hot", "reflected", "noise"]

_SAYS_ALIVE_EVERY = 1000


class ThingMagicPeer:
    """Reports the tags of `field` in turn, one each `period`, and once a second that it is alive.

    `heard` keeps what was written to it; it never answers.
    """

    def __init__(self, field: TagField, *, period: Millis = Millis(20)) -> None:
        self.heard = bytearray()
        self._field = field
        self._period = period
        self._fault: Fault | None = None
        self._round: deque[Tag] = deque()
        self._until_read = int(period)
        self._until_alive = _SAYS_ALIVE_EVERY

    def fail(self, fault: Fault) -> None:
        """Every frame suffers from `fault` until `mend`."""
        self._fault = fault

    def mend(self) -> None:
        """No fault any more."""
        self._fault = None

    def feed(self, data: bytes) -> bytes:
        """It hears and goes on reading."""
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """The frames of the next `elapsed` milliseconds."""
        said = b""
        self._until_alive -= elapsed
        while self._until_alive <= 0:
            self._until_alive += _SAYS_ALIVE_EVERY
            said += self._spoilt(_frame({"too-hot": 0x0504, "reflected": 0x0505}.get(self._fault or "", 0x0400), b""))
        self._until_read -= elapsed
        while self._until_read <= 0:
            self._until_read += self._period
            if not self._round:
                self._round.extend(self._field.answers())
            if self._round:
                said += self._spoilt(_frame(0x0000, _record(self._round.popleft())))
        return said

    def _spoilt(self, frame: bytes) -> bytes:
        match self._fault:
            case "silent":
                return b""
            case "bad-crc":
                return frame[:-1] + bytes((frame[-1] ^ 0x80,))
            case "noise":
                return bytes(byte ^ 0xA5 for byte in frame)
            case _:
                return frame


def _record(tag: Tag) -> bytes:
    word = bytes((len(tag.epc) // 2 * 8, 0)) + tag.epc
    there = word + _tag_crc(word)
    head = bytes.fromhex("10 00 1B 01 FF 01 01")
    read = bytes((tag.rssi & 0xFF, tag.antenna << 4 | tag.antenna))
    metadata = bytes.fromhex("0E 16 40 00 00 01 27 00 00 05 00 00 0F")
    return head + read + metadata + (8 * len(there)).to_bytes(2) + there


def _frame(status: int, data: bytes) -> bytes:
    body = bytes((len(data), 0x22)) + status.to_bytes(2) + data
    return b"\xff" + body + _module_crc(body)


def _module_crc(data: bytes) -> bytes:
    """The module's: bits are shifted in behind."""
    value = 0xFFFF
    for byte in data:
        for bit in f"{byte:08b}":
            top, value = value & 0x8000, (value << 1 & 0xFFFF) + int(bit)
            value ^= 0x1021 if top else 0
    return value.to_bytes(2)


def _tag_crc(data: bytes) -> bytes:
    """The tag's own, of ISO 18000-63: bits are added at the top, the result is inverted."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return (value ^ 0xFFFF).to_bytes(2)
