"""The driver of ASCII lines against the peer: over a loopback with the clock in hand, and over a real pty."""

import time
from pathlib import Path
from typing import Literal

import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.orders import RaiseBoom, TakeWeight
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import BytesRefused, DeckSample, Reading, WeighingFailed, WeighingWindow
from drivers.links.loopback_link import Damage
from drivers.weighbridge.ascii_codec import Profile
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.ascii_peer import AsciiPeer, Form
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault
from tests.drivers.harnesses.weighbridge import AsciiHarness
from tests.drivers.scale_bench import ScaleBench, readings_of

FORMS: tuple[Form, ...] = (
    "st-gs", "st-gs-glued", "st", "flintec-ft11d", "flintec-fast", "vishay-vt220", "ohaus"
)  # fmt: skip


class Bench(ScaleBench):
    """With an indicator that sends lines; `declared` is what the settings say of its `form`."""

    def __init__(
        self,
        form: Form = "st-gs",
        *,
        declared: Profile | None = None,
        unit: Literal["kg", "g", "t", "lb"] = "kg",
        decimals: int = 0,
        damage: Damage | None = None,
        seed: int = 0,
    ) -> None:
        deck = DeckModel(seed=seed)
        self.peer = AsciiPeer(deck, form=form, unit=unit, decimals=decimals, seed=seed)
        profile = declared or ("st-gs" if form == "st-gs-glued" else form)
        settings = AsciiSettings("ascii-indicator", "loopback", profile)
        super().__init__(deck, self.peer, lambda tools: AsciiDriver("scale", settings, tools), damage)


@pytest.mark.parametrize("form", FORMS)
def test_a_truck_is_weighed_to_its_division_and_nothing_is_sent(form: Form) -> None:
    bench = Bench(form)
    bench.run(2000)
    bench.deck.set_load(Grams(36_375_000))
    bench.weigh()
    readings = bench.run(12_000)
    (window,) = readings_of(readings, WeighingWindow)
    assert (window.order_id, window.mass) == ("w1", kilograms(36_380))
    samples = readings_of(readings, DeckSample)
    assert samples[-1] == DeckSample(kilograms(36_380), moving=False, valid=True)
    assert 3 <= len(samples) <= 30
    assert bench.peer.heard == b""


@pytest.mark.parametrize(("unit", "decimals"), [("g", 0), ("t", 2), ("kg", 1)])
def test_exact_units_other_than_kilograms_weigh_the_same(unit: Literal["kg", "g", "t"], decimals: int) -> None:
    bench = Bench(unit=unit, decimals=decimals)
    bench.deck.set_load(kilograms(36_380))
    bench.run(8000)
    bench.weigh()
    (window,) = readings_of(bench.run(2500), WeighingWindow)
    assert window.mass == kilograms(36_380)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(2))
def test_a_bad_wire_costs_lines_but_never_makes_a_weight(form: Form, seed: int) -> None:
    damage = Damage(seed, Permille(50), Millis(30), flip=Permille(8), drop=Permille(1), duplicate=Permille(1))
    bench = Bench(form, damage=damage, seed=seed)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    windows: list[WeighingWindow] = []
    for n in range(5):
        bench.weigh(f"w{n}", patience=4000)
        windows += readings_of(bench.run(4100), WeighingWindow)
    assert {window.mass for window in windows} == {kilograms(20_000)}


@pytest.mark.parametrize("seed", range(4))
def test_no_weight_is_taken_from_a_deck_that_still_swings(seed: int) -> None:
    bench = Bench("flintec-ft11d", seed=seed)
    bench.weigh()
    for load in (9_000, 21_000, 30_000):  # an axle group at a time
        bench.deck.set_load(kilograms(load))
        assert readings_of(bench.run(1500), WeighingWindow) == []
    (window,) = readings_of(bench.run(12_000), WeighingWindow)
    assert window.mass == kilograms(30_000)


@pytest.mark.parametrize("form", FORMS)
def test_single_claims_of_a_still_deck_in_the_middle_of_a_swing_are_no_weight(form: Form) -> None:
    bench = Bench(form)
    bench.deck.set_load(kilograms(30_000))
    bench.weigh()
    for _ in range(10):
        bench.peer.fail("false-stable", frames=1)
        assert readings_of(bench.run(200), WeighingWindow) == []
        assert bench.deck.moving


@pytest.mark.parametrize("form", ["st-gs", "st-gs-glued", "st", "flintec-ft11d", "flintec-fast"])
def test_a_deck_out_of_range_gives_samples_that_are_not_valid_and_no_weight(form: Form) -> None:
    bench = Bench(form)
    bench.deck.set_zero_error(kilograms(90_000))
    bench.weigh(patience=3000)
    readings = bench.run(3500)
    assert {sample.valid for sample in readings_of(readings, DeckSample)} == {False}
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "out-of-range")]
    assert readings_of(readings, WeighingWindow) == []


