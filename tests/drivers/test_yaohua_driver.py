"""The Yaohua driver against the peer: over a loopback with the clock in hand, and over a real pty."""

import time
from pathlib import Path
from typing import Literal

import pytest

from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import RaiseBoom, TakeWeight
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import BytesRefused, DeckSample, Reading, WeighingFailed, WeighingWindow
from drivers.links.loopback_link import Damage
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault
from drivers.weighbridge.yaohua_codec import Profile
from drivers.weighbridge.yaohua_driver import YaohuaDriver, YaohuaSettings
from drivers.weighbridge.yaohua_peer import YaohuaPeer
from tests.drivers.harnesses.weighbridge import YaohuaHarness
from tests.drivers.scale_bench import ScaleBench, readings_of


class Bench(ScaleBench):
    """With a Yaohua indicator; `declared` is what the settings say of its `form`."""

    def __init__(
        self,
        form: Profile = "xor",
        *,
        declared: Profile | None = None,
        decimals: int = 0,
        beyond: Literal["silent", "frozen"] = "silent",
        damage: Damage | None = None,
        seed: int = 0,
    ) -> None:
        deck = DeckModel(seed=seed)
        self.peer = YaohuaPeer(deck, form=form, decimals=decimals, beyond=beyond, seed=seed)
        settings = YaohuaSettings("yaohua-xk3190", "loopback", declared or form)
        super().__init__(deck, self.peer, lambda tools: YaohuaDriver("scale", settings, tools), damage)


@pytest.mark.parametrize("form", ["xor", "equals", "equals-reversed", "a12"])
def test_a_truck_is_weighed_to_its_division_and_nothing_is_sent(form: Profile) -> None:
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


@pytest.mark.parametrize("form", ["xor", "equals", "equals-reversed", "a12"])
@pytest.mark.parametrize("seed", range(3))
def test_a_bad_wire_costs_frames_but_never_makes_a_weight(form: Profile, seed: int) -> None:
    damage = Damage(seed, Permille(50), Millis(30), flip=Permille(1), drop=Permille(1), duplicate=Permille(1))
    bench = Bench(form, damage=damage, seed=seed)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    windows: list[WeighingWindow] = []
    for n in range(5):
        bench.weigh(f"w{n}", patience=4000)
        windows += readings_of(bench.run(4100), WeighingWindow)
    assert {window.mass for window in windows} <= {kilograms(20_000)}
    assert windows or form.startswith("equals"), "a checksum leaves only good frames, and they are enough"


@pytest.mark.parametrize("seed", range(6))
def test_no_weight_is_taken_from_a_deck_that_still_swings(seed: int) -> None:
    bench = Bench(seed=seed)
    bench.weigh()
    for load in (9_000, 21_000, 30_000):  # an axle group at a time
        bench.deck.set_load(kilograms(load))
        assert readings_of(bench.run(1500), WeighingWindow) == []
    (window,) = readings_of(bench.run(12_000), WeighingWindow)
    assert window.mass == kilograms(30_000)


def test_a_deck_that_never_rests_gives_no_weight() -> None:
    bench = Bench()
    bench.weigh(patience=4000)
    readings: list[Reading] = []
    for n in range(12):
        bench.deck.set_load(kilograms(20_000 + 3000 * (n % 2)))
        readings += bench.run(500)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "unstable")]
    assert all(sample.moving for sample in readings_of(readings, DeckSample))


def test_a_deck_counts_as_moving_until_a_second_was_seen() -> None:
    bench = Bench()
    assert [sample.moving for sample in readings_of(bench.run(900), DeckSample)] == [True]
    assert [sample.moving for sample in readings_of(bench.run(300), DeckSample)] == [False]


def test_an_empty_deck_below_zero_is_read_with_its_sign() -> None:
    bench = Bench()
    bench.deck.set_zero_error(kilograms(-40))
    bench.weigh()
    (window,) = readings_of(bench.run(2500), WeighingWindow)
    assert window.mass == kilograms(-40)


@pytest.mark.parametrize("fault", ["silent", "setup-menu"])
def test_silence_fails_the_weighing_and_then_the_driver(fault: IndicatorFault) -> None:
    bench = Bench()
    bench.run(1500)
    bench.deck.set_load(kilograms(20_000))
    bench.weigh()
    bench.run(1000)
    bench.peer.fail(fault)
    readings, code = bench.run_to_fault(2200)
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "silent"
    bench.peer.mend()
    bench.driver.close()
    bench.driver.open()
    assert readings_of(bench.run(500), DeckSample)


