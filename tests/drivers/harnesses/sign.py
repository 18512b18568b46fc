"""Signs."""

from pathlib import Path

from drivers.sign.sign_codec import Profile
from drivers.sign.sign_driver import LedSignSettings
from drivers.sign.sign_peer import LedSignPeer
from tests.drivers.harnesses.base import Harness, SerialHarness


class LedSignHarness(SerialHarness):
    """A sign; of a family that answers nothing unless another is asked for: no test depends on a quick thread."""

    kind = "led-sign"

    def __init__(self, folder: Path, profile: Profile = "ledmsg") -> None:
        self.peer = LedSignPeer(profile)
        super().__init__(folder, self.peer, self.peer.heard)
        self.settings = LedSignSettings("led-sign", str(self.port.name), profile)

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.refuses = True


HARNESSES: tuple[type[Harness], ...] = (LedSignHarness,)
