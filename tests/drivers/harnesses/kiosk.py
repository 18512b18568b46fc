"""Kiosk devices."""

from pathlib import Path

from drivers.kiosk.audio_prompts import AudioPromptsSettings
from drivers.kiosk.escpos_peer import EscposPeer
from drivers.kiosk.escpos_printer import EscposPrinterSettings
from tests.drivers.audio_folder import AudioFolder
from tests.drivers.harnesses.base import Harness, SerialHarness


class EscposHarness(SerialHarness):
    """A ticket printer with paper."""

    kind = "escpos-printer"

    def __init__(self, folder: Path) -> None:
        self.peer = EscposPeer()
        super().__init__(folder, self.peer, self.peer.heard)
        self.settings = EscposPrinterSettings("escpos-printer", str(self.port.name))

    def acts(self) -> int:
        with self._served.lock:
            return len(self.peer.tickets)

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.noise = True


class AudioHarness(Harness):
    """A loudspeaker with one short recording."""

    kind = "audio-prompts"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._audio = AudioFolder(folder)
        self._audio.record("stop.vi.wav", 50)
        settings = AudioPromptsSettings("audio-prompts", str(self._audio.recordings), self._audio.player)
        self.settings = settings

    def acts(self) -> int:
        return len(self._audio.played)

    def unplug(self) -> None:
        self._audio.recordings.rename(self.folder / "elsewhere")

    def plug_in(self) -> None:
        (self.folder / "elsewhere").rename(self._audio.recordings)

    def spoil(self) -> None:
        (self._audio.recordings / "stop.vi.wav").write_bytes(bytes(range(256)))

    def close(self) -> None:
        """A folder needs no closing."""


HARNESSES: tuple[type[Harness], ...] = (EscposHarness, AudioHarness)
