"""Signs."""

from pathlib import Path

from drivers.sign.sign_driver import LedSignSettings
from drivers.sign.sign_peer import LedSignPeer
from tests.drivers.harnesses.base import Harness, SerialHarness


class LedSignHarness(SerialHarness):
    """A sign that acknowledges."""

    kind = "led-sign"

    def __init__(self, folder: Path) -> None:
        self.peer = LedSignPeer()
        super().__init__(folder, self.peer, self.peer.heard)
        self.settings = LedSignSettings("led-sign", str(self.port.name), "am03127")

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.refuses = True


HARNESSES: tuple[type[Harness], ...] = (LedSignHarness,)
