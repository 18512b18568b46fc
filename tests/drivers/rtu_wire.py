"""A Modbus RTU wire in virtual time: units that answer late, wrongly or not at all, in the order they were asked."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick

BYTE_US = 1042
"""One octet of 10 bits at 9600."""


def crc(data: bytes) -> bytes:
    """CRC-16/MODBUS, low octet first, bit by bit as in Modbus over Serial Line V1.02, section 6.2.2."""
    value = 0xFFFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack("<H", value)


def framed(unit: int, pdu: bytes) -> bytes:
    """A whole RTU frame."""
    body = bytes([unit]) + pdu
    return body + crc(body)


Answer = Callable[[bytes], tuple[Millis, bytes] | None]
"""What becomes of a request: the delay until its answer starts, and the octets that come; None is silence."""


@dataclass
class VirtualWire:
    """The Link of a test. `answer` is asked for every frame written; `now` moves only while somebody reads."""

    answer: Answer = lambda _: None
    now_ms: int = 1000
    written: list[tuple[int, bytes]] = field(default_factory=list)
    opens: int = 0
    is_gone: bool = False
    _coming: list[tuple[int, int]] = field(default_factory=list)
    _busy_until_us: int = 0

    def __str__(self) -> str:
        return "wire"

    def clock(self) -> Tick:
        return Tick(self.now_ms)

    def say(self, after: Millis, data: bytes) -> None:
        """`data` starts to come `after` ms from now, behind what is coming already."""
        at = max(self.now_ms * 1000 + after * 1000, self._busy_until_us)
        for octet in data:
            at += BYTE_US
            self._coming.append((at, octet))
        self._busy_until_us = max(self._busy_until_us, at)

    def open(self) -> None:
        self._require()
        self.opens += 1

    def read(self, patience: Millis) -> bytes:
        self._require()
        end = self.now_ms + max(0, patience)
        if self._coming and self._coming[0][0] <= end * 1000:
            self.now_ms = max(self.now_ms, -(-self._coming[0][0] // 1000))
            return self._arrived()
        self.now_ms = end
        return b""

    def write(self, data: bytes, patience: Millis) -> None:
        self._require()
        self.written.append((self.now_ms, data))
        said = self.answer(data)
        if said is not None:
            delay, octets = said
            self.say(Millis(delay + len(data) * BYTE_US // 1000), octets)

    def discard_input(self) -> None:
        self._require()
        self._arrived()

    def close(self) -> None:
        pass

    def _arrived(self) -> bytes:
        data = bytes(octet for at, octet in self._coming if at <= self.now_ms * 1000)
        self._coming = self._coming[len(data) :]
        return data

    def _require(self) -> None:
        if self.is_gone:
            raise DeviceFault("port-missing", "wire", "it is gone", "plug it in")


def registers_answered(request: bytes, values: Callable[[int], int]) -> bytes:
    """The right answer to a read of registers (function 3 or 4); `values` gives each by address."""
    unit, function, address, count = struct.unpack(">BBHH", request[:6])
    words = b"".join(struct.pack(">H", values(address + n)) for n in range(count))
    return framed(unit, bytes([function, len(words)]) + words)
