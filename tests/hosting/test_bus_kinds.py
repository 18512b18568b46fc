"""Devices of the catalog on one bus, in the product's own worker: a gate's barrier and three scales."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.barrier.waveshare_relay import WaveshareRelaySettings
from drivers.contract.clock import now
from drivers.contract.orders import RaiseBoom, ShowLight, TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import BoomMoved, DeckSample
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.modbus_indicator import ModbusIndicatorSettings
from drivers.weighbridge.modbus_indicator_peer import ModbusIndicatorPeer
from station.hosting.host import CATALOG_WORKER, WorkerAnswered, WorkerLost, WorkerOpened, WorkerSpec
from tests.drivers.io_bench import WaveshareBench
from tests.hosting.bus_bench import BusBench

SLOWEST = Millis(140)
SCALES = (2, 3, 4)
FAR = Tick(1 << 60)


class GateBench(BusBench):
    """The module is unit 1."""

    def __init__(self, folder: Path) -> None:
        self.gate = WaveshareBench(folder)
        self.decks = {unit: DeckModel() for unit in SCALES}
        self.scales = {
            unit: ModbusIndicatorPeer(deck, "laumas", unit=unit, is_rtu=True) for unit, deck in self.decks.items()
        }
        super().__init__(folder, [self.gate.peer, *self.scales.values()])
        self.gate.end()  # its own port; it is heard on the bus
        self.gate.lock = self.lock

    def start(self) -> None:
        barrier = WaveshareRelaySettings(
            "waveshare-relay-8ch", bus="yard", poll_period=Millis(200), slowest_answer=SLOWEST
        )
        units = [WorkerSpec("barrier", "", barrier.kind, barrier, self.folder)]
        for unit in SCALES:
            scale = ModbusIndicatorSettings("modbus-indicator", "laumas", bus="yard", unit=unit, slowest_answer=SLOWEST)
            units.append(WorkerSpec(f"scale{unit}", "", scale.kind, scale, self.folder))
        self.serve(units, CATALOG_WORKER)

    def bear(self, unit: int, mass: Grams) -> None:
        """Let scale `unit` come to rest under `mass`."""
        with self.lock:
            self.decks[unit].set_load(mass)
            self.decks[unit].advance(Millis(20_000))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[GateBench]:
    with GateBench(tmp_path) as made:
        made.start()
        yield made


def test_the_boom_obeys_while_a_scale_on_its_bus_is_dead_and_the_others_weigh_on(bench: GateBench) -> None:
    devices = ["barrier", *(f"scale{unit}" for unit in SCALES)]
    bench.until(lambda: all(bench.told(WorkerOpened, device) for device in devices), 30, "all devices")
    assert bench.told(WorkerOpened, "barrier")[0].identity.motion_bounded
    bench.until(lambda: BoomMoved("down") in bench.read("barrier"), 10, "the boom's position")
    with bench.lock:
        bench.scales[3].faults.silent = True
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
    bench.until(lambda: all(bench.told(WorkerOpened, device) for device in ("barrier", "scale2")), 30, "both devices")
    worker = bench.host.pids()["barrier"]
    os.kill(worker, signal.SIGSTOP)  # so that both wait together
    assert bench.host.send("scale2", TakeWeight("first", FAR, Millis(1000), kilograms(20), Millis(5000)))
    assert bench.host.send("barrier", ShowLight("second", FAR, "red"))
    os.kill(worker, signal.SIGCONT)
    bench.until(lambda: bool(bench.told(WorkerAnswered, "scale2")), 10, "the scale's answer")
    answered = [event.order_id for _, event in bench.events if isinstance(event, WorkerAnswered)]
    assert answered == ["second", "first"]
