"""A courier that is gone cannot say that the link is down: the lane says it for itself."""

import signal
import sys
from collections.abc import Iterator

import pytest

from drivers.contract.clock import now
from drivers.contract.quantities import Tick
from station.courier import talk
from station.lane.courier_process import CourierProcess
from tests.support import wait_until

_UP = (
    "import socket, sys, time; from drivers.contract.plain import encode; from station.courier.talk import LinkIs;"
    "wire = socket.socket(fileno=int(sys.argv[1])); wire.send(encode(LinkIs(up=True))); time.sleep(60)"
)


@pytest.fixture
def courier() -> Iterator[CourierProcess]:
    process = CourierProcess(lambda fileno: [sys.executable, "-c", _UP, str(fileno)])
    yield process
    process.close()


def test_a_killed_courier_means_no_link_and_the_next_one_says_when_there_is_one(courier: CourierProcess) -> None:
    said: list[talk.ToLane] = []

    def hear(count: int) -> bool:
        courier.turn(now())
        said.extend(courier.hear(now()))
        return len(said) >= count

    wait_until(lambda: hear(1), 20, "the first courier speaks")
    courier._signal(signal.SIGKILL)
    wait_until(lambda: hear(3), 20, "the second courier speaks")
    assert said == [talk.LinkIs(up=True), talk.LinkIs(up=False), talk.LinkIs(up=True)]


def test_a_courier_that_cannot_be_started_is_tried_again_and_ends_no_lane() -> None:
    commands = [["/no/such/interpreter"], [sys.executable, "-c", _UP]]
    asked: list[Tick] = []

    def command(fileno: int) -> list[str]:
        asked.append(now())
        return [*commands[min(len(asked), 2) - 1], str(fileno)]

    process = CourierProcess(command)
    try:
        process.turn(now())
        assert (process.pid, process.fileno()) == (None, None)
        process.turn(now())
        assert len(asked) == 1, "not at once again"

        def speaks() -> bool:
            process.turn(now())
            return talk.LinkIs(up=True) in process.hear(now())

        wait_until(speaks, 20, "the next courier speaks")
        assert len(asked) == 2
    finally:
        process.close()