@pytest.mark.parametrize("trouble", ["A.OUT", "L-VOLT"])
@pytest.mark.parametrize("form", ["flintec-ft11d", "flintec-fast"])
def test_an_indicator_that_tells_of_its_own_trouble_is_unfit(form: Form, trouble: Literal["A.OUT", "L-VOLT"]) -> None:
    bench = Bench(form)
    bench.run(500)
    bench.peer.trouble = trouble
    bench.weigh()
    readings, code = bench.run_to_fault(2300)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "unfit"


@pytest.mark.parametrize("form", ["st-gs", "st-gs-glued", "flintec-ft11d", "ohaus"])
def test_net_is_no_gross_weight_and_a_fault_until_the_tare_is_cleared(form: Form) -> None:
    bench = Bench(form)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    bench.peer.tare = kilograms(5_000)
    bench.weigh()
    readings, code = bench.run_to_fault(2300)
    assert readings_of(readings, WeighingWindow) == []
    assert code == "unfit"
    bench.peer.tare = Grams(0)
    bench.driver.close()
    bench.driver.open()
    bench.weigh()
    (window,) = readings_of(bench.run(2500), WeighingWindow)
    assert window.mass == kilograms(20_000)


@pytest.mark.parametrize(("unit", "decimals"), [("lb", 0), ("g", 1)])
def test_another_unit_and_parts_of_a_gram_are_refused(unit: Literal["g", "lb"], decimals: int) -> None:
    readings, code = Bench(unit=unit, decimals=decimals).run_to_fault(2300)
    assert readings_of(readings, DeckSample) == []
    assert code == "unfit"


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_deck_below_zero_is_read_with_its_sign(form: Form) -> None:
    bench = Bench(form)
    bench.deck.set_zero_error(kilograms(-40))
    bench.weigh()
    (window,) = readings_of(bench.run(2500), WeighingWindow)
    assert window.mass == kilograms(-40)


@pytest.mark.parametrize("fault", ["silent", "setup-menu"])
def test_silence_fails_the_weighing_and_then_the_driver(fault: IndicatorFault) -> None:
    bench = Bench()
    bench.run(1500)
    bench.weigh()
    bench.run(500)
    bench.peer.fail(fault)
    readings, code = bench.run_to_fault(2300)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "silent"
    bench.peer.mend()
    bench.driver.close()
    bench.driver.open()
    assert readings_of(bench.run(500), DeckSample)


def test_a_form_that_was_not_declared_is_hinted_at_and_then_a_fault() -> None:
    readings, code = Bench("st", declared="st-gs").run_to_fault(2300)
    assert [refused.hint for refused in readings_of(readings, BytesRefused)] == ["wrong-protocol?"]
    assert readings_of(readings, DeckSample) == []
    assert code == "garbled"


def test_noise_is_hinted_at_and_then_a_fault() -> None:
    bench = Bench()
    bench.peer.fail("noise")
    readings, code = bench.run_to_fault(2300)
    assert [refused.hint for refused in readings_of(readings, BytesRefused)] == ["wrong-baud?"]
    assert code == "garbled"


@pytest.mark.parametrize("fault", ["garbage-prefix", "torn", "doubled", "noise"])
@pytest.mark.parametrize("form", FORMS)
def test_a_spoilt_line_among_good_ones_changes_no_weight(form: Form, fault: IndicatorFault) -> None:
    bench = Bench(form, seed=2)
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    windows: list[WeighingWindow] = []
    for _ in range(10):
        bench.peer.fail(fault, frames=1)
        windows += readings_of(bench.run(400), WeighingWindow)
    assert [window.mass for window in windows] == [kilograms(20_000)]


def test_no_order_reaches_the_indicator() -> None:
    bench = Bench()
    bench.weigh()
    assert bench.driver.obey(RaiseBoom("b1", Tick(99_999)), Millis(300)).code == "refused"
    late = TakeWeight("w2", Tick(bench.tick - 1), Millis(1000), kilograms(20), Millis(5000))
    assert bench.driver.obey(late, Millis(300)).code == "expired"
    bench.run(3000)
    bench.driver.close()
    assert bench.peer.heard == b""


def test_on_a_real_pty_the_wrong_form_is_a_fault_and_the_right_one_a_weight(tmp_path: Path) -> None:
    with AsciiHarness(tmp_path) as harness:
        right = harness.settings
        harness.settings = AsciiSettings("ascii-indicator", str(harness.port.name), "vishay-vt220", silence=Millis(500))
        with pytest.raises(DeviceFault) as caught:
            _first(harness, DeckSample)
        assert caught.value.fault.code == "garbled"
        assert "form" in caught.value.fault.next_step
        harness.settings = right
        assert _first(harness, DeckSample) == DeckSample(kilograms(20_000), moving=False, valid=True)
        assert harness.acts() == 0


def _first(harness: AsciiHarness, kind: type[Reading]) -> Reading:
    driver = harness.driver()
    driver.open()
    end = time.monotonic() + 5
    try:
        while time.monotonic() < end:
            if found := readings_of(list(driver.poll(Millis(50))), kind):
                return found[0]
    finally:
        driver.close()
    raise AssertionError(f"no {kind.__name__} within 5 s")