def test_a_deck_out_of_range_makes_the_peer_silent_or_frozen_and_the_manuals_do_not_say_which() -> None:
    """Silent is seen. Frozen is not: no flag, and a value repeated for ever looks like a load at rest."""
    silent = Bench()
    silent.deck.set_zero_error(kilograms(90_000))
    assert silent.run_to_fault(2200)[1] == "silent"
    frozen = Bench(beyond="frozen")
    frozen.run(1500)
    frozen.deck.set_zero_error(kilograms(90_000))
    frozen.weigh(patience=5000)
    (window,) = readings_of(frozen.run(5000), WeighingWindow)
    assert window.mass == 0, "what was shown last"


def test_a12_tells_out_of_range_and_net() -> None:
    bench = Bench("a12")
    bench.deck.set_zero_error(kilograms(90_000))
    bench.weigh(patience=3000)
    readings = bench.run(3500)
    assert {sample.valid for sample in readings_of(readings, DeckSample)} == {False}
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "out-of-range")]
    bench.deck.set_zero_error(Grams(0))
    bench.peer.tare = kilograms(5_000)
    assert bench.run_to_fault(2500)[1] == "unfit"


def test_a_form_that_was_not_declared_is_hinted_at_and_then_a_fault() -> None:
    bench = Bench("equals-reversed", declared="xor")
    readings, code = bench.run_to_fault(2200)
    assert [refused.hint for refused in readings_of(readings, BytesRefused)] == ["wrong-protocol?"]
    assert readings_of(readings, DeckSample) == []
    assert code == "garbled"


def test_a_form_that_somebody_switches_in_the_menu_is_a_fault_and_no_other_weight() -> None:
    bench = Bench()
    bench.deck.set_load(kilograms(16_300))  # reversed it would be 361 t
    bench.run(9000)
    bench.peer._form = "equals-reversed"
    bench.weigh()
    readings, code = bench.run_to_fault(2200)
    assert readings_of(readings, DeckSample) == []
    assert readings_of(readings, WeighingWindow) == []
    assert code == "garbled"


def test_a_point_that_somebody_moves_changes_no_mass() -> None:
    bench = Bench()
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    bench.run(500)
    bench.peer._decimals = 1
    (window,) = readings_of(bench.run(1000), WeighingWindow)
    assert (window.mass, window.spread) == (kilograms(20_000), 0)


def test_a_truck_that_drives_off_during_its_weighing_leaves_no_weight_but_the_empty_decks() -> None:
    bench = Bench()
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    bench.run(700)
    bench.deck.set_load(Grams(0))
    assert {window.mass for window in readings_of(bench.run(12_000), WeighingWindow)} == {0}


def test_noise_is_hinted_at_and_then_a_fault() -> None:
    bench = Bench()
    bench.peer.fail("noise")
    readings, code = bench.run_to_fault(2200)
    assert [refused.hint for refused in readings_of(readings, BytesRefused)] == ["wrong-baud?"]
    assert code == "garbled"


def test_parts_of_a_gram_are_refused() -> None:
    bench = Bench(decimals=4)
    readings, code = bench.run_to_fault(2200)
    assert readings_of(readings, DeckSample) == []
    assert code == "unfit"


@pytest.mark.parametrize("fault", ["garbage-prefix", "torn", "doubled", "wrong-checksum", "noise"])
def test_a_spoilt_frame_among_good_ones_changes_no_weight(fault: IndicatorFault) -> None:
    bench = Bench(seed=2)
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    windows: list[WeighingWindow] = []
    for _ in range(20):
        bench.peer.fail(fault, frames=1)
        windows += readings_of(bench.run(100), WeighingWindow)
    assert [window.mass for window in windows] == [kilograms(20_000)]


def test_the_peer_refuses_faults_that_its_form_cannot_have() -> None:
    with pytest.raises(ValueError, match="false-stable"):
        YaohuaPeer(DeckModel()).fail("false-stable")
    with pytest.raises(ValueError, match="no checksum"):
        YaohuaPeer(DeckModel(), form="equals").fail("wrong-checksum")


def test_no_order_reaches_the_indicator() -> None:
    bench = Bench()
    bench.weigh()
    assert bench.driver.obey(RaiseBoom("b1", Tick(99_999)), Millis(300)).code == "refused"
    late = TakeWeight("w2", Tick(bench.tick - 1), Millis(1000), kilograms(20), Millis(5000))
    assert bench.driver.obey(late, Millis(300)).code == "expired"
    bench.run(3000)
    bench.driver.close()
    assert bench.peer.heard == b""


def test_on_a_real_pty_the_wrong_form_is_a_fault(tmp_path: Path) -> None:
    with YaohuaHarness(tmp_path) as harness:
        harness.settings = YaohuaSettings("yaohua-xk3190", str(harness.port.name), "equals", silence=Millis(500))
        driver = harness.driver()
        driver.open()
        with pytest.raises(DeviceFault) as caught:
            _poll_for(driver, 5)
        driver.close()
        assert caught.value.fault.code == "garbled"
        assert "form" in caught.value.fault.next_step


def _poll_for(driver: Driver, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        driver.poll(Millis(50))
