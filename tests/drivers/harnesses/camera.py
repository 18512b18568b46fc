"""Cameras."""

from pathlib import Path

import cv2
import numpy as np

from drivers.camera.picture_folder import PictureFolderSettings
from drivers.camera.rtsp_driver import RtspCameraSettings
from drivers.camera.rtsp_peer import RtspPeer
from drivers.contract.quantities import Millis
from tests.drivers.harnesses.base import Harness, Served
from tests.drivers.rtsp_cameras import stamped_jpeg


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


HARNESSES: tuple[type[Harness], ...] = (RtspHarness, PictureFolderHarness)
