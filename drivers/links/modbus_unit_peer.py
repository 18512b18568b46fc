"""A Modbus unit, PDU by PDU, with the faults a unit can have. What lies at which address is the subclass's.

Written from the Modbus Application Protocol V1.1b3, with no Modbus library: a second opinion on the drivers.
"""

import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_framing_peer import Conversation, RtuConversation, TcpConversation

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_WRITES = (5, 6, 15, 16)
_ON, _OFF = 0xFF00, 0x0000


@dataclass(slots=True)
class PeerFaults:
    """What is wrong with the module; may be changed at any time.

    `silent`: requests are neither done nor answered. `mute`: done, not answered. `late_ms`: done at once, answered so
    much later. `exceptions`: function code -> exception code, answered instead of doing. `answer_function`: answers
    carry this function code. `extra_bytes`: read answers carry so many bytes more (or fewer, below 0).
    `answer_unit`: answers carry this unit id. `hang_up`: a TCP connection ends where the answer should come, the
    request done. `bad_crc`: an RTU answer whose last bit is wrong.
    """

    silent: bool = False
    mute: bool = False
    late_ms: int = 0
    exceptions: dict[int, int] = field(default_factory=dict)
    answer_function: int | None = None
    extra_bytes: int = 0
    answer_unit: int | None = None
    hang_up: bool = False
    bad_crc: bool = False


class UnitModel(Protocol):
    """The inside of the device: its physics and its time."""

    now: Tick

    def start(self, now: Tick) -> None:
        """The clock of the calls begins."""

    def advance(self, elapsed: Millis) -> None:
        """Let time pass."""

    def heard(self) -> None:
        """A request has come: a host watchdog, if there is one, is fed."""

    def reboot(self) -> None:
        """The power was cut."""


class Refusal(Exception):
    """The request gets an exception answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ModbusUnitPeer(ABC):
    """The module's voice, `feed` and `advance` speaking for one wire in RTU framing (`is_rtu`) or one TCP connection.

    A TCP port opens more by `converse`. `requests` counts the requests heard, `writes` the writing ones.
    """

    def __init__(self, model: UnitModel, *, unit: int = 1, is_rtu: bool = False) -> None:
        self.model: UnitModel = model
        self.faults = PeerFaults()
        self.requests = 0
        self.writes = 0
        self._unit = unit
        self._is_rtu = is_rtu
        self._wire = self.converse()

    @abstractmethod
    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        """Coils (function 1) or discrete inputs (2). Raises Refusal."""

    @abstractmethod
    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        """Coils, by function 5 or 15. Raises Refusal."""

    def write_strange_bit(self, address: int, value: int) -> None:
        """Function 5 with a value that is neither on nor off. Raises Refusal, unless the module has a use for it."""
        raise Refusal(ILLEGAL_VALUE)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        """Holding (3) or input registers (4). Raises Refusal."""
        raise Refusal(ILLEGAL_FUNCTION)

    def write_words(self, function: int, first: int, words: tuple[int, ...]) -> None:
        """Holding registers, by function 6 or 16. Raises Refusal."""
        raise Refusal(ILLEGAL_FUNCTION)

    def converse(self) -> Conversation:
        """A new connection to the module."""
        return RtuConversation(self) if self._is_rtu else TcpConversation(self)

    def feed(self, data: bytes) -> bytes:
        """What the module answers to `data` on its one wire."""
        self._wire.hear(data)
        return self._answers()

    def advance(self, elapsed: Millis) -> bytes:
        """Let time pass in the module; what it still owed is returned when due."""
        self.model.advance(elapsed)
        return self._answers()

    def answer(self, unit: int, pdu: bytes) -> bytes | None:
        """The answer to one request PDU (function code and data), None for silence."""
        if self.faults.silent or unit != self._unit or not pdu:
            return None
        self.model.heard()
        self.requests += 1
        function = pdu[0]
        try:
            if function in self.faults.exceptions:
                raise Refusal(self.faults.exceptions[function])
            answer = self._do(function, pdu[1:])
        except Refusal as refusal:
            return bytes([function | 0x80, refusal.code])
        if self.faults.answer_function is not None:
            function = self.faults.answer_function
        return None if self.faults.mute else bytes([function]) + answer

    def _answers(self) -> bytes:
        answers = self._wire.due()
        if self._wire.ended:  # a loopback wire cannot be hung up; the next request finds a fresh one
            self._wire = self.converse()
        return answers

    def _do(self, function: int, data: bytes) -> bytes:
        self.writes += function in _WRITES
        match function:
            case 1 | 2:
                first, count = _counted(data, 2000)
                packed = sum(on << n for n, on in enumerate(self.read_bits(function, first, count)))
                return self._sized(packed.to_bytes((count + 7) // 8, "little"))
            case 3 | 4:
                first, count = _counted(data, 125)
                return self._sized(struct.pack(f">{count}H", *self.read_words(function, first, count)))
            case 5:
                self._write_coil(*_numbers(data, 2))
                return data
            case 6:
                address, value = _numbers(data, 2)
                self.write_words(function, address, (value,))
                return data
            case 15:
                return self._write_coils(data)
            case 16:
                return self._write_registers(data)
        raise Refusal(ILLEGAL_FUNCTION)

    def _sized(self, data: bytes) -> bytes:
        wanted = max(0, len(data) + self.faults.extra_bytes)
        data = data.ljust(wanted, b"\0")[:wanted]
        return bytes([len(data)]) + data

    def _write_coil(self, address: int, value: int) -> None:
        if value in (_ON, _OFF):
            self.write_bits(5, address, (value == _ON,))
        else:
            self.write_strange_bit(address, value)

    def _write_coils(self, data: bytes) -> bytes:
        address, count, packed = _block(data)
        if not 1 <= count <= 1968 or len(packed) != (count + 7) // 8:
            raise Refusal(ILLEGAL_VALUE)
        bits = int.from_bytes(packed, "little")
        self.write_bits(15, address, tuple(bool(bits >> n & 1) for n in range(count)))
        return data[:4]

    def _write_registers(self, data: bytes) -> bytes:
        address, count, packed = _block(data)
        if not 1 <= count <= 123 or len(packed) != 2 * count:
            raise Refusal(ILLEGAL_VALUE)
        self.write_words(16, address, struct.unpack(f">{count}H", packed))
        return data[:4]


def within(first: int, count: int, start: int, size: int) -> slice:
    """Where `count` points from address `first` lie in a block of `size` that begins at `start`. Raises Refusal."""
    if first < start or first + count > start + size:
        raise Refusal(ILLEGAL_ADDRESS)
    return slice(first - start, first - start + count)


def _numbers(data: bytes, count: int) -> tuple[int, ...]:
    """Exactly `count` 16-bit numbers."""
    if len(data) != 2 * count:
        raise Refusal(ILLEGAL_VALUE)
    return struct.unpack(f">{count}H", data)


def _counted(data: bytes, most: int) -> tuple[int, int]:
    """Address and quantity of a read."""
    first, count = _numbers(data, 2)
    if not 1 <= count <= most:
        raise Refusal(ILLEGAL_VALUE)
    return first, count


def _block(data: bytes) -> tuple[int, int, bytes]:
    """Address, quantity and content of a block write, whose byte count must be true."""
    if len(data) < 5 or data[4] != len(data) - 5:
        raise Refusal(ILLEGAL_VALUE)
    address, count = struct.unpack_from(">HH", data)
    return address, count, data[5:]
