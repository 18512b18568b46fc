"""The far end of a ticket printer, as ESC/POS command manuals describe it: status answers, and tickets on paper."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis

_FIXED = 0x12
_LENGTHS = {b"\x1b@": 2, b"\x1ba": 3, b"\x1dV": 4}


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """What lies in the tray: lines of text and the contents of the QR codes."""

    lines: tuple[str, ...]
    codes: tuple[str, ...]


class EscposPeer:
    """`paper` and `ready` are its state; `tickets` what it has cut. `mute` takes its answers away, `noise` spoils them,
    `delay` lets each come so much later.

    Without paper it is offline and keeps what it is told to print.
    """

    def __init__(self) -> None:
        self.heard = bytearray()
        self.tickets: list[PrintedTicket] = []
        self.paper: Literal["ok", "low", "out"] = "ok"
        self.ready = True
        self.mute = False
        self.noise = False
        self.delay = Millis(0)
        self._late: list[tuple[int, bytes]] = []
        self._held = b""
        self._line = bytearray()
        self._lines: list[str] = []
        self._codes: list[str] = []
        self._stored = ""

    def feed(self, data: bytes) -> bytes:
        """Answer status requests at once; print the rest."""
        self.heard += data
        self._held += data
        said = bytearray()
        while self._held and (taken := self._take(said)):
            self._held = self._held[taken:]
        if self.mute or not said:
            return b""
        answer = b"\xff" * len(said) if self.noise else bytes(said)
        if not self.delay:
            return answer
        self._late.append((self.delay, answer))
        return b""

    def say(self, data: bytes) -> None:
        """Send bytes that nobody asked for."""
        self._late.append((0, data))

    def advance(self, elapsed: Millis) -> bytes:
        """Answers that are late; by itself it says nothing."""
        waiting = [(left - elapsed, answer) for left, answer in self._late]
        self._late = [(left, answer) for left, answer in waiting if left > 0]
        return b"".join(answer for left, answer in waiting if left <= 0)

    def _take(self, said: bytearray) -> int:
        """Carry out the first command; how many bytes it had, 0 if it is not complete."""
        head = self._held[:2]
        if self._held[0] == 0x10:
            if len(self._held) >= 3 and head[1] == 0x04:
                said.append(self._status(self._held[2]))
            return 3 if len(self._held) >= 3 else 0
        if self._held[0] in (0x1B, 0x1D):
            if head == b"\x1d(":
                return self._extended()
            size = _LENGTHS.get(head, 2)
            if len(self._held) < size:
                return 0
            if head == b"\x1dV":
                self._cut()
            return size
        if self._held[0] == 0x0A:
            self._lines.append(self._line.decode("ascii", "replace"))
            self._line.clear()
        else:
            self._line.append(self._held[0])
        return 1

    def _status(self, number: int) -> int:
        if number == 1:
            return _FIXED | (0 if self.ready and self.paper != "out" else 0x08)
        if number == 4:
            return _FIXED | {"ok": 0, "low": 0x0C, "out": 0x6C}[self.paper]
        return _FIXED

    def _extended(self) -> int:
        """GS ( k pL pH and as many bytes: a two-dimensional code is set up, stored or printed."""
        if len(self._held) < 5:
            return 0
        size = 5 + self._held[3] + 256 * self._held[4]
        if len(self._held) < size:
            return 0
        body = self._held[5:size]
        if body[:3] == b"1P0":
            self._stored = body[3:].decode("ascii", "replace")
        if body[:3] == b"1Q0":
            self._codes.append(self._stored)
        return size

    def _cut(self) -> None:
        if self.ready and self.paper != "out":
            self.tickets.append(PrintedTicket(tuple(self._lines), tuple(self._codes)))
        self._lines.clear()
        self._codes.clear()
