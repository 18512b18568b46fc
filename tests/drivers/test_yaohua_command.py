"""A Yaohua scale that is asked, over a loopback with the clock in hand and over a real pty."""

from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ChangeScale, RaiseBoom, ScaleCommand
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from drivers.contract.readings import BytesRefused, DeckSample, Reading, WeighingFailed, WeighingWindow
from drivers.links.loopback_link import Damage
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault
from drivers.weighbridge.yaohua_command import YaohuaCommandDriver, YaohuaCommandSettings
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from tests.drivers.harnesses.weighbridge import YaohuaCommandHarness
from tests.drivers.scale_bench import ScaleBench, readings_of

GROSS = bytes.fromhex("02 41 42 30 33 03")
SOON = 8000


class Bench(ScaleBench):
    """With an indicator in command mode."""

    def __init__(
        self,
        *named: ScaleCommand,
        number: int = 1,
        decimals: int = 0,
        delay: int = 10,
        damage: Damage | None = None,
        seed: int = 0,
    ) -> None:
        deck = DeckModel(seed=seed)
        self.peer = YaohuaCommandPeer(deck, number=number, decimals=decimals, delay=Millis(delay), seed=seed)
        settings = YaohuaCommandSettings("yaohua-command", "loopback", commands=named)  # type: ignore[arg-type]
        super().__init__(deck, self.peer, lambda tools: YaohuaCommandDriver("scale", settings, tools), damage)


def test_a_truck_is_weighed_by_asking_for_its_gross_and_nothing_else_is_said() -> None:
    bench = Bench()
    bench.run(2000)
    bench.deck.set_load(Grams(36_375_000))
    bench.weigh()
    readings = bench.run(12_000)
    (window,) = readings_of(readings, WeighingWindow)
    assert (window.order_id, window.mass) == ("w1", kilograms(36_380))
    assert readings_of(readings, DeckSample)[-1] == DeckSample(kilograms(36_380), moving=False, valid=True)
    assert {bytes(bench.peer.heard[at : at + 6]) for at in range(0, len(bench.peer.heard), 6)} == {GROSS}
    assert len(bench.peer.heard) // 6 == pytest.approx(14_000 / 200, abs=2)


@pytest.mark.parametrize("seed", range(3))
def test_no_weight_is_taken_from_a_deck_that_still_swings(seed: int) -> None:
    bench = Bench(seed=seed)
    bench.weigh()
    for load in (9_000, 21_000, 30_000):  # an axle group at a time
        bench.deck.set_load(kilograms(load))
        assert readings_of(bench.run(1500), WeighingWindow) == []
    (window,) = readings_of(bench.run(12_000), WeighingWindow)
    assert window.mass == kilograms(30_000)


@pytest.mark.parametrize("seed", range(3))
def test_a_bad_wire_costs_answers_but_never_makes_a_weight(seed: int) -> None:
    damage = Damage(seed, Permille(50), Millis(10), flip=Permille(2), drop=Permille(2), duplicate=Permille(2))
    bench = Bench(damage=damage, seed=seed)
    bench.deck.set_load(kilograms(20_000))
    bench.run(8000)
    windows: list[WeighingWindow] = []
    for n in range(5):
        bench.weigh(f"w{n}", patience=6000)
        windows += readings_of(bench.run(6100), WeighingWindow)
    assert {window.mass for window in windows} == {kilograms(20_000)}


def test_a_late_answer_is_no_answer_to_the_next_question() -> None:
    """Each answer comes 220 ms after its question: after the next one would have been put."""
    bench = Bench(delay=220)
    bench.weigh()
    readings, code = bench.run_to_fault(2500)
    assert readings_of(readings, DeckSample) == []
    assert readings_of(readings, WeighingFailed) == [WeighingFailed("w1", "silent")]
    assert code == "silent"


def test_a_scale_that_is_slow_but_in_time_is_weighed() -> None:
    bench = Bench(delay=150)
    bench.weigh()
    assert [window.mass for window in readings_of(bench.run(4000), WeighingWindow)] == [0]


@pytest.mark.parametrize(("number", "decimals"), [(2, 0), (1, 4)])
def test_another_address_is_silence_and_parts_of_a_gram_are_unfit(number: int, decimals: int) -> None:
    _, code = Bench(number=number, decimals=decimals).run_to_fault(2500)
    assert code == ("silent" if number == 2 else "unfit")


