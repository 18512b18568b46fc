"""The voice of a barcode or QR reader with a suffix, as its manual describes it; knows nothing of the driver."""

import random
from collections import deque
from typing import Literal

from drivers.contract.quantities import Millis

_SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "etx": b"\x03", "none": b""}


class LineScannerPeer:
    """Sends what `scan` queues. `heard` keeps what was written to the reader.

    `chunk` and `gap`: the bytes leave in pieces of 1 to `chunk` bytes with 0 to `gap` ms between them, as through a
    USB adapter; 0 sends a code in one piece. Codes follow each other `pause` ms apart.
    """

    def __init__(self, *, seed: int = 0, chunk: int = 0, gap: Millis = Millis(0), pause: Millis = Millis(300)) -> None:
        self.heard = bytearray()
        self._random = random.Random(seed)
        self._chunk = chunk
        self._gap = gap
        self._pause = pause
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
        code = aim.encode() + text.encode(encoding) + _SUFFIXES[suffix]
        for n in range(times):
            self.send(code, Millis(0) if burst and n == 0 else self._pause)

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

    def feed(self, data: bytes) -> bytes:
        """Commands are heard and not answered."""
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """What leaves during the next `elapsed` milliseconds."""
        self._waited += elapsed
        said = bytearray()
        while self._pieces and self._pieces[0][0] <= self._waited:
            silence, data = self._pieces.popleft()
            self._waited -= silence
            said += data
        if not self._pieces:
            self._waited = 0
        return bytes(said)
