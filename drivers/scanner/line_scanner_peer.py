"""The voice of a barcode or QR reader with a suffix, as its manual describes it; knows nothing of the driver.

With a trigger it reads only while it is lit: a command lights it, a read or its time puts the light out.
"""

import random
import re
from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis

_SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "etx": b"\x03", "none": b""}
_NEWLAND = re.compile(rb"~\x010000([@#][0-9A-Z]+);\x03")
_ANSWERS = {"ack": b"\x06", "nak": b"\x15", "unknown": b"\x05"}


class LineScannerPeer:
    """Sends what `scan` queues. `heard` keeps what was written to the reader.

    `chunk` and `gap`: the bytes leave in pieces of 1 to `chunk` bytes with 0 to `gap` ms between them, as through a
    USB adapter; 0 sends a code in one piece. Codes follow each other `pause` ms apart. `prefix` goes before each code.
    `trigger` names the commands it takes; it is lit for `lit_for` at most. `answer` is what a Newland says to them.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        chunk: int = 0,
        gap: Millis = Millis(0),
        pause: Millis = Millis(300),
        prefix: bytes = b"",
        trigger: Literal["none", "honeywell", "newland"] = "none",
        lit_for: Millis = Millis(5000),
        answer: Literal["ack", "nak", "unknown", "silent"] = "ack",
    ) -> None:
        self.heard = bytearray()
        self.answer = answer
        self.lit_until = 0  # on its own time
        self._time = 0
        self._random = random.Random(seed)
        self._chunk = chunk
        self._gap = gap
        self._pause = pause
        self._prefix = prefix
        self._trigger = trigger
        self._lit_for = lit_for
        self._commands = b""
        self._shown: deque[tuple[bytes, Millis]] = deque()  # codes in front of it that it has not read yet
        self._pieces: deque[tuple[int, bytes]] = deque()  # milliseconds of silence before it, the bytes
        self._waited = 0

    def scan(
        self,
        text: str,
        aim: str = "",
        suffix: Literal["cr", "lf", "crlf", "etx", "none"] = "cr",
        *,
        times: int = 1,
        burst: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        """Read a code showing `text`.

        `aim` is sent before it; `times` is 2 for a double read; `burst` sends it without a pause after the one
        before; another `encoding` is a reader with the wrong code page.
        """
        code = self._prefix + aim.encode() + text.encode(encoding) + _SUFFIXES[suffix]
        for n in range(times):
            after = Millis(0) if burst and n == 0 else self._pause
            if self._trigger == "none":
                self.send(code, after)
            else:
                self._shown.append((code, after))

    def send(self, data: bytes, after: Millis = Millis(0)) -> None:
        """Send `data` as it is, `after` so much silence; for noise and broken codes."""
        silence = int(after)
        while data:
            size = self._random.randint(1, self._chunk) if self._chunk else len(data)
            self._pieces.append((silence, data[:size]))
            data = data[size:]
            silence = self._random.randint(0, self._gap)

    @property
    def busy(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._pieces)

    @property
    def is_lit(self) -> bool:
        """Whether it is looking for a code."""
        return self._time < self.lit_until

    def feed(self, data: bytes) -> bytes:
        """Everything is heard; commands of its own kind are carried out, and a Newland answers them."""
        self.heard += data
        self._commands += data
        if self._trigger == "honeywell":
            for command in re.findall(rb"\x16([TU])\r", self._commands):
                self._light(on=command == b"T")
            self._commands = self._commands.rpartition(b"\r")[2]
        elif self._trigger == "newland":
            return self._obey_newland()
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """What leaves during the next `elapsed` milliseconds."""
        if self.is_lit and self._shown:
            self.send(*self._shown.popleft())
            self._light(on=False)
        self._time += elapsed
        self._waited += elapsed
        said = bytearray()
        while self._pieces and self._pieces[0][0] <= self._waited:
            silence, data = self._pieces.popleft()
            self._waited -= silence
            said += data
        if not self._pieces:
            self._waited = 0
        return bytes(said)

    def _light(self, *, on: bool) -> None:
        self.lit_until = self._time + self._lit_for if on else 0

    def _obey_newland(self) -> bytes:
        said = b""
        while command := _NEWLAND.search(self._commands):
            self._commands = self._commands[command.end() :]
            if self.answer == "ack":
                self._light(on=command[1].endswith(b"1"))
            if self.answer != "silent":
                said += b"\x02\x010000" + command[1] + _ANSWERS[self.answer] + b";\x03"
        return said
