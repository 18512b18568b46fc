"""A camera's worker process is killed in the middle of a clip; its successor goes on, and the gap is told."""

import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.camera.rtsp_driver import RtspCameraSettings
from drivers.contract.clips import ClipIndex, ClipStored
from drivers.contract.clock import now
from station.hosting.host import CATALOG_WORKER, HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.clip_bench import PERIOD, index_of, keep, ring, spans, stamped
from tests.drivers.rtsp_cameras import peer_camera
from tests.hosting.test_recorded_workers import await_event
from tests.support import wait_until


@pytest.fixture
def host() -> Iterator[ProcessHost]:
    made = ProcessHost()
    yield made
    made.close()


def has_frames(host: ProcessHost, ring_folder: Path, count: int) -> bool:
    host.turn(now())
    return len(list(ring_folder.glob("*.jpg"))) >= count


def stored(event: HostEvent, *, whole: bool) -> bool:
    return isinstance(event, WorkerRead) and isinstance(event.reading, ClipStored) and event.reading.whole == whole


@dataclass(frozen=True)
class Kill:
    """What became of a clip whose worker was killed at `killed`; the next one was open at `back`."""

    told: ClipStored
    index: ClipIndex
    killed: int
    back: int

    @property
    def goes_on(self) -> bool:
        """It spans its window, with frames of both workers."""
        ticks = [tick for tick, _ in self.index.frames]
        return spans(self.index, slack=4) and ticks[0] < self.killed and ticks[-1] > self.back

    @property
    def longest_pause(self) -> int:
        """ms between two frames."""
        return max(after - before for (before, _), (after, _) in itertools.pairwise(self.index.frames))


def clip_over_a_kill(host: ProcessHost, folder: Path) -> Kill:
    """A real camera, a real worker process, SIGKILL as soon as the pre-roll is safe."""
    evidence, frames = folder / "evidence", ring(folder, span=30_000)
    with peer_camera(fps=5, source=stamped) as peer:
        settings = RtspCameraSettings("rtsp-camera", peer.url)
        host.start(WorkerSpec("camera", CATALOG_WORKER, "rtsp-camera", settings, evidence, ring=frames))
        await_event(host, lambda event: isinstance(event, WorkerOpened), 20)
        wait_until(lambda: has_frames(host, Path(frames.folder), 6), 20, "six frames")
        since, until = now() - 1_000, now() + 3_000
        assert host.send("camera", keep("k1", since, until, "o1"))
        await_event(host, lambda event: stored(event, whole=False))
        killed = now()
        os.kill(host.pids()["camera"], signal.SIGKILL)
        await_event(host, lambda event: isinstance(event, WorkerLost))
        await_event(host, lambda event: isinstance(event, WorkerOpened), 20)
        back = now()
        assert host.send("camera", keep("k1", since, max(until, back + 1_000), "o2"))
        event = await_event(host, lambda event: stored(event, whole=True), 30)
    assert isinstance(event, WorkerRead) and isinstance(event.reading, ClipStored)
    return Kill(event.reading, index_of(evidence, event.reading.sha256), killed, back)


def test_a_killed_worker_costs_only_the_time_until_the_next_one(host: ProcessHost, tmp_path: Path) -> None:
    kill = clip_over_a_kill(host, tmp_path)
    assert kill.goes_on and kill.told.missing >= kill.longest_pause - PERIOD
