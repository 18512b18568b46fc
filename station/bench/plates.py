"""How long a stored picture takes to become a plate: from the order to the fact, with the model that ships."""

import hashlib
import time
from importlib import resources
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.orders import ReadPlate
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PlateRead
from station.bench.samples import Measured, measured
from station.hosting.host import WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.lane.assembly import VISION_NICE, VISION_WORKER
from station.simulate.scene import HEIGHT_PX, PLATE_REGION, WIDTH_PX, gate_picture
from station.vision.worker import PlateReaderSettings

_SIZES = ((1280, 720), (1920, 1080))
_PATIENCE_S = 30.0


class NotRead(Exception):
    """The reader did not open or gave no answer."""


def measure_plates(root: Path, pictures: int) -> list[Measured]:
    """`pictures` orders at each size, one after the other. Raises NotRead, OSError."""
    root.mkdir(parents=True)
    host = ProcessHost()
    try:
        settings = PlateReaderSettings("plate-reader", str(resources.files("models") / "manifest.toml"))
        host.start(WorkerSpec("reader", VISION_WORKER, settings.kind, settings, root, VISION_NICE))
        _await(host, WorkerOpened)
        return [_at_size(host, root, size, pictures) for size in _SIZES]
    finally:
        host.close()


def _at_size(host: ProcessHost, root: Path, size: tuple[int, int], pictures: int) -> Measured:
    width, height = size
    x, y, wide, high = PLATE_REGION
    region = (x * width // WIDTH_PX, y * height // HEIGHT_PX, wide * width // WIDTH_PX, high * height // HEIGHT_PX)
    body = gate_picture("12C-045.67", seed=1, condition="clear", lines=2, width_px=width, height_px=height)
    path = root / f"{width}.jpg"
    path.write_bytes(body)
    delays = []
    for number in range(pictures + 1):
        began_ns = time.monotonic_ns()
        order = ReadPlate(f"{width}-{number}", Tick(now() + 5_000), str(path), hashlib.sha256(body).hexdigest(), region)
        if not host.send("reader", order):
            raise NotRead("the reader takes no orders")
        delays.append((_await(host, WorkerRead) - began_ns) / 1e6)
    return measured("bench-plate", delays[1:], "ms", of=f"{width}x{height}")


def _await(host: ProcessHost, kind: type[WorkerOpened] | type[WorkerRead]) -> int:
    """When an event of this kind came, in ns; a reading must be a plate."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        host.turn(now())
        for event in host.receive(Millis(500)):
            if isinstance(event, kind):
                if isinstance(event, WorkerRead) and not isinstance(event.reading, PlateRead):
                    raise NotRead(str(event.reading))
                return time.monotonic_ns()
    raise NotRead("the reader gave no answer")
