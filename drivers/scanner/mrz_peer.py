"""The voice of a document reader, written from the 3M RTE6701's manual and the usual form of swipe readers."""

from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis

Fault = Literal["wrong-bcc", "missing-line", "truncated", "torn", "garbage-prefix"]

_PAUSE = 300  # milliseconds between two documents
_LINES = 3


class MrzPeer:
    """Sends the documents that `show` puts on it. `heard` keeps what was written to it."""

    def __init__(self, *, frame: Literal["rte", "swipe"] = "rte", bcc: bool = False) -> None:
        self.heard = bytearray()
        self._frame = frame
        self._bcc = bcc
        self._coming: deque[bytes] = deque()
        self._since = _PAUSE

    def show(self, *lines: str, fault: Fault | None = None) -> None:
        """Read a document with these lines, top to bottom."""
        read = [*lines]
        if fault == "missing-line":
            read[0] = ""
        if fault == "truncated":
            read[-1] = read[-1][:-1]
        said = self._rte(read) if self._frame == "rte" else b"\x02" + "\r".join(read).encode() + b"\r\x03"
        if self._bcc:
            check = 0
            for byte in said[1:]:
                check ^= byte
            said += bytes((check ^ 0x20 if fault == "wrong-bcc" else check,))
        if fault == "torn":
            said = said[: len(said) // 2]
        self.send(b"\x00\x7f" + said if fault == "garbage-prefix" else said)

    def send(self, data: bytes) -> None:
        """Send `data` as it is."""
        self._coming.append(data)

    @property
    def busy(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._coming)

    def feed(self, data: bytes) -> bytes:
        """It takes no commands."""
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """The next document, a pause after the one before."""
        self._since += elapsed
        if not self._coming or self._since < _PAUSE:
            return b""
        self._since = 0
        return self._coming.popleft()

    def _rte(self, lines: list[str]) -> bytes:
        """Absent lines stand first as a bare CR; present ones are filled up."""
        width = 44 if sum(map(bool, lines)) <= 2 and len(lines) == 2 else 30
        rows = [""] * (_LINES - len(lines)) + [line[:width].ljust(width, "_") if line else "" for line in lines]
        text = b"OU\x02\x20" + "".join(row + "\r" for row in rows).encode() + b"\x03"
        size = len(text) + 1
        return b"\x01" + bytes((size & 0x7F | 0x80, size >> 7 | 0x80)) + text