def test_an_indicator_that_does_not_know_the_request_is_unfit() -> None:
    bench = Bench()
    bench.peer._say = lambda: bytes.fromhex("02 41 04 34 35 03")  # type: ignore[method-assign]
    assert bench.run_to_fault(2500)[1] == "unfit"


@pytest.mark.parametrize("fault", ["garbage-prefix", "torn", "doubled", "wrong-checksum", "noise", "silent"])
def test_a_spoilt_answer_among_good_ones_changes_no_weight(fault: IndicatorFault) -> None:
    bench = Bench(seed=2)
    bench.deck.set_load(kilograms(20_000))
    bench.run(9000)
    bench.weigh()
    windows: list[WeighingWindow] = []
    for _ in range(4):
        bench.peer.fail(fault, frames=1)
        windows += readings_of(bench.run(3000), WeighingWindow)
    assert [window.mass for window in windows] == [kilograms(20_000)]


def test_torn_answers_are_counted_and_then_a_fault() -> None:
    bench = Bench()
    bench.peer.fail("torn")
    readings, code = bench.run_to_fault(2500)
    assert readings_of(readings, BytesRefused)
    assert code == "garbled"


@pytest.mark.parametrize("command", ["zero", "tare", "clear-tare"])
def test_a_command_that_is_not_named_is_refused_and_transmits_nothing(command: ScaleCommand) -> None:
    bench = Bench()
    bench.run(1000)
    heard = bytes(bench.peer.heard)
    assert bench.driver.obey(ChangeScale("c1", Tick(bench.tick + 1000), command), Millis(300)).code == "refused"
    assert bench.driver.obey(RaiseBoom("b1", Tick(99_999)), Millis(300)).code == "refused"
    assert bench.peer.heard == heard
    assert not bench.peer.acts


def test_a_named_command_is_sent_once_and_not_believed_without_proof() -> None:
    bench = Bench("zero")
    bench.run(1000)
    order = ChangeScale("c1", Tick(bench.tick + 1000), "zero")
    assert [bench.driver.obey(order, Millis(300)).code for _ in range(2)] == ["unknown", "unknown"]
    assert bench.peer.acts == b"H"
    assert readings_of(bench.run(1000), BytesRefused) == []


def test_on_a_real_pty_commands_are_proven_by_asking(tmp_path: Path) -> None:
    with YaohuaCommandHarness(tmp_path) as harness:
        with harness.serving:
            harness.deck.set_zero_error(kilograms(400))
            peer = harness.peer
            assert isinstance(peer, YaohuaCommandPeer)
            peer.tare = kilograms(2_000)
        harness.settings = YaohuaCommandSettings(
            "yaohua-command", str(harness.port.name), commands=("zero", "clear-tare")
        )
        driver = harness.opened()
        try:
            assert _commanded(driver, "zero") == "accepted"
            assert _commanded(driver, "clear-tare") == "accepted"
            with harness.serving:
                assert (harness.deck.mass, peer.tare) == (0, 0)
            assert _first_sample(driver) == DeckSample(Grams(0), moving=True, valid=True), "stillness takes a second"
        finally:
            driver.close()


def test_on_a_real_pty_it_is_heard_again_after_silence(tmp_path: Path) -> None:
    with YaohuaCommandHarness(tmp_path) as harness:
        driver = harness.opened()
        _first_sample(driver)
        with harness.serving:
            harness.peer.fail("silent")
        with pytest.raises(DeviceFault) as caught:
            _first_sample(driver)
        assert caught.value.fault.code == "silent"
        driver.close()
        with harness.serving:
            harness.peer.mend()
        driver.open()
        _first_sample(driver)
        driver.close()


def _commanded(driver: Driver, command: ScaleCommand) -> str:
    end = now() + SOON
    code = "unknown"
    while code == "unknown" and now() < end:
        code = driver.obey(ChangeScale(f"c{now()}", Tick(now() + 1000), command), Millis(300)).code
    return code


def _first_sample(driver: Driver) -> Reading:
    end = now() + SOON
    while now() < end:
        for sample in readings_of(list(driver.poll(Millis(50))), DeckSample):
            return sample
    raise AssertionError("no sample")
