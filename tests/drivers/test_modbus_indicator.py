"""Scales read over Modbus TCP and on a serial bus, against the makers' registers over a deck that swings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import DeckSample, Reading, WeighingFailed, WeighingWindow
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.modbus_indicator import ModbusIndicatorDriver, ModbusIndicatorSettings
from drivers.weighbridge.modbus_indicator_peer import Maker, ModbusIndicatorPeer
from tests.drivers.harnesses.modbus_scale import ModbusIndicatorHarness

MAKERS: tuple[Maker, ...] = ("laumas", "dini-argeo", "flintec-ft11", "flintec-ft111", "hbm-wtx")
PATIENCE = Millis(300)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ModbusIndicatorHarness]:
    with ModbusIndicatorHarness(tmp_path) as made:
        yield made


@pytest.fixture
def driver(harness: ModbusIndicatorHarness) -> Iterator[Driver]:
    made = harness.opened()
    yield made
    made.close()


def ask_weight(driver: Driver, patience: int = 8000) -> list[Reading]:
    """Everything up to the answer of a weighing."""
    order = TakeWeight("w1", Tick(now() + 1000), Millis(1000), kilograms(20), Millis(patience))
    assert driver.obey(order, PATIENCE).code == "accepted"
    return poll_until(driver, (WeighingWindow, WeighingFailed))


def poll_until(driver: Driver, kinds: tuple[type, ...], seconds: float = 10) -> list[Reading]:
    end = now() + int(seconds * 1000)
    seen: list[Reading] = []
    while now() < end:
        seen += driver.poll(Millis(50))
        if any(isinstance(reading, kinds) for reading in seen):
            return seen
    raise AssertionError(f"none of {kinds} within {seconds} s: {seen}")


def fault_from(driver: Driver) -> DeviceFault:
    end = now() + 10_000
    while now() < end:
        try:
            driver.poll(Millis(50))
        except DeviceFault as error:
            return error
    raise AssertionError("no fault within 10 s")


def test_a_truck_at_rest_is_weighed(harness: ModbusIndicatorHarness, driver: Driver) -> None:
    (window,) = [reading for reading in ask_weight(driver) if isinstance(reading, WeighingWindow)]
    assert (window.mass, window.spread) == (kilograms(20_000), Grams(0))
    assert window.frames >= 5
    assert len(window.raw) == window.frames


def test_a_deaf_indicator_is_silent_and_comes_back(harness: ModbusIndicatorHarness, driver: Driver) -> None:
    with harness.lock:
        harness.peer.faults.silent = True
    assert fault_from(driver).fault.code == "silent"
    driver.close()
    with harness.lock:
        harness.peer.faults.silent = False
    again = harness.opened()
    poll_until(again, (DeckSample,))
    again.close()


def test_a_frozen_counter_is_no_measurement(tmp_path: Path) -> None:
    with ModbusIndicatorHarness(tmp_path, "flintec-ft111") as harness:
        driver = harness.opened()
        poll_until(driver, (DeckSample,))
        with harness.lock:
            harness.peer.is_frozen = True
        assert fault_from(driver).fault.code == "frozen"
        driver.close()


def test_other_decimals_than_declared_are_unfit(tmp_path: Path) -> None:
    with ModbusIndicatorHarness(tmp_path, "flintec-ft111") as harness:
        s = harness.settings
        harness.settings = ModbusIndicatorSettings(
            s.kind, s.profile, host=s.host, port=s.port, decimals=1, silence=Millis(800)
        )
        driver = harness.opened()
        assert fault_from(driver).fault.code == "unfit"
        driver.close()


def test_a_wrong_map_is_refused_by_name_at_open(tmp_path: Path) -> None:
    with ModbusIndicatorHarness(tmp_path, "hbm-wtx") as harness:
        s = harness.settings
        harness.settings = ModbusIndicatorSettings(s.kind, "flintec-ft111", host=s.host, port=s.port)
        with pytest.raises(DeviceFault, match="illegal data address") as caught:
            harness.opened()
        assert caught.value.fault.code == "refused"


class VirtualScale:
    """A scale on a serial bus whose time passes only in `live`."""

    def __init__(self, maker: Maker, load: Grams) -> None:
        self.tick = 1000
        self.deck = DeckModel()
        self.deck.set_load(load)
        self.deck.advance(Millis(20_000))
        self.peer = ModbusIndicatorPeer(self.deck, maker, unit=3, is_rtu=True, is_low_first=True)
        settings = ModbusIndicatorSettings("modbus-indicator", maker, bus="yard", unit=3, words="low-first")
        wire = LoopbackLink(self.peer, self.clock)
        self.driver = ModbusIndicatorDriver("scale", settings, Tools(self.clock, Path("/nonexistent"), wire))
        self.detail = self.driver.open().detail

    def clock(self) -> Tick:
        return Tick(self.tick)

    def weigh(self, patience: int = 15_000) -> list[Reading]:
        order = TakeWeight("w", Tick(self.tick + 500), Millis(1000), kilograms(20), Millis(patience))
        assert self.driver.obey(order, PATIENCE).code == "accepted"
        return self.live(patience + 1000)

    def live(self, duration: int) -> list[Reading]:
        found: list[Reading] = []
        for _ in range(duration // 50):
            self.tick += 50
            self.deck.advance(Millis(50))
            found += self.driver.poll(Millis(0))
        return found


@pytest.mark.parametrize("maker", MAKERS)
def test_a_swinging_deck_gives_no_weight_before_it_rests(maker: Maker) -> None:
    scale = VirtualScale(maker, kilograms(0))
    assert scale.detail.startswith("asking every 200 ms on bus yard unit 3")
    scale.live(1000)
    scale.deck.set_load(kilograms(42_140))
    readings = scale.weigh()
    assert [found.mass for found in readings if isinstance(found, WeighingWindow)] == [kilograms(42_140)]
    assert any(isinstance(found, DeckSample) and found.moving for found in readings)
    assert scale.peer.writes == 0


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_mass_out_of_range_is_no_weight(maker: Maker, sign: int) -> None:
    scale = VirtualScale(maker, kilograms(0))
    beyond = scale.deck.maximum + 20 * scale.deck.division if sign > 0 else -30 * scale.deck.division
    scale.deck.set_zero_error(Grams(beyond))
    scale.deck.set_load(Grams(0))
    scale.live(3000)
    (failed,) = [found for found in scale.weigh(3000) if isinstance(found, WeighingFailed)]
    assert failed.reason == "out-of-range"


@pytest.mark.parametrize("maker", [maker for maker in MAKERS if maker != "dini-argeo"])  # its status has no such bit
def test_a_broken_cell_is_a_fault_with_a_next_step(maker: Maker) -> None:
    scale = VirtualScale(maker, kilograms(16_360))
    scale.peer.is_cell_broken = True
    with pytest.raises(DeviceFault) as caught:
        scale.live(1000)
    assert (caught.value.fault.code, "load cells" in caught.value.fault.next_step) == ("refused", True)


@pytest.mark.parametrize("both", [{"host": "127.0.0.1", "bus": "yard"}, {}])
def test_a_host_or_a_bus_and_never_both(both: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="host or a bus"):
        ModbusIndicatorSettings("modbus-indicator", "laumas", **both)  # type: ignore[arg-type]
