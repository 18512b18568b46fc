"""How long a serial frame takes: from its last byte on the wire to its fact's arrival in the lane's process."""

import os
import time
import tty
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Grams, Millis, kilograms
from drivers.contract.readings import DeckSample
from drivers.weighbridge.toledo_driver import ToledoSettings
from station.bench.samples import Measured, measured
from station.hosting.host import CATALOG_WORKER, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.simulate.lone_scale import frame_at_rest

_INTERVAL_S = 0.26
"""The worker passes on four samples a second; each frame here is worth one."""

_PATIENCE_S = 10.0


class FrameLost(Exception):
    """A frame was written and no fact came of it."""


def measure_serial_frames(root: Path, frames: int) -> list[Measured]:
    """`frames` times a loaded deck or an empty one, in turn, on a pty. Raises FrameLost, OSError."""
    root.mkdir(parents=True)
    texts = (frame_at_rest(Grams(0)), frame_at_rest(kilograms(20_000)))
    master, slave = os.openpty()
    host = ProcessHost()
    try:
        tty.setraw(slave)
        settings = ToledoSettings("toledo-continuous", os.ttyname(slave), silence=Millis(60_000))
        host.start(WorkerSpec("scale", CATALOG_WORKER, settings.kind, settings, root))
        _await_opening(host)
        delays = []
        for number in range(frames + 1):
            os.write(master, texts[number % 2])
            written_ns = time.monotonic_ns()
            delays.append((_await_sample(host) - written_ns) / 1e6)
            time.sleep(_INTERVAL_S)
    finally:
        host.close()
        os.close(master)
        os.close(slave)
    return [measured("bench-frame", delays[1:], "ms")]  # the first pays for what the worker loads


def _await_opening(host: ProcessHost) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not host.receive(Millis(50)):
        host.turn(now())
        if time.monotonic() > deadline:
            raise FrameLost("the scale's worker did not open the port")


def _await_sample(host: ProcessHost) -> int:
    """When the sample came, in ns."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        events = host.receive(Millis(1_000))
        if any(isinstance(event, WorkerRead) and isinstance(event.reading, DeckSample) for event in events):
            return time.monotonic_ns()
    raise FrameLost("no sample came of the frame")
