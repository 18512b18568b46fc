"""A courier that is gone cannot say that the link is down: the lane says it for itself."""

import signal
import sys
from collections.abc import Iterator

import pytest

from drivers.contract.clock import now
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
