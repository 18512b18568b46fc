"""What a lane costs that has its hands full: eight serial devices at full speed, four I/O modules at 10 Hz, no camera.

Then three of its workers are stopped in the middle of whatever they do, and the lane's turns are timed meanwhile.
"""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from station.journal.reader import JournalReader
from tests.proof.measures.far_ends import KINDS, MODULES
from tests.rig.premises import Premises
from tests.support import wait_until

HUNG = 3
_START_S, _SETTLE_S = 60, 3
_HANG_S = 12
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Load:
    """`cpu` is the share of one core that lane and workers took, `turn_ms` the longest turn while workers hung.

    `replaced` counts the hung workers that were given up and started anew; `devices` how many were served at all.
    """

    cpu: float
    lane_cpu: float
    seconds: float
    devices: int
    turn_ms: float
    replaced: int


def measure(folder: Path, seconds: float) -> Load:
    """Run the lane under `folder`, which must be new, and let it work for `seconds` before workers are stopped."""
    premises = Premises(folder)
    premises.keys.mkdir(parents=True)
    premises._make_keys()
    with _FarEnds(folder) as ports:
        premises.settings_file.write_text(_settings(premises, ports))
        cpu, lane_cpu, _ = _run(premises, seconds, hung=0)
        *_, turn_ms = _run(premises, _HANG_S, hung=HUNG)
    states = _states(premises)
    lost = sum(not fit for _, fit in states)
    return Load(cpu, lane_cpu, seconds, len({name for name, fit in states if fit}), turn_ms, lost)


class _FarEnds:
    """The devices' process."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.proof.measures.far_ends", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> list[int]:
        assert self._process.stdout is not None
        ports: list[int] = json.loads(self._process.stdout.readline())
        return ports

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)


def _run(premises: Premises, seconds: float, hung: int) -> tuple[float, float, float]:
    """One life of the lane: the share of a core of all its processes and of the lane alone, and its longest turn."""
    figures = premises.folder / f"figures-{hung}.json"
    before = len(_states(premises))
    command = [sys.executable, "-m", "station.bench.timed_lane", str(premises.settings_file), str(figures)]
    lane = subprocess.Popen(command)
    try:
        wait_until(lambda: len(_states(premises)) >= before + len(KINDS) + MODULES, _START_S, "every device")
        time.sleep(_SETTLE_S)  # start-up is over: what is measured is the life after it
        family = [psutil.Process(lane.pid), *psutil.Process(lane.pid).children()]
        workers = family[1:]
        lane.send_signal(signal.SIGUSR1)  # the longest turn counts from here: its start is no matter
        for worker in workers[:hung]:
            worker.send_signal(signal.SIGSTOP)
        began, used, own = time.monotonic(), _cpu_s(family), _cpu_s(family[:1])
        time.sleep(seconds)  # the length of the measurement
        took = time.monotonic() - began
        cpu, lane_cpu = (_cpu_s(family) - used) / took, (_cpu_s(family[:1]) - own) / took
    finally:
        lane.send_signal(signal.SIGTERM)
        lane.wait(30)
    return cpu, lane_cpu, float(json.loads(figures.read_text())["longest"])


def _cpu_s(processes: list[psutil.Process]) -> float:
    return sum(_own_cpu_s(process) for process in processes)


def _own_cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a hung one that was killed meanwhile
        return 0.0
    return float(times.user + times.system)


def _states(premises: Premises) -> list[tuple[str, bool]]:
    """Every device.state record so far: the device and whether it was fit."""
    if not (premises.data / "journal.db").exists():
        return []
    with JournalReader(premises.data) as reader:
        bodies = [json.loads(row.body) for row in reader.records(0, _MOST)]
    return [(body["device"], body["fit"]) for body in bodies if body["is"] == "DeviceState"]


def _settings(premises: Premises, ports: list[int]) -> str:
    devices = [
        _DEVICE.format(name=f"scale{number}", kind=kind, rest=f'port = "{premises.folder}/scale{number}"\n{_OWN[kind]}')
        for number, kind in enumerate(KINDS)
    ]
    devices += [
        _DEVICE.format(
            name=f"module{number}", kind="adam-6060", rest=f'host = "127.0.0.1"\nport = {port}\npoll_period = 100'
        )
        for number, port in enumerate(ports)
    ]
    return _LANE.format(q=premises) + "".join(devices)


_OWN = {
    "yaohua-xk3190": 'profile = "xor"',
    "toledo-continuous": "checksum = true",
    "ascii-indicator": 'profile = "st-gs"',
}
_DEVICE = """[device.{name}]
kind = "{kind}"
{rest}
"""
_LANE = """schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
mode = "ASSISTED"
clock = "assumed"
plate_region = [440, 380, 400, 200]
data_folder = "{q.data}"
run_folder = "{q.folder}/run"
act_socket = "{q.folder}/run/act.sock"
ledger_file = "{q.folder}/ledger.db"
[lane.parts]
barrier = "module0"
scale = "scale0"
scanner = ""
camera = ""
reader = ""
[trust]
root = "{q.keys}/root.pub"
station_key = "{q.keys}/station.key"
officers = "{q.keys}/officers.signed"
centre = "{q.keys}/centre.signed"
"""
