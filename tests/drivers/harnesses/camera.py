"""Cameras."""

import socket
from abc import abstractmethod
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.dahua_peer import DahuaEvent, DahuaPeer
from drivers.camera.dahua_push import DahuaPushSettings
from drivers.camera.hikvision_peer import HikvisionEvent, HikvisionPeer
from drivers.camera.hikvision_push import HikvisionPushSettings
from drivers.camera.http_peer import Account, DigestLock
from drivers.camera.picture_folder import PictureFolderSettings
from drivers.camera.push_peer import PushPeer
from drivers.camera.rtsp_driver import RtspCameraSettings
from drivers.camera.rtsp_peer import RtspPeer
from drivers.camera.snapshot_driver import HttpSnapshotSettings
from drivers.camera.snapshot_peer import SnapshotPeer
from drivers.contract.quantities import Millis, Tick
from tests.drivers.harnesses.base import Harness, Served
from tests.drivers.rtsp_cameras import stamped_jpeg
from tests.support import free_port

ACCOUNT = Account("gate", "synthetic-7")


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


class SnapshotHarness(Harness):
    """A camera that gives single pictures to its account."""

    kind = "http-snapshot"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.peer = SnapshotPeer(stamped_jpeg, DigestLock(ACCOUNT))
        self.peer.open()
        self._served = Served(self.peer.service)
        password_file = secret(folder)
        self.settings = HttpSnapshotSettings(
            "http-snapshot", self.peer.url, ACCOUNT.user, str(password_file), look_every=Millis(500)
        )

    def unplug(self) -> None:
        with self._served.lock:
            self.peer.close()

    def plug_in(self) -> None:
        with self._served.lock:
            self.peer.open()

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.fault = "html"

    def close(self) -> None:
        self._served.close()
        self.peer.close()


class PushHarness(Harness):
    """A camera that pushes: a sighting at once, then heartbeats. Unplugged, it is quiet and its port is taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.peer = self._peer()
        self._stranger: socket.socket | None = None
        self._served = Served(self._service)

    @abstractmethod
    def _peer(self) -> PushPeer: ...

    def unplug(self) -> None:
        with self._served.lock:
            self.peer.fault = "quiet"
            self._occupy()

    def plug_in(self) -> None:
        with self._served.lock:
            self.peer.fault = ""
            if self._stranger is not None:
                self._stranger.close()
                self._stranger = None

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.fault = "garbage"

    def close(self) -> None:
        self._served.close()
        self.plug_in()
        self.peer.close()

    def _occupy(self) -> None:
        try:
            self._stranger = socket.create_server(("127.0.0.1", self.port))
        except OSError:  # the driver listens there: its camera is quiet, which is all that can go wrong now
            self._stranger = None

    def _service(self, tick: Tick) -> None:
        self.peer.service(tick)


class HikvisionHarness(PushHarness):
    """A Hikvision camera."""

    kind = "hikvision-push"

    def _peer(self) -> PushPeer:
        self.settings = HikvisionPushSettings(
            "hikvision-push", "127.0.0.1", ("127.0.0.1",), self.port, heartbeat=Millis(1_500)
        )
        peer = HikvisionPeer(self.port, beat_ms=200)
        peer.see(HikvisionEvent(), [stamped_jpeg(1), stamped_jpeg(2)])
        return peer


class DahuaHarness(PushHarness):
    """A Dahua camera."""

    kind = "dahua-push"

    def _peer(self) -> PushPeer:
        self.settings = DahuaPushSettings("dahua-push", "127.0.0.1", ("127.0.0.1",), self.port, heartbeat=Millis(1_500))
        peer = DahuaPeer(self.port, beat_ms=200)
        peer.see(DahuaEvent(), stamped_jpeg(1), stamped_jpeg(2))
        return peer


def secret(folder: Path) -> Path:
    """The file with the password of `ACCOUNT`."""
    path = folder / "camera.password"
    path.touch(0o600)
    path.write_text(ACCOUNT.password + "\n")
    return path


HARNESSES: tuple[type[Harness], ...] = (
    RtspHarness,
    PictureFolderHarness,
    SnapshotHarness,
    HikvisionHarness,
    DahuaHarness,
)
