"""A ticket printer that speaks ESC/POS on a serial line."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order, PrintTicket
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PaperState, Reading
from drivers.contract.tools import Tools
from drivers.kiosk.escpos_codec import Question, Status, ask, statuses, ticket
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire

_REPORT_EVERY = Millis(10_000)
_ANSWERED_WITHIN = Millis(120)
_AFTER_NO_ANSWER = Millis(500)
_OPENING_TRIES = 4
_BITS_PER_BYTE = 11
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class EscposPrinterSettings:
    """A ticket printer with ESC/POS commands on a serial line (or a USB printer that shows itself as one).

    kind: "escpos-printer".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the printer.
    columns: characters in a line; 42 or 48 with paper of 80 mm, 32 with 58 mm.
    every: milliseconds between questions about its paper.
    silence: milliseconds without an answer after which it counts as lost.
    """

    kind: Literal["escpos-printer"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    columns: Annotated[int, Interval(ge=16, le=80)] = 42
    every: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2_000)
    silence: Annotated[Millis, Interval(ge=2_000, le=600_000)] = Millis(10_000)


class EscposPrinterDriver:
    """Obeys PrintTicket; gives PaperState on change. A printer without paper refuses, and says so in its reading.

    An answer does not name its question: after one that did not come, and after a ticket, whatever arrives late is
    thrown away before the next question is asked.
    """

    def __init__(self, device: str, settings: EscposPrinterSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._link = serial_wire(settings, tools)
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._printed: deque[str] = deque(maxlen=_REMEMBERED)
        self._state: PaperState | None = None
        self._told: PaperState | None = None
        self._answered = Tick(0)
        self._ask_at = Tick(0)

    def open(self) -> Identity:
        self._link.open()
        self._told = None
        self._answered = self._clock()
        self._state = self._look()
        for _ in range(_OPENING_TRIES - 1):
            if self._state is None:
                self._refuse(self._link.read(_AFTER_NO_ANSWER))  # late answers
                self._state = self._look()
        if self._state is None:
            self._link.close()
            raise self._silent(Millis(_OPENING_TRIES * _ANSWERED_WITHIN))
        return Identity(self._settings.kind, f"{self._settings.columns} columns on {self._link}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Ask about the paper when it is time, else wait. DeviceFault("silent") if no answer comes for long."""
        if self._clock() < self._ask_at:
            self._refuse(self._link.read(patience))
        else:
            self._state = self._look() or self._state
        now = self._clock()
        if now - self._answered >= self._settings.silence:
            raise self._silent(self._settings.silence)
        return [*self._changed(), *self._reported(now)]

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, PrintTicket):
            return Answer("refused", f"{self._device} is a printer and does not obey {type(order).__name__}")
        if self._clock() > order.not_after:
            return Answer("expired")
        if order.order_id in self._printed:
            return Answer("accepted", "printed before")
        state = self._state
        if state is None or state.paper == "out" or not state.ready:
            return Answer("refused", "out of paper" if state and state.paper == "out" else "the printer is not ready")
        data = ticket(order.lines, order.code, self._settings.columns)
        self._printed.append(order.order_id)  # before the first byte: half a ticket is not printed again either
        self._link.write(data, patience)
        self._ask_at = Tick(self._clock() + self._lasts(len(data)))
        return Answer("accepted")

    def close(self) -> None:
        self._link.close()

    def _look(self) -> PaperState | None:
        """Both questions, one after the other; None if either went unanswered."""
        self._ask_at = Tick(self._clock() + self._settings.every)
        printer = self._ask("printer")
        paper = self._ask("paper") if printer is not None else None
        if printer is None or paper is None:
            self._ask_at = Tick(self._clock() + _AFTER_NO_ANSWER)
            return None
        self._answered = self._clock()
        return PaperState(paper.paper, not printer.is_offline)

    def _ask(self, question: Question) -> Status | None:
        self._link.discard_input()
        self._link.write(ask(question), _ANSWERED_WITHIN)
        ends = Tick(self._clock() + _ANSWERED_WITHIN)
        while (left := ends - self._clock()) > 0 and (data := self._link.read(Millis(left))):
            for status in statuses(data):
                if isinstance(status, Status):
                    return status
                self._refused.add(status.raw)
        return None

    def _refuse(self, data: bytes) -> None:
        """Nothing is said unasked, except late answers."""
        for status in statuses(data):
            if not isinstance(status, Status):
                self._refused.add(status.raw)

    def _changed(self) -> list[PaperState]:
        if self._state is None or self._state == self._told:
            return []
        self._told = self._state
        return [self._state]

    def _reported(self, now: Tick) -> list[BytesRefused]:
        refused = self._refused.report(now)
        return [refused] if refused else []

    def _lasts(self, size: int) -> Millis:
        """For how long so many bytes occupy the line; a question behind them would wait for them."""
        return Millis(size * _BITS_PER_BYTE * 1_000 // self._settings.baud + _AFTER_NO_ANSWER)

    def _silent(self, waited: Millis) -> DeviceFault:
        seen = f"no status byte for {waited} ms"
        return DeviceFault("silent", str(self._link), seen, "check the printer's power, cable and baud")
