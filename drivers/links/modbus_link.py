"""Modbus over a byte wire, TCP or RTU framing: the only door to pymodbus.

pymodbus frames and parses; asking, waiting and judging are done here, because its client reconnects behind the
caller's back, waits up to twice its time-out, lets socket errors through, accepts an answer with another function
code or another count as success, drops an RTU answer behind a byte of noise, and takes a late RTU answer for the next
one (measured with 3.16.1).
"""

import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_doubt import Doubt, Form, Read, doubted
from drivers.links.modbus_frames import LONGEST_FRAME, TCP_PDU_AT, Shape, counted, echo, first_tcp_frame, rtu_candidates

if TYPE_CHECKING:
    from pymodbus.framer import FramerBase
    from pymodbus.pdu import ModbusPDU

Framing = Literal["tcp", "rtu"]

RTU_GAP = Millis(5)
"""Silence on the wire before a request: more than the 3.5 characters (4 ms at 9600) that begin a frame."""

_READ_COILS, _READ_INPUTS, _READ_HOLDING, _READ_INPUT_REGISTERS = 1, 2, 3, 4
_EXCEPTIONS = {  # Modbus Application Protocol V1.1b3, section 7
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge, still at work",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target did not answer",
}
_LAST_TRANSACTION = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Library:
    """What is used of pymodbus, imported when the link is opened. `reads`: the request of each reading function."""

    framer: "FramerBase"
    bits: Any
    registers: Any
    raw_coil: Any
    reads: Mapping[int, Any]
    error: type[Exception]


