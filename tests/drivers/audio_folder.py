"""A folder of recordings, and a player that notes what it plays and takes as long as the recording lasts."""

import sys
import wave
from pathlib import Path

_PLAYER = """
import sys, time, wave
log, file = sys.argv[1:]
with open(log, "a") as played:
    played.write(file.rpartition("/")[2] + "\\n")
with wave.open(file) as sound:
    time.sleep(sound.getnframes() / sound.getframerate())
"""


class AudioFolder:
    """`player` goes into the settings; `played` names what was begun, in order."""

    def __init__(self, folder: Path) -> None:
        self.recordings = folder / "recordings"
        self.recordings.mkdir()
        self._log = folder / "played"
        self.player = (sys.executable, "-S", "-c", _PLAYER, str(self._log))

    def record(self, name: str, millis: int) -> None:
        """Silence of that length under that name."""
        with wave.open(str(self.recordings / name), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(1_000)
            sound.writeframes(bytes(millis))

    @property
    def played(self) -> list[str]:
        return self._log.read_text().split() if self._log.exists() else []
