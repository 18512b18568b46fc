"""The ring of one camera: its newest frames as files under /run, bounded in time and in bytes."""

from collections import deque
from pathlib import Path

from drivers.contract.clips import RingSettings
from drivers.contract.quantities import Tick

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BOOT_FILE = "boot"


def boot_id() -> str:
    """The name of this boot of the machine; ticks of another one mean nothing."""
    return _BOOT_ID.read_text().strip()


class FrameRing:
    """Frames as `<folder>/<tick>.jpg`; outlives its worker, not the boot.

    A frame that the folder does not take is not there: whoever looks for it sees the gap.
    """

    def __init__(self, settings: RingSettings) -> None:
        self._settings = settings
        self._folder = Path(settings.folder)
        self._frames: deque[tuple[Tick, int]] = deque()
        self._bytes = 0

    @property
    def bytes_held(self) -> int:
        """Bytes of all frames."""
        return self._bytes

    @property
    def newest(self) -> Tick:
        """The tick of the newest frame, -1 if there is none."""
        return self._frames[-1][0] if self._frames else Tick(-1)

    def open(self, now: Tick) -> None:
        """Take over what a worker before us left, as far as it is of this boot and not too old. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        boot = self._folder / _BOOT_FILE
        is_same_boot = boot.exists() and boot.read_text() == boot_id()
        self._frames.clear()
        self._bytes = 0
        for file in sorted(self._folder.glob("*.*"), key=lambda one: (len(one.stem), one.stem)):
            if is_same_boot and file.suffix == ".jpg" and file.stem.isdigit() and int(file.stem) <= now:
                self._note(Tick(int(file.stem)), file.stat().st_size)
            else:
                file.unlink(missing_ok=True)
        boot.write_text(boot_id())
        self._trim(now, 0)

    def put(self, tick: Tick, jpeg: bytes) -> None:
        """Keep a frame, newer than all before; the oldest leave first. Never more than `size` bytes are held."""
        if tick <= self.newest or len(jpeg) > self._settings.size:
            return
        self._trim(tick, len(jpeg))
        part = self._folder / f"{tick}.part"
        try:
            part.write_bytes(jpeg)
            part.replace(self._file(tick))
        except OSError:  # /run is full: the next one may fit again
            part.unlink(missing_ok=True)
            return
        self._note(tick, len(jpeg))

    def after(self, tick: int, until: Tick) -> Tick | None:
        """The first frame behind `tick` and not behind `until`."""
        return next((one for one, _ in self._frames if tick < one <= until), None)

    def read(self, tick: Tick) -> bytes | None:
        """The frame of that tick; None if the file is gone."""
        try:
            return self._file(tick).read_bytes()
        except OSError:
            return None

    def _file(self, tick: Tick) -> Path:
        return self._folder / f"{tick}.jpg"

    def _note(self, tick: Tick, size: int) -> None:
        self._frames.append((tick, size))
        self._bytes += size

    def _trim(self, now: Tick, room: int) -> None:
        limit = self._settings
        while self._frames and (self._frames[0][0] < now - limit.span or self._bytes + room > limit.size):
            tick, size = self._frames.popleft()
            self._bytes -= size
            self._file(tick).unlink(missing_ok=True)
