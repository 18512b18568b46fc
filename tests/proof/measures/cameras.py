"""What each camera costs: the share of a core that its worker uses, over several windows of time."""

import functools
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.hikvision_peer import HikvisionEvent, HikvisionPeer
from drivers.camera.hikvision_push import HikvisionPushSettings
from drivers.camera.http_peer import DigestLock
from drivers.camera.rtsp_driver import RtspCameraSettings
from drivers.camera.snapshot_driver import HttpSnapshotSettings
from drivers.camera.snapshot_peer import SnapshotPeer
from drivers.contract.clock import now
from drivers.contract.orders import TakePicture
from drivers.contract.quantities import Millis, Tick
from station.hosting.host import CATALOG_WORKER, WorkerOpened, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.harnesses.base import Served
from tests.drivers.harnesses.camera import ACCOUNT, secret
from tests.drivers.rtsp_cameras import gstreamer_camera, peer_camera
from tests.support import free_port

WINDOWS = 3
WINDOW_S = 1.0
_OPENS_WITHIN_S = 10.0
_SETTLE_S = 0.3
_FRAMES = 8
_PICTURE_EVERY_MS = 1_000

Camera = tuple[str, object, Callable[[], None]]
"""A kind with its settings, and what its far end does once a second."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`shares` of one core in percent, one per window of 1 s."""

    camera: str
    shares: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.shares)

    def __str__(self) -> str:
        return f"{self.median:.1f} % of a core ({min(self.shares):.1f} to {max(self.shares):.1f})"


def costs(folder: Path) -> Iterator[Cost]:
    """Every camera in turn, each alone with its far end, for some 35 s in all. `folder` takes the evidence.

    Streams at 10 frames a second. "with a picture a second" adds what orders cost: decoding, coding, storing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    yield _measured("RTSP 1280x720 MJPEG", folder, _peer(1280, 720), orders=False)
    yield _measured("RTSP 1920x1080 MJPEG", folder, _peer(1920, 1080), orders=False)
    yield _measured("RTSP 1280x720 H.264", folder, _gstreamer(1280, 720), orders=False)
    yield _measured("RTSP 1920x1080 H.264", folder, _gstreamer(1920, 1080), orders=False)
    yield _measured("RTSP 1920x1080 H.264 with a picture a second", folder, _gstreamer(1920, 1080), orders=True)
    yield _measured("HTTP snapshot 1280x720 with a picture a second", folder, _snapshot(folder), orders=True)
    yield _measured("push receiver, idle", folder, _push(events=False), orders=False)
    yield _measured("push receiver with a sighting a second", folder, _push(events=True), orders=False)


def _measured(name: str, folder: Path, camera: AbstractContextManager[Camera], *, orders: bool) -> Cost:
    with camera as (kind, settings, beat):
        host = ProcessHost()
        try:
            host.start(WorkerSpec("camera", CATALOG_WORKER, kind, settings, folder / "evidence"))
            _await_open(host, name)
            run = _Run(host, beat, orders=orders)
            run.go_on(_SETTLE_S)
            shares = tuple(run.share() for _ in range(WINDOWS))
        finally:
            host.close()
    return Cost(name, shares)


class _Run:
    """A worker at work, with its orders."""

    def __init__(self, host: ProcessHost, beat: Callable[[], None], *, orders: bool) -> None:
        self._host = host
        self._beat = beat
        self._orders = orders
        self._next_order = now()
        self._pid = host.pids()["camera"]

    def go_on(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if now() >= self._next_order:
                self._next_order = Tick(self._next_order + _PICTURE_EVERY_MS)
                self._beat()
                if self._orders:
                    self._host.send("camera", TakePicture(f"p{now()}", Tick(now() + 1000), "plate"))
            self._host.receive(Millis(20))
            self._host.turn(now())
        if self._host.pids().get("camera") != self._pid:
            raise AssertionError("the worker was replaced while it was measured")

    def share(self) -> float:
        """Percent of a core over one window."""
        used, began = _cpu_ns(self._pid), time.monotonic_ns()
        self.go_on(WINDOW_S)
        return 100 * (_cpu_ns(self._pid) - used) / (time.monotonic_ns() - began)


def _cpu_ns(pid: int) -> int:
    """CPU time of all threads of a process, by the scheduler's own count."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads)


def _await_open(host: ProcessHost, name: str) -> None:
    end = time.monotonic() + _OPENS_WITHIN_S
    while time.monotonic() < end:
        if any(isinstance(event, WorkerOpened) for event in host.receive(Millis(50))):
            return
        host.turn(now())
    raise AssertionError(f"{name} was not open within {_OPENS_WITHIN_S} s")


def _nothing() -> None:
    """This far end needs no prompting."""


@functools.cache
def _frames(width: int, height: int) -> list[bytes]:
    """A still scene with grain, as a camera sees it, coded beforehand."""
    chance = np.random.default_rng(2435)
    scene = cv2.resize(chance.integers(0, 255, (45, 80, 3), dtype=np.uint8), (width, height))
    grain = (chance.integers(0, 8, (height, width, 3), dtype=np.uint8) for _ in range(_FRAMES))
    return [cv2.imencode(".jpg", cv2.add(scene, noise), [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes() for noise in grain]


@contextmanager
def _peer(width: int, height: int) -> Iterator[Camera]:
    frames = _frames(width, height)
    with peer_camera(source=lambda tick: frames[tick // 100 % _FRAMES]) as peer:
        yield "rtsp-camera", RtspCameraSettings("rtsp-camera", peer.url), _nothing


@contextmanager
def _gstreamer(width: int, height: int) -> Iterator[Camera]:
    with gstreamer_camera(width, height, 10) as url:
        yield "rtsp-camera", RtspCameraSettings("rtsp-camera", url), _nothing


@contextmanager
def _snapshot(folder: Path) -> Iterator[Camera]:
    frames = _frames(1280, 720)
    peer = SnapshotPeer(lambda tick: frames[tick // 10 % _FRAMES], DigestLock(ACCOUNT))
    peer.open()
    served = Served(peer.service)
    try:
        yield (
            "http-snapshot",
            HttpSnapshotSettings("http-snapshot", peer.url, ACCOUNT.user, str(secret(folder))),
            _nothing,
        )
    finally:
        served.close()
        peer.close()


@contextmanager
def _push(*, events: bool) -> Iterator[Camera]:
    frames = _frames(1280, 720)
    port = free_port()
    peer = HikvisionPeer(port, beat_ms=10_000)
    served = Served(peer.service)

    def see() -> None:
        with served.lock:
            peer.see(HikvisionEvent(uuid=f"event-{now()}"), frames[:2])

    try:
        settings = HikvisionPushSettings("hikvision-push", "127.0.0.1", ("127.0.0.1",), port)
        yield "hikvision-push", settings, see if events else _nothing
    finally:
        served.close()
        peer.close()
