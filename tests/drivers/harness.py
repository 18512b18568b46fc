"""One harness per kind of the catalog: the driver's far end on a real wire, served by a thread of the test.

A harness can pull the plug, put it back and spoil what the device says; `acts()` counts what orders did there.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import cv2
import numpy as np

from drivers import catalog
from drivers.barrier.adam6060_driver import Adam6060Settings
from drivers.camera.picture_folder import PictureFolderSettings
from drivers.camera.rtsp_driver import RtspCameraSettings
from drivers.camera.rtsp_peer import RtspPeer
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.contract.tools import Tools
from drivers.links.pacing import PtyPort
from drivers.links.peer import Peer
from drivers.scanner.line_scanner import LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.weighbridge.ascii_driver import AsciiSettings
from drivers.weighbridge.ascii_peer import AsciiPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer
from drivers.weighbridge.toledo_driver import ToledoSettings
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.yaohua_driver import YaohuaSettings
from drivers.weighbridge.yaohua_peer import YaohuaPeer
from tests.drivers.adam_bench import Bench
from tests.drivers.rtsp_cameras import stamped_jpeg


class Served:
    """Runs `service(now)` in a thread until closed; take `lock` before touching what it serves."""

    def __init__(self, service: Callable[[Tick], None]) -> None:
        self.lock = threading.Lock()
        self._service = service
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="far end")
        self._thread.start()

    def close(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(0.003):
            with self.lock:
                self._service(now())


class Harness(ABC):
    """A device of `kind` in a folder of its own. Use as a context."""

    kind: ClassVar[str]
    settings: object

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.evidence = folder / "evidence"
        self.evidence.mkdir()

    def driver(self) -> Driver:
        return catalog.find(self.kind).build("device", self.settings, Tools(now, self.evidence))

    def acts(self) -> int:
        """How much the far end was made to do: bytes heard, writes, pictures kept."""
        return sum(path.is_file() for path in self.evidence.rglob("*"))

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def spoil(self) -> None:
        """From now on the device says things that make no sense."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _SerialHarness(Harness):
    def __init__(self, folder: Path, peer: Peer, heard: bytearray) -> None:
        super().__init__(folder)
        self.port = PtyPort(folder / "tty", peer)
        self._heard = heard
        self._served = Served(self._service)

    def acts(self) -> int:
        return len(self._heard)

    def unplug(self) -> None:
        with self._served.lock:
            self.port.unplug()

    def plug_in(self) -> None:
        with self._served.lock:
            self.port.replug()

    def close(self) -> None:
        self._served.close()
        self.port.close()

    def _service(self, tick: Tick) -> None:
        self.port.service(tick)


class _ScaleHarness(_SerialHarness):
    """A weighbridge with 20 t at rest on it; `peer` makes the voice of its deck."""

    def __init__(self, folder: Path, peer: Callable[[DeckModel], IndicatorPeer]) -> None:
        self.deck = DeckModel()
        self.deck.set_load(kilograms(20_000))
        self.deck.advance(Millis(20_000))
        self._moved = now()
        self.peer = peer(self.deck)
        super().__init__(folder, self.peer, self.peer.heard)

    @property
    def serving(self) -> threading.Lock:
        """Hold it while touching `deck` or `peer`."""
        return self._served.lock

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.fail("noise", frames=1_000)

    def _service(self, tick: Tick) -> None:
        self.deck.advance(Millis(tick - self._moved))
        self._moved = tick
        super()._service(tick)


class ToledoHarness(_ScaleHarness):
    """The weighbridge has a Toledo indicator."""

    kind = "toledo-continuous"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ToledoPeer)
        self.settings = ToledoSettings("toledo-continuous", str(self.port.name), silence=Millis(500))


class YaohuaHarness(_ScaleHarness):
    """The weighbridge has a Yaohua indicator."""

    kind = "yaohua-xk3190"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, YaohuaPeer)
        self.settings = YaohuaSettings("yaohua-xk3190", str(self.port.name), "xor", silence=Millis(500))


class AsciiHarness(_ScaleHarness):
    """The weighbridge has an indicator that sends lines."""

    kind = "ascii-indicator"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, AsciiPeer)
        self.settings = AsciiSettings("ascii-indicator", str(self.port.name), "st-gs", silence=Millis(500))


class LineScannerHarness(_SerialHarness):
    """A reader that reads a code from time to time."""

    kind = "line-scanner"

    def __init__(self, folder: Path) -> None:
        self._peer = LineScannerPeer()
        self._is_spoiled = False
        self._read = 0
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = LineScannerSettings("line-scanner", str(self.port.name))

    def spoil(self) -> None:
        self._is_spoiled = True

    def _service(self, tick: Tick) -> None:
        if not self._peer.busy:
            self._read += 1
            if self._is_spoiled:
                self._peer.send(bytes(range(0x80, 0xFF)) + b"\r", Millis(200))
            else:
                self._peer.scan(f"TK-{self._read}")
        super()._service(tick)


class AdamHarness(Harness):
    """A boom with its loops and lights."""

    kind = "adam-6060"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bench = Bench()
        self.bench.__enter__()
        self.settings: Adam6060Settings = self.bench.settings()

    def acts(self) -> int:
        with self.bench.lock:
            return self.bench.peer.writes

    def unplug(self) -> None:
        with self.bench.lock:
            self.bench.faults.hang_up = True
            self.bench.faults.silent = True
            self.bench.port.drop_connections()

    def plug_in(self) -> None:
        with self.bench.lock:
            self.bench.faults.hang_up = False
            self.bench.faults.silent = False

    def spoil(self) -> None:
        with self.bench.lock:
            self.bench.faults.answer_function = 0x2B

    def close(self) -> None:
        self.bench.__exit__(None, None, None)


class RtspHarness(Harness):
    """A camera with ten pictures a second."""

    kind = "rtsp-camera"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._peer = RtspPeer(stamped_jpeg)
        self._peer.open()
        self._served = Served(self._peer.service)
        timeout = Millis(1000)
        self.settings = RtspCameraSettings("rtsp-camera", self._peer.url, open_timeout=timeout, read_timeout=timeout)

    def unplug(self) -> None:
        with self._served.lock:
            self._peer.fault = "refuse"
            self._peer.drop()

    def plug_in(self) -> None:
        with self._served.lock:
            self._peer.fault = ""

    def spoil(self) -> None:
        with self._served.lock:
            self._peer.fault = "garbage"

    def close(self) -> None:
        self._served.close()
        self._peer.close()


class PictureFolderHarness(Harness):
    """A folder with one picture."""

    kind = "picture-folder"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._pictures = folder / "pictures"
        self._pictures.mkdir()
        gray = np.full((72, 128, 3), 128, np.uint8)
        (self._pictures / "1.jpg").write_bytes(cv2.imencode(".jpg", gray)[1].tobytes())
        self.settings = PictureFolderSettings("picture-folder", str(self._pictures))

    def unplug(self) -> None:
        self._pictures.rename(self.folder / "elsewhere")

    def plug_in(self) -> None:
        (self.folder / "elsewhere").rename(self._pictures)

    def spoil(self) -> None:
        (self._pictures / "1.jpg").write_bytes(bytes(range(256)))

    def close(self) -> None:
        """A folder needs no closing."""


HARNESSES: dict[str, Callable[[Path], Harness]] = {
    harness.kind: harness
    for harness in (
        ToledoHarness,
        YaohuaHarness,
        AsciiHarness,
        LineScannerHarness,
        AdamHarness,
        RtspHarness,
        PictureFolderHarness,
    )
}
