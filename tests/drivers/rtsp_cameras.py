"""Cameras for the tests: our peer in a thread of the test, GStreamer's server in a process; both burn in the time."""

import functools
import select
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

from drivers.camera.http_peer import Account, DigestLock
from drivers.camera.rtsp_peer import RtspPeer
from drivers.contract.clock import now
from drivers.contract.quantities import Tick
from tests.support import needs

WIDTH, HEIGHT, CELL = 1280, 720, 32
_SYSTEM_PYTHON = "/usr/bin/python3"  # gi belongs to it


def stamped_jpeg(now_ms: int) -> bytes:
    """A 1280x720 picture that carries `now_ms` as 40 black or white cells in its top rows."""
    image = _scene().copy()
    for bit in range(WIDTH // CELL):
        image[:CELL, bit * CELL : (bit + 1) * CELL] = 255 * (now_ms >> bit & 1)
    return cv2.imencode(".jpg", image)[1].tobytes()


def read_stamp(path: str) -> Tick:
    """The time that a stored picture carries."""
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert image.shape == (HEIGHT, WIDTH)
    cells = (int(image[CELL // 2, bit * CELL + CELL // 2]) > 127 for bit in range(WIDTH // CELL))
    return Tick(sum(cell << bit for bit, cell in enumerate(cells)))


@contextmanager
def peer_camera(
    fps: int = 10, source: Callable[[int], bytes] = stamped_jpeg, lock: DigestLock | None = None
) -> Iterator[RtspPeer]:
    """Our peer, served by a thread because the driver under test blocks this one."""
    peer = RtspPeer(source, fps=fps, lock=lock)
    peer.open()
    done = threading.Event()
    thread = threading.Thread(target=_serve, args=(peer, done), name="rtsp peer")
    thread.start()
    try:
        yield peer
    finally:
        done.set()
        thread.join()
        peer.close()


@contextmanager
def gstreamer_camera(
    width: int = WIDTH, height: int = HEIGHT, fps: int = 25, account: Account | None = None
) -> Iterator[str]:
    """The url of a real H.264 camera, open to `account` only if there is one; skips by name without GStreamer."""
    for part in ("python3-gi", "gst-rtsp-server", "gst-good", "x264enc"):
        needs(part)
    script = Path(__file__).with_name("gstreamer_camera.py")
    command = [_SYSTEM_PYTHON, str(script), str(width), str(height), str(fps)]
    if account is not None:
        command += [account.user, account.password]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"rtsp://127.0.0.1:{int(process.stdout.readline())}/lane"
        # Leaving closes stdin, which ends the server.


def _serve(peer: RtspPeer, done: threading.Event) -> None:
    while not done.is_set():
        select.select(peer.filenos(), [], [], 0.005)
        peer.service(now())


@functools.cache
def _scene() -> MatLike:
    grain = np.random.default_rng(26).integers(0, 255, (45, 80, 3), dtype=np.uint8)
    return cv2.resize(grain, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
