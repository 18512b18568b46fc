"""Modbus TCP over a byte wire: the only door to pymodbus.

pymodbus frames and parses; asking, waiting and judging are done here, because its client reconnects behind the
caller's back, waits up to twice its time-out, lets socket errors through, and accepts an answer with another function
code or another count as success (measured with 3.16.1).
"""

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick

if TYPE_CHECKING:
    from pymodbus.framer import FramerSocket
    from pymodbus.pdu import ModbusPDU

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
_LENGTH_AT = 4  # where the header says how many octets follow
_PDU_AT = 7
_LONGEST_FRAME = 260  # octets of one Modbus TCP frame, header included


@dataclass(frozen=True, slots=True)
class _Library:
    """What is used of pymodbus, imported when the link is opened."""

    framer: "FramerSocket"
    bits: Any
    registers: Any
    error: type[Exception]


class ModbusLink:
    """Requests to unit `unit` at the far end of `wire`. One attempt each; nothing is repeated.

    `worst_answer` is the longest time the device takes to answer. An exchange that fails for any other reason than
    the device's own refusal ends the connection, so that its late answer can meet no later request, and the next
    connection is not made before `worst_answer` has passed since.
    Every request raises DeviceFault: "refused" (the device's exception, by name), "silent" (no bytes came), "garbled"
    (bytes came that are no answer to this request), "port-missing" (the wire is gone or the link is not open).
    """

    def __init__(self, wire: Link, unit: int, worst_answer: Millis, clock: Clock) -> None:
        self._wire = wire
        self._unit = unit
        self._worst_answer = worst_answer
        self._clock = clock
        self._library: _Library | None = None
        self._is_connected = False
        self._connections = 0
        self._transaction = 0
        self._quiet_from = clock()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection that no exchange has failed on."""
        return self._is_connected

    @property
    def connections(self) -> int:
        """How many connections have been made; another number means that the device may have been restarted."""
        return self._connections

    def open(self) -> None:
        """Connect. Raises DeviceFault; allowed again after close()."""
        self.close()
        if self._library is None:
            self._library = _load()
        self._connect()

    def ready(self, patience: Millis) -> None:
        """Make sure of a live, quiet connection, reconnecting if the last exchange has failed.

        Sends no byte of a request. Takes at most `patience` and one connect of the wire.
        """
        if self._library is None:
            raise self._fault("port-missing", "the link is not open", "open the device first")
        if self._is_connected:
            try:
                self._wire.discard_input()
            except DeviceFault:
                self._abandon()
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
            self._abandon()
            raise

    def read_coils(self, address: int, count: int, patience: Millis) -> tuple[bool, ...]:
        """`count` coils from `address` (as on the wire, from 0): function 1."""
        request = self._pdu().bits.ReadCoilsRequest(address=address, count=count)
        answer = self._exchange(request, _counted((count + 7) // 8), patience)
        return tuple(bool(bit) for bit in answer.bits[:count])

    def write_coil(self, address: int, on: bool, patience: Millis) -> None:
        """One coil: function 5."""
        request = self._pdu().bits.WriteSingleCoilRequest(address=address, bits=[on])
        self._exchange(request, _echo(address, 0xFF00 if on else 0), patience)

    def write_coils(self, address: int, bits: tuple[bool, ...], patience: Millis) -> None:
        """Neighbouring coils in one write: function 15."""
        request = self._pdu().bits.WriteMultipleCoilsRequest(address=address, bits=list(bits))
        self._exchange(request, _echo(address, len(bits)), patience)

    def read_registers(self, address: int, count: int, patience: Millis) -> tuple[int, ...]:
        """`count` holding registers from `address` (from 0): function 3."""
        request = self._pdu().registers.ReadHoldingRegistersRequest(address=address, count=count)
        answer = self._exchange(request, _counted(2 * count), patience)
        return tuple(answer.registers)

    def write_registers(self, address: int, words: tuple[int, ...], patience: Millis) -> None:
        """Neighbouring holding registers in one write: function 16."""
        request = self._pdu().registers.WriteMultipleRegistersRequest(address=address, registers=list(words))
        self._exchange(request, _echo(address, len(words)), patience)

    def close(self) -> None:
        """Give the wire back; what is unsent is dropped. Never raises."""
        self._wire.close()
        self._is_connected = False

    def _connect(self) -> None:
        self._wire.open()
        self._is_connected = True
        self._connections += 1

    def _pdu(self) -> _Library:
        if self._library is None or not self._is_connected:
            raise self._fault("port-missing", "there is no connection", "open the device first")
        return self._library

    def _exchange(self, request: "ModbusPDU", fits: Callable[[bytes], bool], patience: Millis) -> Any:  # noqa: ANN401
        """The answer to `request`, of the class that belongs to it; `fits` judges what follows the function code."""
        deadline = Tick(self._clock() + patience)
        self._transaction = self._transaction % _LAST_TRANSACTION + 1
        request.dev_id, request.transaction_id = self._unit, self._transaction
        packet = self._pdu().framer.buildFrame(request)
        self._quiet_from = Tick(self._clock() + self._worst_answer)
        try:
            self._wire.write(packet, patience)
            frame, answer = self._receive(deadline)
            self._refuse_stranger(request, answer)
            if not fits(frame[_PDU_AT + 1 :]):
                raise self._garbled(f"{frame.hex(' ')} does not fit function {request.function_code} as asked")
        except DeviceFault as fault:
            if fault.fault.code != "refused":
                self._abandon()
            raise
        return answer

    def _receive(self, deadline: Tick) -> tuple[bytes, "ModbusPDU"]:
        """The first frame of our unit and transaction, as bytes and parsed; frames of others are passed over."""
        library = self._pdu()
        seen = rest = b""
        while (left := deadline - self._clock()) > 0 and (chunk := self._wire.read(Millis(left))):
            seen = (seen + chunk)[-_LONGEST_FRAME:]
            rest += chunk
            while len(frame := _first_frame(rest)) > _PDU_AT:
                rest = rest[len(frame) :]
                try:
                    _, answer = library.framer.handleFrame(frame, self._unit, self._transaction)
                except library.error as error:
                    raise self._garbled(f"{frame.hex(' ')} ({error})") from error
                if answer is not None:
                    return frame, answer
            if len(rest) > _LONGEST_FRAME:
                break
        if seen:
            raise self._garbled(f"no answer in {seen.hex(' ')}")
        raise self._fault("silent", "no answer", "check device, network and unit id")

    def _refuse_stranger(self, request: "ModbusPDU", answer: "ModbusPDU") -> None:
        if answer.transaction_id != request.transaction_id or answer.dev_id != request.dev_id:
            raise self._garbled("the answer belongs to another request")
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

    def _abandon(self) -> None:
        self._wire.close()
        self._is_connected = False

    def _garbled(self, seen: str) -> DeviceFault:
        return self._fault("garbled", seen, "check model, unit id and that it speaks Modbus TCP")

    def _fault(self, code: FaultCode, seen: str, next_step: str) -> DeviceFault:
        return DeviceFault(code, f"{self._wire} unit {self._unit}", seen, next_step)


def low_word_first(value: int) -> tuple[int, int]:
    """A 32-bit value as two registers, low word first."""
    return value & 0xFFFF, value >> 16


def from_low_word_first(words: tuple[int, ...]) -> tuple[int, ...]:
    """Pairs of registers, low word first, as 32-bit values."""
    return tuple(low | high << 16 for low, high in zip(words[::2], words[1::2], strict=True))


def _counted(size: int) -> Callable[[bytes], bool]:
    """A read's answer: the byte count and as many octets."""
    return lambda body: len(body) == 1 + size and body[0] == size


def _echo(address: int, value: int) -> Callable[[bytes], bool]:
    """A write's answer: the address, and the value or the count written."""
    return lambda body: body == struct.pack(">HH", address, value)


def _first_frame(data: bytes) -> bytes:
    """The complete frame at the start of `data`, by the length in its header; b"" if it is not yet complete."""
    if len(data) <= _PDU_AT:
        return b""
    end = _LENGTH_AT + 2 + int.from_bytes(data[_LENGTH_AT : _LENGTH_AT + 2], "big")
    return data[:end] if len(data) >= end else b""


def _load() -> _Library:
    import logging

    from pymodbus.exceptions import ModbusException
    from pymodbus.framer import FramerSocket
    from pymodbus.pdu import DecodePDU, bit_message, register_message

    # Whatever it logs reaches the caller as a DeviceFault; written twice it would flood the journal.
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    return _Library(FramerSocket(DecodePDU(is_server=False)), bit_message, register_message, ModbusException)
