"""Drivers of the catalog in their own processes, on real wires."""

import signal
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from os import kill
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.orders import ShowLight, TakeWeight
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.contract.readings import DeckSample, LightColour, WeighingWindow
from station.hosting.host import CATALOG_WORKER, HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.harnesses.barrier import AdamHarness
from tests.drivers.harnesses.base import Harness
from tests.drivers.harnesses.weighbridge import ToledoHarness, YaohuaHarness


@pytest.fixture
def host() -> Iterator[ProcessHost]:
    made = ProcessHost()
    yield made
    made.close()


def start(host: ProcessHost, harness: Harness) -> None:
    host.start(WorkerSpec("device", CATALOG_WORKER, harness.kind, harness.settings, harness.evidence))


def await_event(host: ProcessHost, wanted: Callable[[HostEvent], bool], seconds: float = 10) -> HostEvent:
    end = time.monotonic() + seconds
    seen: list[HostEvent] = []
    while time.monotonic() < end:
        host.turn(now())
        for event in host.receive(Millis(20)):
            seen.append(event)
            if wanted(event):
                return event
    raise AssertionError(f"not within {seconds} s; came: {seen}")


def is_opened(event: HostEvent) -> bool:
    return isinstance(event, WorkerOpened)


def is_lost(event: HostEvent) -> bool:
    return isinstance(event, WorkerLost)


def weighs_20_t(event: HostEvent) -> bool:
    return isinstance(event, WorkerRead) and event.reading == DeckSample(kilograms(20_000), moving=False, valid=True)


def is_weighed(event: HostEvent) -> bool:
    return isinstance(event, WorkerRead) and isinstance(event.reading, WeighingWindow)


def test_a_scale_is_read_lost_with_its_plug_and_read_again(host: ProcessHost, tmp_path: Path) -> None:
    with ToledoHarness(tmp_path) as harness:
        start(host, harness)
        await_event(host, is_opened)
        await_event(host, weighs_20_t)
        harness.unplug()
        await_event(host, is_lost)
        harness.plug_in()
        await_event(host, is_opened)
        await_event(host, weighs_20_t)


def test_a_truck_that_rolls_onto_a_yaohua_scale_is_weighed_at_the_lanes_order(
    host: ProcessHost, tmp_path: Path
) -> None:
    """The order comes while the deck swings: the swing is sat out, the rest is weighed, the indicator hears nothing."""
    with YaohuaHarness(tmp_path) as harness:
        harness.settings = replace(harness.settings, silence=Millis(5_000))  # nothing is unplugged here
        start(host, harness)
        await_event(host, weighs_20_t)
        with harness.serving:
            harness.deck.set_load(kilograms(31_240))
        assert host.send("device", TakeWeight("w1", Tick(now() + 1000), Millis(1000), kilograms(20), Millis(15_000)))
        event = await_event(host, is_weighed, 20)
        assert isinstance(event, WorkerRead) and isinstance(event.reading, WeighingWindow)
        assert (event.reading.order_id, event.reading.mass) == ("w1", kilograms(31_240))
        assert event.reading.ended - event.reading.began >= 1000
        assert harness.acts() == 0


def test_a_killed_worker_leaves_its_port_free_for_the_next(host: ProcessHost, tmp_path: Path) -> None:
    with ToledoHarness(tmp_path) as harness:
        start(host, harness)
        await_event(host, weighs_20_t)
        kill(host.pids()["device"], signal.SIGKILL)
        await_event(host, is_lost)
        await_event(host, is_opened)
        await_event(host, weighs_20_t)


def test_light_orders_reach_the_module_soon_and_red_stays_when_the_lane_goes(host: ProcessHost, tmp_path: Path) -> None:
    with AdamHarness(tmp_path) as harness:
        start(host, harness)
        await_event(host, is_opened)
        took_ms: list[float] = []
        for n in range(40):
            colour: LightColour = "red" if n % 2 else "green"
            began = time.monotonic()
            assert host.send("device", ShowLight(f"o{n}", Tick(now() + 1000), colour))
            sent = began
            while not lit(harness, colour):
                assert time.monotonic() - began < 10
                if time.monotonic() - sent > 1:  # the worker has given the order up, on a busy machine
                    sent = time.monotonic()
                    host.receive(Millis(0))
                    assert host.send("device", ShowLight(f"o{n}-{sent}", Tick(now() + 1000), colour))
                time.sleep(0.0005)
            took_ms.append((time.monotonic() - began) * 1000)
            host.receive(Millis(n * 7 % 60))
            host.turn(now())
        print(f"order to output: median {statistics.median(took_ms):.1f} ms, worst {max(took_ms):.1f} ms, n 40")
        assert statistics.median(took_ms) < 50
        assert host.send("device", ShowLight("last", Tick(now() + 1000), "green"))
        host.close()
        assert lit(harness, "red")


def lit(harness: AdamHarness, colour: LightColour) -> bool:
    """The lamps as the module drives them."""
    with harness.bench.lock:
        red, green = harness.bench.model.outputs[2:4]
    return (red, green) == (colour == "red", colour == "green")
