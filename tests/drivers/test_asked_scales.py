"""Scales that are asked, whatever they speak: MT-SICS, SMA and Rinstrum, with the clock in hand."""

from collections.abc import Callable

import pytest

from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ChangeScale
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import DeckSample, WeighingFailed, WeighingWindow
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault
from drivers.weighbridge.mt_sics import SicsDriver, SicsSettings
from drivers.weighbridge.mt_sics_peer import SicsPeer
from drivers.weighbridge.rinstrum import RinstrumDriver, RinstrumSettings
from drivers.weighbridge.rinstrum_peer import RinstrumPeer
from drivers.weighbridge.sma import SmaDriver, SmaSettings
from drivers.weighbridge.sma_peer import SmaPeer
from tests.drivers.scale_bench import ScaleBench, readings_of

Kind = tuple[Callable[[DeckModel], AskedPeer], Callable[[Tools], Driver]]

KINDS: dict[str, Kind] = {
    "mt-sics": (SicsPeer, lambda tools: SicsDriver("scale", SicsSettings("mt-sics", "loopback"), tools)),
    "sma": (SmaPeer, lambda tools: SmaDriver("scale", SmaSettings("sma", "loopback"), tools)),
    "rinstrum": (RinstrumPeer, lambda tools: RinstrumDriver("scale", RinstrumSettings("rinstrum", "loopback"), tools)),
    "rinstrum-plain": (
        lambda deck: RinstrumPeer(deck, checksum=False),
        lambda tools: RinstrumDriver("scale", RinstrumSettings("rinstrum", "loopback", checksum=False), tools),
    ),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


class Bench(ScaleBench):
    """With an indicator of `kind` that answers after `delay`."""

    def __init__(self, kind: str, *, delay: int = 10, seed: int = 0, damage: Damage | None = None) -> None:
        deck = DeckModel(seed=seed)
        make_peer, make_driver = KINDS[kind]
        self.peer = make_peer(deck)
        self.peer.delay = Millis(delay)
        super().__init__(deck, self.peer, make_driver, damage)


@each_kind
def test_a_truck_is_weighed_and_nothing_is_changed(kind: str) -> None:
    bench = Bench(kind)
    bench.run(2000)
    bench.deck.set_load(Grams(36_375_000))
    bench.weigh()
    readings = bench.run(12_000)
    (window,) = readings_of(readings, WeighingWindow)
    assert (window.order_id, window.mass) == ("w1", kilograms(36_380))
    assert readings_of(readings, DeckSample)[-1] == DeckSample(kilograms(36_380), moving=False, valid=True)
    order = ChangeScale("c1", Tick(bench.tick + 1000), "zero")
    assert bench.driver.obey(order, Millis(300)).code == "refused"
    bench.run(500)
    assert not bench.peer.acts


@each_kind
@pytest.mark.parametrize("error", [90_000, -1_000])
def test_out_of_range_is_told_and_no_weight(kind: str, error: int) -> None:
    bench = Bench(kind)
    bench.deck.set_zero_error(kilograms(error))
    bench.weigh(patience=3000)
    readings = bench.run(3500)
    assert {sample.valid for sample in readings_of(readings, DeckSample)} == {False}
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "out-of-range")]


@each_kind
def test_single_claims_of_a_still_deck_in_the_middle_of_a_swing_are_no_weight(kind: str) -> None:
    bench = Bench(kind)
    bench.deck.set_load(kilograms(30_000))
    bench.weigh()
    for _ in range(6):
        bench.peer.fail("false-stable", frames=1)
        assert readings_of(bench.run(300), WeighingWindow) == []
        assert bench.deck.moving


@each_kind
def test_a_late_answer_is_no_answer_to_the_next_question(kind: str) -> None:
    bench = Bench(kind, delay=310)
    bench.weigh()
    readings, code = bench.run_to_fault(3000)
    assert readings_of(readings, DeckSample) == []
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "silent"


@each_kind
@pytest.mark.parametrize("fault", ["garbage-prefix", "torn", "doubled", "noise", "silent"])
def test_a_spoilt_answer_among_good_ones_changes_no_weight(kind: str, fault: IndicatorFault) -> None:
    bench = Bench(kind, seed=2)
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    windows: list[WeighingWindow] = []
    for _ in range(4):
        bench.peer.fail(fault, frames=1)
        windows += readings_of(bench.run(3000), WeighingWindow)
    assert [window.mass for window in windows] == [kilograms(20_000)]


@each_kind
@pytest.mark.parametrize("seed", range(2))
def test_a_bad_wire_costs_answers_but_never_makes_a_weight(kind: str, seed: int) -> None:
    damage = Damage(seed, Permille(10), Millis(10), flip=Permille(1), drop=Permille(1), duplicate=Permille(1))
    bench = Bench(kind, damage=damage, seed=seed)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    windows: list[WeighingWindow] = []
    for n in range(5):
        bench.weigh(f"w{n}", patience=8000)
        windows += readings_of(bench.run(8100), WeighingWindow)
    assert {window.mass for window in windows} == {kilograms(20_000)}


@each_kind
@pytest.mark.parametrize(("fault", "code"), [("silent", "silent"), ("noise", "garbled")])
def test_no_answer_that_can_be_read_is_a_fault_and_then_over(kind: str, fault: IndicatorFault, code: str) -> None:
    bench = Bench(kind)
    bench.run(1000)
    bench.peer.fail(fault)
    assert bench.run_to_fault(3000)[1] == code
    bench.peer.mend()
    bench.driver.close()
    bench.driver.open()
    assert readings_of(bench.run(1000), DeckSample)


def test_a_converter_that_stands_is_frozen_though_every_answer_is_fresh() -> None:
    bench = Bench("rinstrum")
    peer = bench.peer
    assert isinstance(peer, RinstrumPeer)
    bench.run(1000)
    peer.adc_stands = True
    with pytest.raises(DeviceFault) as caught:
        bench.run(3000)
    assert caught.value.fault.code == "frozen"
    peer.adc_stands = False
    bench.driver.close()
    bench.driver.open()
    assert readings_of(bench.run(1000), DeckSample)


def test_an_indicator_in_its_menu_is_unfit() -> None:
    bench = Bench("rinstrum")
    peer = bench.peer
    assert isinstance(peer, RinstrumPeer)
    peer.in_menu = True
    assert bench.run_to_fault(3000)[1] == "unfit"


def test_a_zero_that_was_not_taken_is_told_where_the_protocol_can() -> None:
    bench = Bench("sma")
    bench.deck.zeroed = False
    bench.weigh(patience=3000)
    assert readings_of(bench.run(3500), WeighingFailed) == [WeighingFailed("w1", "not-zeroed")]
