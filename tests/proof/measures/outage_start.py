"""The lane's process on a journal that has grown, without a link: how long it takes to be ready, and what it weighs."""

import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from station.bench.memory import pss_mib
from tests.proof.measures.outage import Site
from tests.rig.child import Child, await_true, children_of

START_S = 120.0


@dataclass(frozen=True, slots=True)
class Started:
    """The unmodified lane process on this folder: seconds of the processor until it is ready, and MiB."""

    took_s: float
    lane_mib: float
    courier_mib: float


def start_lane(site: Site) -> Started:
    """Start the lane's process and its courier without a link, weigh both, end it."""
    with _ready_socket(site.folder / "notify.sock") as ready:
        command = [sys.executable, "-m", "station", "lane", "--settings", str(site.settings_file)]
        environment = ["env", f"NOTIFY_SOCKET={site.folder / 'notify.sock'}"]
        lane = Child("lane", [*environment, *command], site.folder / "lane.log")
        lane.start()
        try:
            if not select.select([ready], [], [], START_S)[0]:
                raise TimeoutError(f"the lane is not ready after {START_S} s; see {lane.log}")
            took_s = _processor_s(lane.pid)
            await_true(lambda: _courier_of(lane.pid), START_S, "the courier runs")
            courier = _courier_of(lane.pid)
            await_true(lambda: _has_open(courier, site.data / "journal.db"), START_S, "the courier reads the journal")
            return Started(took_s, pss_mib(lane.pid), pss_mib(courier))
        finally:
            lane.stop()


@contextmanager
def _ready_socket(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(path))
        try:
            yield bound
        finally:
            path.unlink()


def _courier_of(lane: int) -> int:
    """Its courier's pid; 0 if there is none yet."""
    for pid in children_of(lane):
        if b"station.courier.courier" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return 0


def _has_open(pid: int, path: Path) -> bool:
    return any(link.exists() and link.resolve() == path for link in Path(f"/proc/{pid}/fd").iterdir())


def _processor_s(pid: int) -> float:
    """User and system time of a process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
