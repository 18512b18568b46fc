"""notify.py against a real datagram socket, as systemd would hold it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.quantities import Millis
from station.health.notify import Notifier, notifier_from, watchdog_from
from tests.services import end_process


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def test_each_call_is_one_datagram(supervisor: socket.socket) -> None:
    with notifier_from({"NOTIFY_SOCKET": supervisor.getsockname()}) as notifier:
        assert notifier.ready("AUTOMATIC IDLE")
        assert supervisor.recv(200) == b"READY=1\nSTATUS=AUTOMATIC IDLE"
        assert notifier.watchdog()
        assert supervisor.recv(200) == b"WATCHDOG=1"
        assert notifier.status("CLOSED IDLE unfit: scale")
        assert supervisor.recv(200) == b"STATUS=CLOSED IDLE unfit: scale"
        assert notifier.stopping("asked to")
        assert supervisor.recv(200) == b"STOPPING=1\nSTATUS=asked to"


def test_an_abstract_socket_is_reached_by_its_at_name() -> None:
    name = f"gate-notify-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener, Notifier("@" + name) as notifier:
        listener.bind("\0" + name)
        listener.settimeout(5)
        assert notifier.watchdog()
        assert listener.recv(200) == b"WATCHDOG=1"


def test_a_status_cannot_smuggle_a_second_field(supervisor: socket.socket) -> None:
    with Notifier(supervisor.getsockname()) as notifier:
        notifier.status("a\nWATCHDOG=1\n")
        assert supervisor.recv(200) == b"STATUS=a WATCHDOG=1"


def test_without_systemd_nothing_is_sent() -> None:
    with notifier_from({}) as notifier:
        assert not notifier.ready("x")
        assert not notifier.watchdog()


def test_a_supervisor_that_is_gone_or_full_stops_nobody(tmp_path: Path, supervisor: socket.socket) -> None:
    with Notifier(str(tmp_path / "nobody")) as notifier:
        assert not notifier.watchdog()
    with Notifier(supervisor.getsockname()) as notifier:
        sent = 0
        while notifier.watchdog():
            sent += 1
            assert sent < 100_000, "a full socket must refuse, not block"
        supervisor.recv(200)
        assert notifier.watchdog()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "30000000"}, Millis(30_000)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, Millis(30_000)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_time_is_read_as_systemd_gives_it(environ: dict[str, str], expected: Millis | None) -> None:
    assert watchdog_from(environ) == expected


def _receive(supervisor: socket.socket, count: int) -> None:
    for _ in range(count):
        supervisor.recv(200)


_FEEDER = """
import os, time
from drivers.contract import clock
from station.health.notify import notifier_from, watchdog_from
from station.health.report import WHOLE_TURN, Turn, watch_for

watch = watch_for(watchdog_from(os.environ))
with notifier_from(os.environ) as notifier:
    notifier.ready("turning")
    while True:
        watch, feed = watch.after(Turn(clock.now(), WHOLE_TURN))
        if feed:
            notifier.watchdog()
        time.sleep(0.005)
"""


def test_a_frozen_process_stops_feeding_and_a_thawed_one_feeds_again(supervisor: socket.socket) -> None:
    environ = os.environ | {"NOTIFY_SOCKET": supervisor.getsockname(), "WATCHDOG_USEC": "150000"}
    feeder = subprocess.Popen([sys.executable, "-c", _FEEDER], env=environ, cwd=Path(__file__).parents[2])
    try:
        assert supervisor.recv(200) == b"READY=1\nSTATUS=turning"
        assert supervisor.recv(200) == b"WATCHDOG=1"
        feeder.send_signal(signal.SIGSTOP)
        supervisor.settimeout(1)  # more than six feeds would have come
        with pytest.raises(TimeoutError):
            _receive(supervisor, 20)
        feeder.send_signal(signal.SIGCONT)
        supervisor.settimeout(5)
        assert supervisor.recv(200) == b"WATCHDOG=1"
    finally:
        feeder.send_signal(signal.SIGCONT)
        end_process(feeder)
