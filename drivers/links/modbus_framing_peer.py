"""The two framings of Modbus at the device's end: TCP (Messaging on TCP/IP V1.0b) and RTU (Serial Line V1.02)."""

import struct
from abc import ABC, abstractmethod
from typing import Protocol

from drivers.contract.quantities import Millis, Tick

_MBAP = struct.Struct(">HHHB")
_LONGEST_PDU = 253
_FIXED_REQUESTS = {1: 6, 2: 6, 3: 6, 4: 6, 5: 6, 6: 6}
"""Octets of a request with unit and function, without its CRC."""
_BLOCK_REQUESTS = (15, 16)
_BLOCK_HEAD = 7
_CRC = 2
_LONGEST_FRAME = _LONGEST_PDU + 1 + _CRC


class _Faults(Protocol):
    late_ms: int
    answer_unit: int | None
    hang_up: bool
    bad_crc: bool


class _Model(Protocol):
    now: Tick


class Unit(Protocol):
    """Who answers."""

    @property
    def model(self) -> _Model: ...

    @property
    def faults(self) -> _Faults: ...

    def answer(self, unit: int, pdu: bytes) -> bytes | None: ...


class Conversation(ABC):
    """One connection or one serial wire: its unfinished bytes and the answers it is still owed.

    `ended` is True when the far end must hang up, because no further frame can be found or the module does so.
    """

    def __init__(self, unit: Unit) -> None:
        self.ended = False
        self._unit = unit
        self._rest = b""
        self._owed: list[tuple[Tick, bytes]] = []

    @abstractmethod
    def hear(self, data: bytes) -> None:
        """Take bytes from the host; every complete request is done at once."""

    def due(self) -> bytes:
        """The answers whose time has come."""
        now = self._unit.model.now
        answers = b"".join(answer for due, answer in self._owed if due <= now)
        self._owed = [(due, answer) for due, answer in self._owed if due > now]
        return answers

    def _owe(self, frame: bytes) -> None:
        self._owed.append((Tick(self._unit.model.now + Millis(self._unit.faults.late_ms)), frame))

    def _answering_unit(self, unit: int) -> int:
        """The unit id that the answer carries."""
        wrong = self._unit.faults.answer_unit
        return unit if wrong is None else wrong


class TcpConversation(Conversation):
    """A TCP connection."""

    def hear(self, data: bytes) -> None:
        self._rest += data
        while not self.ended and len(self._rest) >= _MBAP.size:
            transaction, protocol, length, unit = _MBAP.unpack_from(self._rest)
            if protocol != 0 or not 2 <= length <= _LONGEST_PDU + 1:
                self.ended = True
                return
            end = 6 + length
            if len(self._rest) < end:
                return
            pdu, self._rest = self._rest[_MBAP.size : end], self._rest[end:]
            self._reply(transaction, unit, self._unit.answer(unit, pdu))

    def _reply(self, transaction: int, unit: int, pdu: bytes | None) -> None:
        if pdu is None:
            return
        if self._unit.faults.hang_up:
            self.ended = True
            return
        self._owe(_MBAP.pack(transaction, 0, len(pdu) + 1, self._answering_unit(unit)) + pdu)


class RtuConversation(Conversation):
    """A serial wire. A request is found by its length and its CRC, wherever it begins; noise before it is dropped."""

    def hear(self, data: bytes) -> None:
        self._rest += data
        while frame := self._next_request():
            self._reply(frame[0], self._unit.answer(frame[0], frame[1:-_CRC]))
        self._rest = self._rest[-_LONGEST_FRAME:]

    def _next_request(self) -> bytes:
        for start in range(len(self._rest)):
            frame = self._rest[start : start + _request_size(self._rest[start:])]
            if frame and crc16(frame) == 0:
                self._rest = self._rest[start + len(frame) :]
                return frame
        return b""

    def _reply(self, unit: int, pdu: bytes | None) -> None:
        if pdu is None:
            return
        frame = rtu_frame(bytes([self._answering_unit(unit)]) + pdu)
        self._owe(frame[:-1] + bytes([frame[-1] ^ self._unit.faults.bad_crc]))


def crc16(data: bytes) -> int:
    """The CRC of Modbus RTU; 0 for a frame that ends with its own CRC."""
    crc = 0xFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def rtu_frame(body: bytes) -> bytes:
    """`body` (unit and PDU) with its CRC, low octet first."""
    return body + crc16(body).to_bytes(2, "little")


def _request_size(data: bytes) -> int:
    """Octets of the request that `data` begins with; 0 if it begins with none, or not all of them have come."""
    if len(data) < _BLOCK_HEAD:
        return 0
    is_block = data[1] in _BLOCK_REQUESTS
    size = (_BLOCK_HEAD + data[_BLOCK_HEAD - 1] if is_block else _FIXED_REQUESTS.get(data[1], 0)) + _CRC
    return size if _CRC < size <= len(data) else 0
