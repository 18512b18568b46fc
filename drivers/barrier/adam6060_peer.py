"""The far end of an ADAM-6060's wire, byte for byte: Modbus TCP over an `Adam6060Model`.

Written from the Modbus specifications (Application Protocol V1.1b3, Messaging on TCP/IP V1.0b) and the module's
address table, with no Modbus library: a second opinion on the driver. Inputs are coils 0-5 (also discrete inputs),
outputs coils 16-21; registers, two words each, low word first: counters 0-11, pulse low widths 12-23, high widths
24-35 (0.1 ms), absolute pulse counts 36-47. The pulse registers are derived from the sister module ADAM-6052; a count
reads as the pulses still to come. Both are to be verified on a module.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drivers.barrier.adam6060_model import OUTPUT_NAMES, POINTS, Adam6060Model, OutputName
from drivers.contract.quantities import Millis, Tick

FIRST_OUTPUT_COIL = 16
COUNTERS, LOW_WIDTHS, HIGH_WIDTHS, PULSE_COUNTS, END = range(0, 5 * 2 * POINTS, 2 * POINTS)

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_MBAP = struct.Struct(">HHHB")
_LONGEST_PDU = 253
_WRITES = (5, 6, 15, 16)


@dataclass(slots=True)
class PeerFaults:
    """What is wrong with the module; may be changed at any time.

    `silent`: requests are neither done nor answered. `mute`: done, not answered. `late_ms`: done at once, answered so
    much later. `exceptions`: function code -> exception code, answered instead of doing. `answer_function`: answers
    carry this function code. `extra_bytes`: read answers carry so many bytes more (or fewer, below 0).
    `answer_unit`: answers carry this unit id. `hang_up`: the connection ends where the answer should come, the
    request done.
    """

    silent: bool = False
    mute: bool = False
    late_ms: int = 0
    exceptions: dict[int, int] = field(default_factory=dict)
    answer_function: int | None = None
    extra_bytes: int = 0
    answer_unit: int | None = None
    hang_up: bool = False


class _Refusal(Exception):
    """The request gets an exception answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Adam6060Peer:
    """The module's voice. `feed` and `advance` speak for one connection; a TCP port opens more by `converse`.

    `on_frame(tick, description)` tells of every frame that writes a motion output, when it arrives and before it acts:
    "FC16 raise pulses=1", "FC15 raise=0 lower=0". `requests` counts the requests heard, `writes` the writing ones.
    """

    def __init__(
        self, model: Adam6060Model, *, unit: int = 1, on_frame: Callable[[Tick, str], None] | None = None
    ) -> None:
        self.model = model
        self.faults = PeerFaults()
        self.requests = 0
        self.writes = 0
        self._unit = unit
        self._on_frame = on_frame
        self._wire = self.converse()

    def converse(self) -> "Conversation":
        """A new connection to the module."""
        return Conversation(self)

    def feed(self, data: bytes) -> bytes:
        """What the module answers to `data` on its one loopback wire."""
        self._wire.hear(data)
        return self._answers()

    def advance(self, elapsed: Millis) -> bytes:
        """Let time pass in the module; what it still owed is returned when due."""
        self.model.advance(elapsed)
        return self._answers()

    def _answers(self) -> bytes:
        answers = self._wire.due()
        if self._wire.ended:  # a loopback wire cannot be hung up; the next request finds a fresh one
            self._wire = self.converse()
        return answers

    def answer(self, unit: int, pdu: bytes) -> bytes | None:
        """The answer to one request PDU (function code and data), None for silence."""
        if self.faults.silent or unit != self._unit:
            return None
        self.model.heard()
        self.requests += 1
        function = pdu[0]
        try:
            if function in self.faults.exceptions:
                raise _Refusal(self.faults.exceptions[function])
            answer = self._do(function, pdu[1:])
        except _Refusal as refusal:
            return bytes([function | 0x80, refusal.code])
        if self.faults.answer_function is not None:
            function = self.faults.answer_function
        return None if self.faults.mute else bytes([function]) + answer

    def _do(self, function: int, data: bytes) -> bytes:
        self.writes += function in _WRITES
        match function:
            case 1 | 2:
                return self._read_bits(function, *_numbers(data, 2))
            case 3:
                return self._read_registers(*_numbers(data, 2))
            case 5:
                return self._write_coil(data)
            case 6:
                address, value = _numbers(data, 2)
                self._write_words(function, address, (value,))
                return data
            case 15:
                return self._write_coils(data)
            case 16:
                return self._write_registers(data)
        raise _Refusal(ILLEGAL_FUNCTION)

    def _read_bits(self, function: int, first: int, count: int) -> bytes:
        if not 1 <= count <= 2000:
            raise _Refusal(ILLEGAL_VALUE)
        if first + count <= POINTS:
            bits = self.model.inputs()[first : first + count]
        elif function == 1 and first >= FIRST_OUTPUT_COIL and first + count <= FIRST_OUTPUT_COIL + POINTS:
            bits = self.model.outputs[first - FIRST_OUTPUT_COIL :][:count]
        else:
            raise _Refusal(ILLEGAL_ADDRESS)
        packed = sum(on << n for n, on in enumerate(bits))
        return self._counted(packed.to_bytes((count + 7) // 8, "little"))

    def _read_registers(self, first: int, count: int) -> bytes:
        if not 1 <= count <= 125:
            raise _Refusal(ILLEGAL_VALUE)
        if first + count > END:
            raise _Refusal(ILLEGAL_ADDRESS)
        return self._counted(struct.pack(f">{count}H", *self._registers()[first : first + count]))

    def _counted(self, data: bytes) -> bytes:
        wanted = max(0, len(data) + self.faults.extra_bytes)
        data = data.ljust(wanted, b"\0")[:wanted]
        return bytes([len(data)]) + data

    def _registers(self) -> list[int]:
        model = self.model
        counts = [model.pulses_left(n) for n in range(POINTS)]
        values = [*model.counters, *model.low_widths, *model.high_widths, *counts]
        return [word for value in values for word in (value & 0xFFFF, value >> 16)]

    def _write_coil(self, data: bytes) -> bytes:
        address, value = _numbers(data, 2)
        if value not in {0x0000, 0xFF00}:
            raise _Refusal(ILLEGAL_VALUE)
        self._switch(5, address, (value == 0xFF00,))
        return data

    def _write_coils(self, data: bytes) -> bytes:
        address, count, packed = _block(data)
        if not 1 <= count <= 0x7B0 or len(packed) != (count + 7) // 8:
            raise _Refusal(ILLEGAL_VALUE)
        bits = int.from_bytes(packed, "little")
        self._switch(15, address, tuple(bool(bits >> n & 1) for n in range(count)))
        return data[:4]

    def _switch(self, function: int, address: int, levels: tuple[bool, ...]) -> None:
        first = address - FIRST_OUTPUT_COIL
        if first < 0 or first + len(levels) > POINTS:
            raise _Refusal(ILLEGAL_ADDRESS)
        names = OUTPUT_NAMES[first : first + len(levels)]
        self._tell(names, f"FC{function} " + " ".join(f"{n}={level:d}" for n, level in zip(names, levels, strict=True)))
        self.model.set_outputs(first, levels)

    def _write_registers(self, data: bytes) -> bytes:
        address, count, packed = _block(data)
        if not 1 <= count <= 123 or len(packed) != 2 * count:
            raise _Refusal(ILLEGAL_VALUE)
        self._write_words(16, address, struct.unpack(f">{count}H", packed))
        return data[:4]

    def _write_words(self, function: int, address: int, words: tuple[int, ...]) -> None:
        """Counters are read-only; a value takes effect when its words are written, each keeping the other's half."""
        if address < LOW_WIDTHS or address + len(words) > END:
            raise _Refusal(ILLEGAL_ADDRESS)
        registers = self._registers()
        registers[address : address + len(words)] = words
        for low in range(address - address % 2, address + len(words), 2):
            value = registers[low] | registers[low + 1] << 16
            output = low % (2 * POINTS) // 2
            if low < HIGH_WIDTHS:
                self.model.set_width(self.model.low_widths, output, value)
            elif low < PULSE_COUNTS:
                self.model.set_width(self.model.high_widths, output, value)
            else:
                self._tell((OUTPUT_NAMES[output],), f"FC{function} {OUTPUT_NAMES[output]} pulses={value}")
                self.model.start_pulses(output, value)

    def _tell(self, outputs: Sequence[OutputName], text: str) -> None:
        if self._on_frame is not None and ("raise" in outputs or "lower" in outputs):
            self._on_frame(self.model.now, text)


class Conversation:
    """One connection: its unfinished bytes and the answers it is still owed.

    `ended` is True when the bytes cannot be Modbus TCP (there is no way to find the next frame) or the module hangs up.
    """

    def __init__(self, peer: Adam6060Peer) -> None:
        self.ended = False
        self._peer = peer
        self._rest = b""
        self._owed: list[tuple[Tick, bytes]] = []

    def hear(self, data: bytes) -> None:
        """Take bytes from the host; every complete request is done at once."""
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
            self._reply(transaction, unit, self._peer.answer(unit, pdu))

    def due(self) -> bytes:
        """The answers whose time has come."""
        now = self._peer.model.now
        answers = b"".join(answer for due, answer in self._owed if due <= now)
        self._owed = [(due, answer) for due, answer in self._owed if due > now]
        return answers

    def _reply(self, transaction: int, unit: int, pdu: bytes | None) -> None:
        faults = self._peer.faults
        if pdu is None:
            return
        if faults.hang_up:
            self.ended = True
            return
        unit = unit if faults.answer_unit is None else faults.answer_unit
        frame = _MBAP.pack(transaction, 0, len(pdu) + 1, unit) + pdu
        self._owed.append((Tick(self._peer.model.now + faults.late_ms), frame))


def _numbers(data: bytes, count: int) -> tuple[int, ...]:
    """Exactly `count` 16-bit numbers."""
    if len(data) != 2 * count:
        raise _Refusal(ILLEGAL_VALUE)
    return struct.unpack(f">{count}H", data)


def _block(data: bytes) -> tuple[int, int, bytes]:
    """Address, quantity and content of a block write, whose byte count must be true."""
    if len(data) < 5 or data[4] != len(data) - 5:
        raise _Refusal(ILLEGAL_VALUE)
    address, count = struct.unpack_from(">HH", data)
    return address, count, data[5:]