class ModbusLink:
    """Requests to unit `unit` at the far end of `wire`. One attempt each; nothing is repeated.

    `worst_answer` is the longest time from handing over a request to the last octet of its answer, the line's own
    time included. An exchange that fails for any other reason than the device's own refusal leaves the link not
    connected, and its late answer can meet no later request:

    - "tcp" ends the connection, and the next one is not made before `worst_answer` has passed since the request.
    - "rtu" keeps the port, which others may share, and stays in the failed call until `worst_answer` has passed since
      the request, so that the whole wire is silent, and throws away what comes. `ready` then asks once in another
      form before anything else is asked (see `modbus_doubt`). The echo of a write is accepted if address and value
      are right; a second equal write could be proven by the echo of the first, so read the output back.

    Every request raises DeviceFault: "refused" (the device's exception, by name), "silent" (no bytes came), "garbled"
    (bytes came that are no answer to this request), "port-missing" (the wire is gone or the link is not open).
    Noise before and after an RTU answer is passed over: unit, function, count and CRC together tell the answer.
    """

    def __init__(self, wire: Link, unit: int, worst_answer: Millis, clock: Clock, framing: Framing = "tcp") -> None:
        self._wire = wire
        self._unit = unit
        self._worst_answer = worst_answer
        self._clock = clock
        self._framing = framing
        self._library: _Library | None = None
        self._has_wire = False
        self._is_connected = False
        self._connections = 0
        self._transaction = 0
        self._quiet_from = clock()
        self._doubt: Doubt | None = None
        self._answered: dict[Form, Read] = {}

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection that no exchange has failed on."""
        return self._is_connected

    @property
    def connections(self) -> int:
        """How many connections have been made; another number means that the device may have been restarted.

        With RTU framing the first exchange after a failed one makes a connection.
        """
        return self._connections

    def open(self) -> None:
        """Connect. Raises DeviceFault; allowed again after close()."""
        self.close()
        if self._library is None:
            self._library = _load(self._framing)
        self._connect()

    def ready(self, patience: Millis) -> None:
        """Make sure of a live, quiet connection, reconnecting if the last exchange has failed.

        Sends no request, unless an RTU read is in doubt. Takes at most `patience` and one connect of the wire; with
        RTU at most one exchange of `worst_answer`.
        """
        if self._library is None:
            raise self._fault("port-missing", "the link is not open", "open the device first")
        if self._is_connected:
            try:
                self._wire.discard_input()
            except DeviceFault:
                self._abandon(is_wire_gone=True)
                raise
            return
        wait = Millis(self._quiet_from - self._clock())
        if wait > patience:
            time.sleep(max(0, patience) / 1000)
            raise self._fault("silent", "an unanswered request may still be at work", "check device and network")
        if wait > 0:
            time.sleep(wait / 1000)
        self._connect()

    def pause(self, duration: Millis) -> None:
        """Let `duration` pass on the wire, so that its loss is noticed at once. Whatever arrives is thrown away."""
        if not self._is_connected:
            time.sleep(max(0, duration) / 1000)
            return
        try:
            self._wire.read(duration)
        except DeviceFault:
            self._abandon(is_wire_gone=True)
            raise

    def read_coils(self, address: int, count: int, patience: Millis) -> tuple[bool, ...]:
        """`count` coils from `address` (as on the wire, from 0): function 1."""
        return self._read_bits(_READ_COILS, address, count, patience)

    def read_discrete_inputs(self, address: int, count: int, patience: Millis) -> tuple[bool, ...]:
        """`count` discrete inputs from `address` (from 0): function 2."""
        return self._read_bits(_READ_INPUTS, address, count, patience)

    def read_registers(self, address: int, count: int, patience: Millis) -> tuple[int, ...]:
        """`count` holding registers from `address` (from 0): function 3."""
        return self._read_words(_READ_HOLDING, address, count, patience)

    def read_input_registers(self, address: int, count: int, patience: Millis) -> tuple[int, ...]:
        """`count` input registers from `address` (from 0): function 4."""
        return self._read_words(_READ_INPUT_REGISTERS, address, count, patience)

    def write_coil(self, address: int, on: bool, patience: Millis) -> None:
        """One coil: function 5."""
        self.write_coil_raw(address, 0xFF00 if on else 0, patience)

    def write_coil_raw(self, address: int, value: int, patience: Millis) -> None:
        """Function 5 with any 16-bit `value`, as some modules want it for a pulse of their own."""
        request = self._pdu().raw_coil(address=address, registers=[value])
        self._exchange(request, echo(address, value), patience)

    def write_register(self, address: int, word: int, patience: Millis) -> None:
        """One holding register: function 6."""
        request = self._pdu().registers.WriteSingleRegisterRequest(address=address, registers=[word])
        self._exchange(request, echo(address, word), patience)

    def write_coils(self, address: int, bits: tuple[bool, ...], patience: Millis) -> None:
        """Neighbouring coils in one write: function 15."""
        request = self._pdu().bits.WriteMultipleCoilsRequest(address=address, bits=list(bits))
        self._exchange(request, echo(address, len(bits)), patience)

    def write_registers(self, address: int, words: tuple[int, ...], patience: Millis) -> None:
        """Neighbouring holding registers in one write: function 16."""
        request = self._pdu().registers.WriteMultipleRegistersRequest(address=address, registers=list(words))
        self._exchange(request, echo(address, len(words)), patience)

    def close(self) -> None:
        """Give the wire back; what is unsent is dropped. Never raises."""
        self._wire.close()
        self._has_wire = self._is_connected = False

    # ------------------------------------------------------------------ the connection

    def _connect(self) -> None:
        if not self._has_wire:
            self._wire.open()
            self._has_wire = True
        self._is_connected = True
        self._settle()
        self._connections += 1

    def _settle(self) -> None:
        """Ask in another form than the unanswered reads; any answer will do, also a refusal."""
        doubt, self._doubt = self._doubt, None
        if doubt is None or not doubt.lasts(self._clock(), self._worst_answer):
            return
        probe, asked = doubt.probe(self._answered.values()), self._clock()
        try:
            self._read(probe, self._worst_answer)
        except DeviceFault as fault:
            if fault.fault.code == "refused":
                return
            self._doubt = doubt.in_vain(probe, asked)
            raise

    def _abandon(self, *, is_wire_gone: bool) -> None:
        """After a failed exchange: nobody may be asked before its answer can no longer come."""
        self._is_connected = False
        if self._framing == "tcp" or is_wire_gone:
            self._wire.close()
            self._has_wire = False
            return
        try:
            while (left := self._quiet_from - self._clock()) > 0:
                self._wire.read(Millis(left))
            self._wire.discard_input()
        except DeviceFault:
            self._wire.close()
            self._has_wire = False
            raise

    def _pdu(self) -> _Library:
        if self._library is None or not self._is_connected:
            raise self._fault("port-missing", "there is no connection", "open the device first")
        return self._library

    # ------------------------------------------------------------------ one exchange

    def _read_bits(self, function: int, address: int, count: int, patience: Millis) -> tuple[bool, ...]:
        answer = self._read(Read(function, address, count), patience)
        return tuple(bool(bit) for bit in answer.bits[:count])

    def _read_words(self, function: int, address: int, count: int, patience: Millis) -> tuple[int, ...]:
        return tuple(self._read(Read(function, address, count), patience).registers)

    def _read(self, read: Read, patience: Millis) -> Any:  # noqa: ANN401 - pymodbus
        """The answer to `read`, which is in doubt from now on if none comes."""
        request = self._pdu().reads[read.function](address=read.address, count=read.count)
        asked = self._clock()
        try:
            answer = self._exchange(request, counted(read.octets), patience)
        except DeviceFault as fault:
            if self._framing == "rtu" and fault.fault.code in ("silent", "garbled"):
                self._doubt = doubted(read, asked)
            raise
        self._answered[read.form] = read
        return answer

    def _exchange(self, request: "ModbusPDU", shape: Shape, patience: Millis) -> Any:  # noqa: ANN401 - pymodbus
        """The answer to `request`, of the class that belongs to it; `shape` is what follows the function code."""
        deadline = Tick(self._clock() + patience)
        self._transaction = self._transaction % _LAST_TRANSACTION + 1
        request.dev_id, request.transaction_id = self._unit, self._transaction
        packet = self._pdu().framer.buildFrame(request)
        try:
            if self._framing == "rtu":
                self._await_gap(deadline)
            self._quiet_from = Tick(self._clock() + self._worst_answer)
            self._wire.write(packet, patience)
            if self._framing == "rtu":
                return self._receive_rtu(request, packet, shape, deadline)
            return self._receive_tcp(request, shape, deadline)
        except DeviceFault as fault:
            if fault.fault.code != "refused":
                self._abandon(is_wire_gone=fault.fault.code == "port-missing")
            raise

    def _receive_tcp(self, request: "ModbusPDU", shape: Shape, deadline: Tick) -> "ModbusPDU":
        frame, answer = self._first_tcp_answer(deadline)
        if answer.transaction_id != request.transaction_id or answer.dev_id != request.dev_id:
            raise self._garbled("the answer belongs to another request")
        self._refuse_stranger(request, answer)
        if not shape.fits(frame[TCP_PDU_AT + 1 :]):
            raise self._garbled(f"{frame.hex(' ')} does not fit function {request.function_code} as asked")
        return answer

    def _first_tcp_answer(self, deadline: Tick) -> tuple[bytes, "ModbusPDU"]:
        """The first frame of our unit and transaction, as bytes and parsed; frames of others are passed over."""
        library = self._pdu()
        seen = rest = b""
        while (left := deadline - self._clock()) > 0 and (chunk := self._wire.read(Millis(left))):
            seen = (seen + chunk)[-LONGEST_FRAME:]
            rest += chunk
            while len(frame := first_tcp_frame(rest)) > TCP_PDU_AT:
                rest = rest[len(frame) :]
                try:
                    _, answer = library.framer.handleFrame(frame, self._unit, self._transaction)
                except library.error as error:
                    raise self._garbled(f"{frame.hex(' ')} ({error})") from error
                if answer is not None:
                    return frame, answer
            if len(rest) > LONGEST_FRAME:
                break
        raise self._no_answer(seen)

    def _receive_rtu(self, request: "ModbusPDU", packet: bytes, shape: Shape, deadline: Tick) -> "ModbusPDU":
        """The first sound frame that answers `request`; noise and frames of others are passed over."""
        library = self._pdu()
        seen = b""
        while (left := deadline - self._clock()) > 0 and (chunk := self._wire.read(Millis(left))):
            seen = (seen + chunk)[-2 * LONGEST_FRAME :]
            for frame in rtu_candidates(seen, self._unit, request.function_code, shape):
                _, answer = library.framer.handleFrame(frame, self._unit, 0)
                if answer is not None:
                    self._refuse_stranger(request, answer)
                    return answer
            if seen.startswith(packet) and shape.size != len(packet) - 4:
                raise self._fault("garbled", "our own request came back", "switch off the adapter's local echo")
        raise self._no_answer(seen)

    def _await_gap(self, deadline: Tick) -> None:
        """Throw away what still comes until the wire has been silent for the gap that begins a frame."""
        while self._wire.read(RTU_GAP):
            if self._clock() >= deadline:
                raise self._garbled("the wire is never silent")
        if self._clock() >= deadline:
            raise self._fault("silent", "no time was left after the gap; nothing was sent", "check the host's load")

    def _refuse_stranger(self, request: "ModbusPDU", answer: "ModbusPDU") -> None:
        if answer.function_code == request.function_code | 0x80:
            code = answer.exception_code
            name = _EXCEPTIONS.get(code, "not in the Modbus specification")
            raise self._fault(
                "refused",
                f"function {request.function_code}: exception {code} ({name})",
                "check model and settings against the register map",
            )
        if answer.function_code != request.function_code:
            raise self._garbled(f"function {answer.function_code} answers function {request.function_code}")

    def _no_answer(self, seen: bytes) -> DeviceFault:
        if seen:
            return self._garbled(f"no answer in {seen.hex(' ')}")
        return self._fault("silent", "no answer", "check device, wiring or network, and unit id")

    def _garbled(self, seen: str) -> DeviceFault:
        spoken = "Modbus TCP" if self._framing == "tcp" else "Modbus RTU at this speed and parity"
        return self._fault("garbled", seen, f"check model, unit id and that it speaks {spoken}")

    def _fault(self, code: FaultCode, seen: str, next_step: str) -> DeviceFault:
        return DeviceFault(code, f"{self._wire} unit {self._unit}", seen, next_step)


def low_word_first(value: int) -> tuple[int, int]:
    """A 32-bit value as two registers, low word first."""
    return value & 0xFFFF, value >> 16


def from_low_word_first(words: tuple[int, ...]) -> tuple[int, ...]:
    """Pairs of registers, low word first, as 32-bit values."""
    return tuple(low | high << 16 for low, high in zip(words[::2], words[1::2], strict=True))


def _load(framing: Framing) -> _Library:
    import logging

    from pymodbus.exceptions import ModbusException
    from pymodbus.framer import FramerRTU, FramerSocket
    from pymodbus.pdu import DecodePDU, bit_message, register_message

    class RawCoilRequest(bit_message.WriteSingleCoilRequest):
        """Function 5 with the value of its one register instead of a bit."""

        def encode(self) -> bytes:
            return struct.pack(">HH", self.address, self.registers[0])

    # Whatever it logs reaches the caller as a DeviceFault; written twice it would flood the journal.
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    framer = FramerSocket if framing == "tcp" else FramerRTU
    reads = {
        _READ_COILS: bit_message.ReadCoilsRequest,
        _READ_INPUTS: bit_message.ReadDiscreteInputsRequest,
        _READ_HOLDING: register_message.ReadHoldingRegistersRequest,
        _READ_INPUT_REGISTERS: register_message.ReadInputRegistersRequest,
    }
    decoder = DecodePDU(is_server=False)
    return _Library(framer(decoder), bit_message, register_message, RawCoilRequest, reads, ModbusException)
