"""Readers of codes, tags and documents."""

from pathlib import Path

from drivers.contract.quantities import Millis, Tick
from drivers.scanner.line_scanner import LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from tests.drivers.harnesses.base import Harness, SerialHarness


class LineScannerHarness(SerialHarness):
    """A reader that reads a code from time to time."""

    kind = "line-scanner"

    def __init__(self, folder: Path) -> None:
        self._peer = LineScannerPeer(trigger="honeywell")
        self._is_spoiled = False
        self._read = 0
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = LineScannerSettings("line-scanner", str(self.port.name), trigger="honeywell")

    def spoil(self) -> None:
        self._is_spoiled = True

    def _service(self, tick: Tick) -> None:
        if not self._peer.busy:
            self._read += 1
            if self._is_spoiled:
                self._peer.send(bytes(range(0x80, 0xFF)) + b"\r", Millis(200))
            else:
                self._peer.send(f"TK-{self._read}\r".encode(), Millis(200))
        super()._service(tick)


HARNESSES: tuple[type[Harness], ...] = (LineScannerHarness,)
