"""Commands to a Toledo scale: only those that the settings name, each once, and proven by what the scale shows."""

from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.orders import ChangeScale, ScaleCommand, TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import WeighingWindow
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_commanded import ToledoCommandedDriver, ToledoCommandedSettings
from drivers.weighbridge.toledo_peer import ToledoPeer
from tests.drivers.harnesses.weighbridge import ToledoCommandedHarness
from tests.drivers.scale_bench import ScaleBench, readings_of

COMMANDS: tuple[ScaleCommand, ...] = ("zero", "tare", "clear-tare")
LETTERS = {"zero": b"Z", "tare": b"T", "clear-tare": b"C"}
SOON = 5000


class Bench(ScaleBench):
    """On a wire without time: a command is sent, and no frame can come to prove it."""

    def __init__(self, *named: ScaleCommand) -> None:
        deck = DeckModel()
        self.peer = ToledoPeer(deck)
        settings = ToledoCommandedSettings("toledo-commanded", "loopback", commands=named)
        super().__init__(deck, self.peer, lambda tools: ToledoCommandedDriver("scale", settings, tools))

    def command(self, command: ScaleCommand, order_id: str = "c1", late: int = 0) -> str:
        return self.driver.obey(ChangeScale(order_id, Tick(self.tick - late), command), Millis(300)).code


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_not_named_is_refused_and_transmits_nothing(command: ScaleCommand) -> None:
    others = tuple(other for other in COMMANDS if other != command)
    for named in ((), others):
        bench = Bench(*named)
        bench.run(500)
        assert bench.command(command) == "refused"
        assert bench.command(command, "c2", late=1) == "refused"
        bench.run(500)
        assert bench.peer.heard == b""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_named_command_is_sent_once_and_not_believed_without_proof(command: ScaleCommand) -> None:
    bench = Bench(*COMMANDS)
    bench.run(500)
    assert [bench.command(command), bench.command(command)] == ["unknown", "unknown"]
    assert bench.peer.heard == LETTERS[command]
    assert bench.command(command, "c2", late=1) == "expired"
    assert bench.peer.heard == LETTERS[command]


def test_a_window_does_not_reach_back_over_a_new_zero() -> None:
    bench = Bench("zero")
    bench.deck.set_zero_error(kilograms(20))
    bench.run(1000)
    bench.weigh()
    bench.run(800)
    bench.command("zero")
    began = bench.tick
    (window,) = readings_of(bench.run(3000), WeighingWindow)
    assert (window.mass, window.spread) == (0, 0)
    assert window.began >= began


def test_on_a_real_pty_each_command_is_proven_by_the_frames_and_the_gross_weight_stays(tmp_path: Path) -> None:
    with ToledoCommandedHarness(tmp_path) as harness:
        with harness.serving:
            harness.deck.set_zero_error(kilograms(400))
        harness.settings = ToledoCommandedSettings("toledo-commanded", str(harness.port.name), commands=COMMANDS)
        driver = harness.opened()
        try:
            assert _commanded(driver, "zero") == "accepted"
            with harness.serving:
                assert harness.deck.mass == 0
                harness.deck.set_zero_error(kilograms(9_000))
            assert _commanded(driver, "tare") == "accepted"
            with harness.serving:
                assert harness.peer.heard[-1:] == b"T"
            assert _weighed(driver) == kilograms(9_000)
            assert _commanded(driver, "clear-tare") == "accepted"
            assert _weighed(driver) == kilograms(9_000)
        finally:
            driver.close()


def _commanded(driver: Driver, command: ScaleCommand) -> str:
    """As a technician does: a command that was not seen done is given again."""
    end = now() + SOON
    code = "unknown"
    while code == "unknown" and now() < end:
        code = driver.obey(ChangeScale(f"c{now()}", Tick(now() + 1000), command), Millis(300)).code
    return code


def _weighed(driver: Driver) -> Grams:
    order = TakeWeight(f"w{now()}", Tick(now() + 1000), Millis(500), kilograms(20), Millis(SOON))
    assert driver.obey(order, Millis(300)).code == "accepted"
    end = now() + SOON
    while now() < end:
        for window in readings_of(list(driver.poll(Millis(50))), WeighingWindow):
            return window.mass
    raise AssertionError("no weight")
