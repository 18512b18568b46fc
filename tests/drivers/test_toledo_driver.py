"""The Toledo driver against the peer: over a real pty with real time, and over a loopback with the clock in hand."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import RaiseBoom, TakeWeight
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import BytesRefused, DeckSample, Reading, WeighingFailed, WeighingWindow
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage
from drivers.links.pacing import PtyPort
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.toledo_peer import ToledoPeer
from tests.drivers.scale_bench import ScaleBench, readings_of


class Bench(ScaleBench):
    """With a Toledo indicator."""

    def __init__(self, damage: Damage | None = None, seed: int = 0, settings: ToledoSettings | None = None) -> None:
        deck = DeckModel(seed=seed)
        self.peer = ToledoPeer(deck, seed=seed)
        chosen = settings or ToledoSettings("toledo-continuous", "loopback")
        super().__init__(deck, self.peer, lambda tools: ToledoDriver("scale", chosen, tools), damage)


def test_a_truck_is_weighed_to_its_division_and_nothing_is_sent() -> None:
    bench = Bench()
    bench.run(1000)
    bench.deck.set_load(Grams(36_375_000))
    bench.weigh()
    readings = bench.run(12_000)
    (window,) = readings_of(readings, WeighingWindow)
    assert (window.order_id, window.mass) == ("w1", kilograms(36_380))
    assert window.frames >= 5
    samples = readings_of(readings, DeckSample)
    assert samples[-1] == DeckSample(kilograms(36_380), moving=False, valid=True)
    assert 3 <= len(samples) <= 30
    assert bench.peer.heard == b""


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_wire_costs_frames_but_never_makes_a_weight(seed: int) -> None:
    damage = Damage(seed, Permille(50), Millis(30), flip=Permille(4), drop=Permille(4), duplicate=Permille(4))
    bench = Bench(damage, seed)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    bench.weigh()
    readings = bench.run(15_100)
    assert [window.mass for window in readings_of(readings, WeighingWindow)] == [kilograms(20_000)]
    assert {sample.mass for sample in readings_of(readings, DeckSample)} <= {kilograms(20_000)}
    assert bench.peer.heard == b""


def test_a_single_false_stable_frame_makes_no_weight() -> None:
    bench = Bench(seed=3)
    bench.deck.set_load(kilograms(30_000))
    bench.weigh()
    bench.run(700)
    bench.peer.fail("false-stable", frames=1)
    windows = readings_of(bench.run(12_000), WeighingWindow)
    assert [window.mass for window in windows] == [kilograms(30_000)]


def test_a_deck_that_never_rests_gives_no_weight() -> None:
    bench = Bench()
    bench.weigh(patience=4000)
    failed: list[WeighingFailed] = []
    for n in range(12):
        bench.deck.set_load(kilograms(20_000 + 3000 * (n % 2)))
        failed += readings_of(bench.run(500), WeighingFailed)
    assert failed == [WeighingFailed("w1", "unstable")]


@pytest.mark.parametrize(("error", "reason"), [(90_000, "out-of-range"), (-1000, "out-of-range")])
def test_out_of_range_is_no_weight(error: int, reason: str) -> None:
    bench = Bench()
    bench.deck.set_zero_error(kilograms(error))
    bench.weigh(patience=3000)
    readings = bench.run(3200)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", reason)]  # type: ignore[arg-type]
    assert not any(sample.valid for sample in readings_of(readings, DeckSample))


def test_a_scale_that_lost_its_zero_is_no_weight() -> None:
    bench = Bench()
    bench.deck.zeroed = False
    bench.weigh(patience=3000)
    assert readings_of(bench.run(3200), WeighingFailed) == [WeighingFailed("w1", "not-zeroed")]


def test_net_display_is_turned_back_into_gross() -> None:
    bench = Bench()
    bench.deck.set_load(kilograms(10_000))
    bench.run(8000)
    bench.peer.tare = kilograms(4000)
    bench.weigh()
    assert [window.mass for window in readings_of(bench.run(3000), WeighingWindow)] == [kilograms(10_000)]


@pytest.mark.parametrize("fault", ["silent", "setup-menu"])
def test_silence_fails_the_weighing_and_then_the_driver(fault: str) -> None:
    bench = Bench()
    bench.run(500)
    bench.weigh()
    bench.peer.fail(fault)  # type: ignore[arg-type]
    readings, code = bench.run_to_fault(2200)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "silent"
    bench.peer.mend()
    bench.driver.close()
    bench.driver.open()
    assert readings_of(bench.run(500), DeckSample) == [DeckSample(Grams(0), moving=False, valid=True)]


def test_noise_is_hinted_at_and_then_a_fault() -> None:
    bench = Bench()
    bench.peer.fail("noise")
    (refused,) = bench.run(1900)
    assert isinstance(refused, BytesRefused)
    assert refused.hint == "wrong-baud?"
    with pytest.raises(DeviceFault) as caught:
        bench.run(300)
    assert caught.value.fault.code == "garbled"


def test_a_missing_checksum_is_hinted_at_as_another_protocol() -> None:
    bench = Bench(settings=ToledoSettings("toledo-continuous", "loopback", brand="flintec"))
    assert [refused.hint for refused in readings_of(bench.run(1900), BytesRefused)] == ["wrong-protocol?"]


def test_pounds_are_refused() -> None:
    bench = Bench()
    bench.peer._unit = "lb"
    assert readings_of(bench.run(1900), DeckSample) == []
    with pytest.raises(DeviceFault) as caught:
        bench.run(300)
    assert caught.value.fault.code == "unfit"


def test_joining_in_the_middle_of_a_frame_is_no_complaint() -> None:
    bench = Bench()
    bench.peer.fail("torn", frames=1)
    readings = bench.run(1900)
    assert readings_of(readings, BytesRefused) == []
    assert len(readings_of(readings, DeckSample)) == 1


def test_bad_checksums_among_good_frames_are_counted_once_a_minute() -> None:
    bench = Bench()
    bench.run(500)
    readings: list[Reading] = []
    for _ in range(60):
        bench.peer.fail("wrong-checksum", frames=1)
        readings += bench.run(1000)
    refused = readings_of(readings, BytesRefused)
    assert 1 <= len(refused) <= 2
    assert readings_of(readings, WeighingWindow) == []


def test_orders() -> None:
    bench = Bench()
    order = bench.weigh()
    late = replace(order, order_id="w2", not_after=Tick(bench.tick - 1))
    assert bench.driver.obey(late, Millis(300)).code == "expired"
    assert bench.driver.obey(RaiseBoom("b1", Tick(99_999)), Millis(300)).code == "refused"
    bench.run(700)
    assert bench.driver.obey(order, Millis(300)).code == "accepted"  # again: does not begin anew
    windows = readings_of(bench.run(600), WeighingWindow)
    assert [window.order_id for window in windows] == ["w1"]
    assert bench.peer.heard == b""


class Yard:
    """The same things on a real pty in real time."""

    def __init__(self, tmp_path: Path) -> None:
        self.deck = DeckModel(seed=4)
        self.peer = ToledoPeer(self.deck)
        self.port = PtyPort(tmp_path / "scale", self.peer, baud=9600)
        self.settings = ToledoSettings("toledo-continuous", str(self.port.name), silence=Millis(700))
        self.driver = ToledoDriver("scale", self.settings, Tools(now, tmp_path))
        self._last = now()

    def service(self) -> None:
        tick = now()
        self.deck.advance(Millis(tick - self._last))
        self._last = tick
        self.port.service(tick)

    def until(self, wanted: Callable[[Reading], bool], deadline_s: float) -> list[Reading]:
        readings: list[Reading] = []
        end = time.monotonic() + deadline_s
        while not any(map(wanted, readings)):
            assert time.monotonic() < end, f"waited {deadline_s} s in vain; got {readings}"
            self.service()
            readings += self.driver.poll(Millis(5))
        return readings

    def fault(self, deadline_s: float) -> str:
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            self.service()
            try:
                self.driver.poll(Millis(5))
            except DeviceFault as caught:
                return caught.fault.code
        return "no fault"


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = Yard(tmp_path)
    yield made
    made.driver.close()
    made.port.close()


def test_on_a_real_pty_a_load_is_seen_and_weighed(yard: Yard) -> None:
    yard.driver.open()
    yard.until(lambda reading: reading == DeckSample(Grams(0), moving=False, valid=True), 3)
    yard.deck.set_zero_error(kilograms(12_340))  # appears at once; the deck need not swing for this test
    yard.until(lambda reading: isinstance(reading, DeckSample) and reading.mass == kilograms(12_340), 3)
    order = TakeWeight("w1", Tick(now() + 1000), Millis(800), kilograms(20), Millis(10_000))
    assert yard.driver.obey(order, Millis(300)).code == "accepted"
    readings = yard.until(lambda reading: isinstance(reading, WeighingWindow), 6)
    (window,) = readings_of(readings, WeighingWindow)
    assert window.mass == kilograms(12_340)
    assert window.ended - window.began >= 800
    assert yard.peer.heard == b"", "a scale is only listened to"


def test_on_a_real_pty_unplugged_is_a_fault_and_replugged_works(yard: Yard) -> None:
    yard.driver.open()
    yard.until(lambda reading: isinstance(reading, DeckSample), 3)
    yard.port.unplug()
    assert yard.fault(1) == "port-missing"
    with pytest.raises(DeviceFault) as caught:
        yard.driver.open()
    assert caught.value.fault.code == "port-missing"
    yard.port.replug()
    yard.driver.open()
    yard.until(lambda reading: isinstance(reading, DeckSample), 3)


def test_on_a_real_pty_silence_is_a_fault_in_time(yard: Yard) -> None:
    yard.driver.open()
    yard.until(lambda reading: isinstance(reading, DeckSample), 3)
    yard.peer.fail("silent")
    began = time.monotonic()
    assert yard.fault(3) == "silent"
    assert time.monotonic() - began < 2


def test_on_a_real_pty_two_drivers_cannot_share_the_scale(yard: Yard, tmp_path: Path) -> None:
    yard.driver.open()
    second = ToledoDriver("second", yard.settings, Tools(now, tmp_path))
    with pytest.raises(DeviceFault) as caught:
        second.open()
    assert caught.value.fault.code == "port-busy"
    second.close()
    yard.until(lambda reading: isinstance(reading, DeckSample), 3)
