"""The worker's own side: how it leaves when the lane goes, when it is told to, and when it is asked by signal."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.orders import DropMotion, Order, RaiseBoom, ShowLight
from drivers.contract.quantities import Millis, Tick
from station.hosting import wire
from tests.hosting.scripted_worker import Behaviour, ScriptedSettings
from tests.support import wait_until


@contextmanager
def running_worker(diary: Path, behaviour: Behaviour = "calm") -> Iterator[tuple[wire.Wire, subprocess.Popen[bytes]]]:
    """A worker that has opened its device, and the lane's end of its wire."""
    ours, theirs = wire.pair()
    with wire.Wire(ours) as lane, theirs:
        command = [sys.executable, "-m", "tests.hosting.scripted_worker", str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as worker:
            theirs.close()
            settings = plain.encode(ScriptedSettings("scripted", behaviour, str(diary))).decode()
            assert lane.send(wire.Open("gate", "scripted", settings, str(diary.parent)))
            assert lane.wait(Millis(10_000))
            while not isinstance(lane.receive(wire.ToLane), wire.Opened):
                assert lane.wait(Millis(10_000))
            try:
                yield lane, worker
            finally:
                worker.kill()


def orders_in(diary: Path) -> list[Order]:
    lines = [line for line in diary.read_text().splitlines() if line.startswith("{")]
    return [plain.decode(Order, line.encode()) for line in lines]


def assert_left_safely(diary: Path) -> None:
    drop, light = orders_in(diary)
    assert isinstance(drop, DropMotion)
    assert isinstance(light, ShowLight)
    assert light.colour == "red"
    assert diary.read_text().splitlines()[-1] == "close"


def test_end_of_file_drops_motion_shows_red_and_ends(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with running_worker(diary) as (lane, worker):
        lane.close()
        assert worker.wait(20) == 0
    assert_left_safely(diary)


def test_a_fault_leaves_the_same_way_and_is_told_all_the_same(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with running_worker(diary, "faults-on-raise") as (lane, worker):
        assert lane.send(wire.Obey(RaiseBoom("m1", Tick(now() + 10_000))))
        faults: list[wire.Faulted] = []

        def faulted() -> bool:
            message = lane.receive(wire.ToLane)
            faults.extend([message] if isinstance(message, wire.Faulted) else [])
            return bool(faults)

        wait_until(faulted, 20, "the fault is told")
        assert worker.wait(20) == 0
    assert faults[0].fault.code == "silent"
    assert_left_safely(diary)


def test_red_is_shown_although_the_motion_outputs_cannot_be_dropped(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with running_worker(diary, "faults-on-drop") as (lane, worker):
        assert lane.send(wire.Stop())
        assert worker.wait(20) == 0
    (light,) = orders_in(diary)
    assert isinstance(light, ShowLight)
    assert light.colour == "red"


def test_stop_leaves_the_same_way(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with running_worker(diary) as (lane, worker):
        assert lane.send(wire.Stop())
        assert worker.wait(20) == 0
    assert_left_safely(diary)


def test_sigterm_leaves_the_same_way_and_sigint_is_ignored(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with running_worker(diary) as (lane, worker):
        worker.send_signal(signal.SIGINT)
        beats: list[wire.Beat] = []

        def beaten() -> bool:
            message = lane.receive(wire.ToLane)
            beats.extend([message] if isinstance(message, wire.Beat) else [])
            return len(beats) >= 2

        wait_until(beaten, 20, "two beats after SIGINT")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert_left_safely(diary)


def test_a_worker_without_a_lane_ends_before_it_opens_anything() -> None:
    ours, theirs = wire.pair()
    with ours, theirs:
        command = [sys.executable, "-m", "station.hosting.child", str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as worker:
            theirs.close()
            ours.close()
            assert worker.wait(10) == 0
