"""The real `station lane` as systemd sees it: readiness, watchdog, end, and what its unit does after a kill."""

import configparser
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.contract.plain import encode
from station.lane.act_socket import Act, Ask, call
from tests.rig.child import Target, children_of
from tests.support import wait_until
from tests.system.bad_gate import SLOW_S, Gate

pytestmark = pytest.mark.slow

WATCHDOG_US = 4_000_000
_UNIT = Path(__file__).parents[2] / "systemd" / "station-lane@.service"
_INSTALLED = "/opt/border-gate/venv/bin/station"


class Supervisor:
    """The far end of NOTIFY_SOCKET."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self.heard: list[tuple[float, dict[str, str]]] = []

    def listen(self) -> list[dict[str, str]]:
        """Everything said so far, with when we heard of it kept in `heard`."""
        while True:
            try:
                datagram = self._socket.recv(4096).decode()
            except BlockingIOError:
                return [fields for _, fields in self.heard]
            fields = dict(line.split("=", 1) for line in datagram.splitlines())
            self.heard.append((time.monotonic(), fields))

    def has_said(self, name: str) -> bool:
        return any(name in fields for fields in self.listen())

    def feeds(self) -> int:
        return sum("WATCHDOG" in fields for fields in self.listen())

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.close()


@pytest.fixture
def supervisor(tmp_path: Path, gate: Gate) -> Iterator[Supervisor]:
    """Told by the lane alone: the broker speaks this protocol too."""
    supervisor = Supervisor(tmp_path / "notify")
    told = ["env", "-u", "WATCHDOG_PID", f"NOTIFY_SOCKET={supervisor.path}", f"WATCHDOG_USEC={WATCHDOG_US}"]
    gate.lane.command = [*told, *_unit_line("ExecStart", gate.premises.settings_file)]
    yield supervisor
    supervisor.close()


def _unit_line(name: str, settings: Path) -> list[str]:
    """A line of the unit as it stands, with this environment's `station` and these settings in their places."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(_UNIT)
    line = unit["Service"][name].replace("/etc/border-gate/%i.toml", str(settings))
    program, *arguments = shlex.split(line)
    assert program == _INSTALLED
    return [sys.executable, "-m", "station", *arguments]


def test_ready_after_a_whole_turn_fed_while_turning_and_gone_without_a_trace(
    gate: Gate, supervisor: Supervisor
) -> None:
    gate.start()
    said = supervisor.listen()
    assert "READY" in said[0] and "STATUS" in said[0], "nothing is said before the lane is ready"
    assert sum("READY" in fields for fields in said) == 1
    wait_until(lambda: any(f.get("STATUS") == "AUTOMATIC IDLE" for f in supervisor.listen()), SLOW_S, "the status line")
    fed = supervisor.feeds()
    wait_until(lambda: supervisor.feeds() >= fed + 3, SLOW_S, "the watchdog is fed")
    times = [at for at, fields in supervisor.heard if "WATCHDOG" in fields]
    assert max(later - earlier for earlier, later in pairwise(times)) < WATCHDOG_US / 1e6

    gate.lane.send(signal.SIGSTOP)
    supervisor.listen()
    fed = supervisor.feeds()
    time.sleep(1.2 * WATCHDOG_US / 1e6)  # so long systemd would wait before it kills
    assert supervisor.feeds() == fed, "who stands still is not alive"
    gate.lane.send(signal.SIGCONT)
    wait_until(lambda: supervisor.feeds() > fed, SLOW_S, "it is fed again")

    gate.wait(gate.is_settled, SLOW_S, "the lane is idle again")
    family = [Target(pid) for pid in (gate.lane.pid, *children_of(gate.lane.pid))]
    gate.lane.send(signal.SIGTERM)
    assert gate.lane.reap() == 0
    assert supervisor.has_said("STOPPING")
    assert all(target.has_ended for target in family)
    for target in family:
        target.close()
    assert not gate.act_socket.exists()
    assert [f for f in supervisor.listen() if "STOPPING" in f] == [supervisor.listen()[-1]], "the last word"
    gate.lane.kill()


def test_a_turn_that_cannot_complete_is_not_fed(gate: Gate, supervisor: Supervisor) -> None:
    """The lane hangs in a system call, as on a dying disk: its officers' file is a pipe that nobody writes."""
    gate.start()
    fed = supervisor.feeds()
    wait_until(lambda: supervisor.feeds() > fed, SLOW_S, "the watchdog is fed")
    officers = gate.premises.keys / "officers.signed"
    officers.unlink()
    os.mkfifo(officers)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as caller:
        caller.connect(str(gate.act_socket))
        caller.send(encode(Act("{}")))
        wait_until(lambda: not _answers(gate), SLOW_S, "the lane hangs")
        fed = supervisor.feeds()
        time.sleep(1.2 * WATCHDOG_US / 1e6)  # so long systemd would wait before it kills
        assert supervisor.feeds() == fed
    rest = gate._lane_family()
    gate.lane.kill()
    gate._end(rest)


def _answers(gate: Gate) -> bool:
    try:
        call(gate.act_socket, Ask(), patience_s=0.5)
    except TimeoutError:
        return False
    return True


def test_after_a_kill_during_a_raise_the_unit_drops_the_outputs_and_leaves_the_boom(gate: Gate) -> None:
    gate.start()
    mark = gate.mark()
    gate.send_van()

    def seen(what: str, **wanted: object) -> bool:
        entries = [e for e in gate.entries()[mark.entries :] if e.what == what]
        return any(all(e.seen.get(name) == value for name, value in wanted.items()) for e in entries)

    gate.wait(lambda: seen("boom", phase="rising"), SLOW_S, "the boom rises")
    rest = gate._lane_family()
    gate.lane.kill()
    gate._end(rest)
    line = _unit_line("ExecStopPost", gate.premises.settings_file)
    dropped = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    assert dropped.returncode == 0, dropped.stderr
    assert "barrier" in dropped.stdout and not dropped.stderr
    wait_until(lambda: seen("boom", phase="up"), SLOW_S, "the boom went on to its end by itself")
    lamps = {e.seen["name"]: e.seen["on"] for e in gate.entries() if e.what == "output"}
    assert lamps.get("red") and not lamps.get("green") and not lamps.get("raise") and not lamps.get("lower"), lamps
    assert not seen("boom", phase="lowering"), "a boom that is up is never lowered by a dying lane"
    frames = [e.seen["text"] for e in gate.entries()[mark.entries :] if e.what == "frame"]
    assert sum("raise pulses=1" in text for text in frames) == 1 and not any("lower pulses=1" in t for t in frames)
    gate.lane.start()
    gate.wait(gate.is_settled, 2 * SLOW_S, "the next lane takes over and closes the gate")
