"""Devices of the catalog on one bus, in the product's own worker: a gate's barrier and three scales."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.orders import RaiseBoom, ShowLight, TakeWeight
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.contract.readings import BoomMoved, DeckSample
from station.hosting.host import WorkerAnswered, WorkerLost, WorkerOpened
from tests.hosting.gate_bench import GateBench

FAR = Tick(1 << 60)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[GateBench]:
    with GateBench(tmp_path) as made:
        made.start()
        yield made


def test_the_boom_obeys_while_a_scale_on_its_bus_is_dead_and_the_others_weigh_on(bench: GateBench) -> None:
    bench.until_all_open()
    assert bench.told(WorkerOpened, "barrier")[0].identity.motion_bounded
    bench.until(lambda: BoomMoved("down") in bench.read("barrier"), 10, "the boom's position")
    bench.silence(3, on=True)
    bench.until(lambda: bool(bench.told(WorkerLost, "scale3")), 20, "the loss of scale 3")
    assert bench.host.send("barrier", RaiseBoom("up", Tick(now() + 1000)))
    bench.until(lambda: bool(bench.told(WorkerAnswered, "barrier")), 5, "the answer")
    assert [answered.answer.code for answered in bench.told(WorkerAnswered, "barrier")] == ["accepted"]
    bench.until(lambda: BoomMoved("up") in bench.read("barrier"), 10, "the raised boom")
    for unit in (2, 4):
        bench.bear(unit, kilograms(1000 * unit))
        weighs = DeckSample(kilograms(1000 * unit), moving=False, valid=True)
        bench.until(lambda: weighs in bench.read(f"scale{unit}"), 10, "a weight")  # noqa: B023 - called at once


def test_the_barriers_order_goes_before_one_that_came_earlier(bench: GateBench) -> None:
    bench.until_all_open()
    worker = bench.host.pids()["barrier"]
    os.kill(worker, signal.SIGSTOP)  # so that both wait together
    assert bench.host.send("scale2", TakeWeight("first", FAR, Millis(1000), kilograms(20), Millis(5000)))
    assert bench.host.send("barrier", ShowLight("second", FAR, "red"))
    os.kill(worker, signal.SIGCONT)
    bench.until(lambda: bool(bench.told(WorkerAnswered, "scale2")), 10, "the scale's answer")
    answered = [event.order_id for _, event in bench.events if isinstance(event, WorkerAnswered)]
    assert answered == ["second", "first"]
