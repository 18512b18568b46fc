"""What the tests of clips ask of a camera: an order, what is told, and whether the frames span the window."""

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

from drivers.contract.clips import CLIP_ENDING, ClipIndex, ClipNotStored, ClipStored, RingSettings
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.orders import KeepClip
from drivers.contract.plain import decode
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading

PERIOD = Millis(200)
WIDTH, HEIGHT, _CELL = 640, 96, 16
"""Small, because camera, driver and test share a busy machine."""


def stamped(now_ms: int) -> bytes:
    """A picture that carries `now_ms` as 40 black or white cells in its top rows."""
    image = _scene().copy()
    for bit in range(WIDTH // _CELL):
        image[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 255 * (now_ms >> bit & 1)
    return cv2.imencode(".jpg", image)[1].tobytes()


@functools.cache
def _scene() -> MatLike:
    return np.random.default_rng(35).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def ring(folder: Path, period: Millis = PERIOD, span: int = 6_000, size: int = 8 << 20) -> RingSettings:
    return RingSettings(str(folder / "run" / "ring"), period, Millis(span), size)


def keep(clip: str, since: int, until: int, order_id: str = "o1") -> KeepClip:
    return KeepClip(order_id, Tick(now() + 2_000), clip, Tick(since), Tick(until))


def index_of(evidence: Path, sha256: str) -> ClipIndex:
    """The index as stored, its own hash checked."""
    data = (evidence / sha256[:2] / f"{sha256}{CLIP_ENDING}").read_bytes()
    assert hashlib.sha256(data).hexdigest() == sha256
    read: ClipIndex = decode(ClipIndex, data)
    return read


def frames_of(evidence: Path, index: ClipIndex) -> list[tuple[int, Path]]:
    """(tick, file) of each frame, each file checked against its hash."""
    found = []
    for tick, sha256 in index.frames:
        file = evidence / sha256[:2] / f"{sha256}.jpg"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256
        found.append((tick, file))
    return found


def spans(index: ClipIndex, slack: int = 2) -> bool:
    """Whether frames lie within `slack` periods of both ends of the window."""
    ticks = [tick for tick, _ in index.frames]
    room = slack * index.period
    return bool(ticks) and ticks[0] - index.since <= room and index.until - ticks[-1] <= room


def poll_for(driver: Driver, millis: int) -> list[Reading]:
    """What the driver says within so long."""
    end = now() + millis
    said: list[Reading] = []
    while now() < end:
        said += driver.poll(Millis(20))
    return said


def await_clip(driver: Driver, limit_ms: int = 10_000) -> tuple[ClipStored | ClipNotStored, list[Reading]]:
    """The last word on the clip, and all that was said on the way."""
    end = now() + limit_ms
    said: list[Reading] = []
    while now() < end:
        for reading in driver.poll(Millis(20)):
            said.append(reading)
            if isinstance(reading, ClipNotStored) or (isinstance(reading, ClipStored) and reading.whole):
                return reading, said
    raise AssertionError(f"no end of the clip within {limit_ms} ms: {said}")


def stamp_in(file: Path) -> Tick:
    """The time that a stamped picture carries, read out of a frame of the ring."""
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    half = _CELL // 2
    cells = (int(image[half, bit * _CELL + half]) > 127 for bit in range(WIDTH // _CELL))
    return Tick(sum(on << bit for bit, on in enumerate(cells)))


def stored_in(said: Sequence[Reading]) -> list[ClipStored]:
    return [reading for reading in said if isinstance(reading, ClipStored)]
