"""The one barrier driver over every kind of module but the ADAM-6060, on real ports, judged by the modules' own log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.barrier.io_barrier import BarrierDriver
from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BeamEdge, BoomMoved, ButtonEdge, ContactEdge, LoopEdge, OutputsRead, Reading
from tests.drivers.adam_bench import accepted, opened, poll_for
from tests.drivers.io_bench import BENCHES, Adam6050Bench, HeldIoBench, IoBench, TimedIoBench, WagoBench, WaveshareBench
from tests.support import wait_until

PATIENCE = Millis(300)
WITHIN_S = 10.0
DARK = OutputsRead(raise_pulse=False, lower_pulse=False, light="dark", siren=False)
HOST_ENDED = (HeldIoBench, WagoBench)
UNBOUNDED = (HeldIoBench,)

every_kind = pytest.mark.parametrize("bench", BENCHES, indirect=True, ids=lambda bench: bench.__name__)
"""For what hangs on a module's map; the rest is the one driver's."""
on_both_wires = pytest.mark.parametrize("bench", [TimedIoBench, WaveshareBench], indirect=True)
"""For what hangs on the framing: a connection that ends, or a serial port that stays."""


@pytest.fixture(params=[TimedIoBench], ids=lambda bench: bench.__name__)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IoBench]:
    with request.param(tmp_path) as running:
        yield running


@pytest.fixture
def driver(bench: IoBench) -> Iterator[BarrierDriver]:
    made = bench.driver()
    opened(made)
    poll_for(made, BoomMoved("down"), WITHIN_S)
    yield made
    made.close()


def soon() -> Tick:
    return Tick(now() + 2000)


def wait_for(driver: BarrierDriver, wanted: Reading) -> list[Reading]:
    return poll_for(driver, wanted, WITHIN_S)


def fault_of(driver: BarrierDriver) -> Fault:
    """The fault that polling ends with."""
    end = now() + 10_000
    while now() < end:
        try:
            driver.poll(Millis(50))
        except DeviceFault as fault:
            return fault.fault
    raise AssertionError("no fault within 10 s")


def positions(readings: list[Reading]) -> list[str]:
    return [reading.position for reading in readings if isinstance(reading, BoomMoved)]


@every_kind
def test_motion_is_dropped_first_and_its_end_is_proven(bench: IoBench) -> None:
    with bench.lock:
        bench.model.set_outputs(0, (True, False))
    driver = bench.driver()
    identity = opened(driver)
    assert identity.kind == bench.kind
    assert identity.motion_bounded == (not isinstance(bench, UNBOUNDED))
    assert bench.model.outputs[:2] == (False, False)
    assert not any(name == "lower" for _, name, *_ in bench.changes)
    driver.close()


@every_kind
def test_every_fitted_input_is_told_once_at_rest(bench: IoBench) -> None:
    driver = bench.driver()
    opened(driver)
    last: Reading = ContactEdge("on-battery" if "on_battery" in bench.wired else "cabinet-door-open", active=False)
    told = wait_for(driver, last)
    assert told[:5] == [
        DARK,
        BoomMoved("down"),
        LoopEdge("entry-loop", occupied=False),
        LoopEdge("under-boom-loop", occupied=False),
        LoopEdge("exit-loop", occupied=False),
    ]
    beams = ["boom-beam", "deck-entry-beam", "deck-exit-beam"] if "deck_exit_beam" in bench.wired else ["boom-beam"]
    assert [(r.beam, r.broken) for r in told if isinstance(r, BeamEdge)] == [(beam, False) for beam in beams]
    assert len(told) == len(bench.wired)  # two limit switches make one reading, the outputs one more
    driver.close()


def test_inputs_by_their_names(bench: IoBench, driver: BarrierDriver) -> None:
    for name, on, off in (
        ("entry_loop", LoopEdge("entry-loop", occupied=True), LoopEdge("entry-loop", occupied=False)),
        ("boom_beam", BeamEdge("boom-beam", broken=True), BeamEdge("boom-beam", broken=False)),
        ("help_button", ButtonEdge("help", pressed=True), ButtonEdge("help", pressed=False)),
        (
            "cabinet_door_open",
            ContactEdge("cabinet-door-open", active=True),
            ContactEdge("cabinet-door-open", active=False),
        ),
    ):
        bench.gate[name] = True
        assert wait_for(driver, on)[-1:] == [on]
        bench.gate[name] = False
        assert wait_for(driver, off) == [off]


def test_a_contact_that_bounces_is_told_once(bench: IoBench, driver: BarrierDriver) -> None:
    bench.model.bounce = Millis(20)
    told: list[Reading] = []
    for state in (True, False) * 5:
        bench.gate["help_button"] = state
        told += wait_for(driver, ButtonEdge("help", pressed=state))
    assert told == [ButtonEdge("help", pressed=state) for state in (True, False) * 5]


@every_kind
def test_up_and_down_by_one_pulse_each(bench: IoBench, driver: BarrierDriver) -> None:
    accepted(driver, RaiseBoom("o1", soon()))
    seen = wait_for(driver, BoomMoved("up"))
    assert positions(seen) == ["moving", "up"]
    if DARK not in seen:
        wait_for(driver, DARK)
    accepted(driver, LowerBoom("o2", soon()))
    assert positions(wait_for(driver, BoomMoved("down"))) == ["moving", "down"]
    if not isinstance(bench, HOST_ENDED):
        assert [*bench.held("raise"), *bench.held("lower")] == [500, 500]


@pytest.mark.parametrize("bench", [HeldIoBench, WagoBench], indirect=True)
def test_a_pulse_is_over_after_its_time_that_the_host_ends(bench: IoBench, driver: BarrierDriver) -> None:
    accepted(driver, RaiseBoom("o1", soon()))
    wait_for(driver, DARK)
    (held,) = bench.held("raise")
    assert held >= 500
    assert bench.model.outputs[:2] == (False, False)


def test_a_pulse_whose_end_the_module_did_not_hear_is_ended_again(tmp_path: Path) -> None:
    with HeldIoBench(tmp_path) as bench:
        driver = bench.driver()
        opened(driver)
        wait_for(driver, BoomMoved("down"))
        accepted(driver, RaiseBoom("o1", soon()))
        bench.peer.faults.exceptions = {15: 6}  # busy: reads are answered, writes are not done
        while driver._failed_polls == 0:
            driver.poll(Millis(50))
        assert bench.model.outputs[0]
        bench.peer.faults.exceptions = {}
        wait_for(driver, DARK)
        assert not bench.model.outputs[0]
        driver.close()


@every_kind
def test_light_and_siren_and_never_both_lamps(bench: IoBench, driver: BarrierDriver) -> None:
    for colour in ("red", "green", "red", "dark", "green", "red"):
        accepted(driver, ShowLight("o", soon(), colour))
    accepted(driver, SoundSiren("o", soon(), on=True))
    wait_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="red", siren=True))
    assert not bench.both_lamps
    assert bench.model.outputs[2:5] == (True, False, True)


@pytest.mark.parametrize("guard", ["under_boom_loop", "boom_beam"])
def test_nothing_is_lowered_onto_what_either_guard_sees(bench: IoBench, driver: BarrierDriver, guard: str) -> None:
    bench.gate[guard] = True
    seen: Reading = BeamEdge("boom-beam", broken=True)
    wait_for(driver, seen if guard == "boom_beam" else LoopEdge("under-boom-loop", occupied=True))
    answer = driver.obey(LowerBoom("o1", soon()), PATIENCE)
    assert (answer.code, answer.detail) == ("refused", "nothing was sent: something stands under the boom")
    assert bench.held("lower") == []


@on_both_wires
def test_nothing_is_lowered_while_nobody_has_looked(bench: IoBench) -> None:
    driver = bench.driver()
    opened(driver)
    answer = driver.obey(LowerBoom("o1", soon()), PATIENCE)
    assert (answer.code, answer.detail) == ("refused", "nothing was sent: what is under the boom is not known")
    wait_for(driver, BoomMoved("down"))
    bench.peer.faults.silent = True
    while driver._failed_polls == 0:
        driver.poll(Millis(50))
    assert driver.obey(LowerBoom("o2", soon()), PATIENCE).code == "refused"
    bench.peer.faults.silent = False
    assert not any(name == "lower" for _, name, *_ in bench.changes)
    driver.close()


def test_an_obstacle_while_closing_is_told_as_it_is(bench: IoBench, driver: BarrierDriver) -> None:
    accepted(driver, RaiseBoom("o1", soon()))
    wait_for(driver, BoomMoved("up"))
    wait_for_end_of_pulse(driver)
    accepted(driver, LowerBoom("o2", soon()))
    wait_for(driver, BoomMoved("moving"))
    bench.boom.obstacle = True
    assert positions(wait_for(driver, BoomMoved("up"))) == ["up"]
    assert bench.boom.reversals == 1


def wait_for_end_of_pulse(driver: BarrierDriver) -> None:
    """Until the last reading of the outputs says that none is on."""
    if driver._outputs != DARK:
        wait_for(driver, DARK)


def test_a_loop_that_is_stuck_keeps_the_boom_up(bench: IoBench, driver: BarrierDriver) -> None:
    bench.model.stuck_inputs = {1: True}
    wait_for(driver, LoopEdge("under-boom-loop", occupied=True))
    assert driver.obey(LowerBoom("o1", soon()), PATIENCE).code == "refused"


def test_a_welded_relay_shows_at_the_limit_switches_only(bench: IoBench, driver: BarrierDriver) -> None:
    """The module reports an output that is off; the boom, held up by the contact, stays where it is."""
    accepted(driver, RaiseBoom("o1", soon()))
    wait_for(driver, BoomMoved("up"))
    wait_for_end_of_pulse(driver)
    bench.model.welded = {0}
    accepted(driver, LowerBoom("o2", soon()))
    assert positions(wait_for(driver, DARK)) == []
    assert bench.boom.phase == "up"


@on_both_wires
def test_a_silence_in_the_middle_of_a_movement(bench: IoBench, driver: BarrierDriver) -> None:
    accepted(driver, RaiseBoom("o1", soon()))
    bench.peer.faults.silent = True
    while driver._failed_polls < 2:
        driver.poll(Millis(50))
    bench.peer.faults.silent = False
    wait_for(driver, BoomMoved("up"))


@on_both_wires
def test_after_a_restart_of_the_module_everything_is_dark_and_works(bench: IoBench, driver: BarrierDriver) -> None:
    accepted(driver, ShowLight("o1", soon(), "green"))
    wait_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="green", siren=False))
    bench.plug_out()
    with bench.lock:
        bench.model.reboot()
    bench.plug_in()
    end = now() + 10_000
    while bench.model.outputs != (False,) * len(bench.model.outputs) or driver._outputs != DARK:
        assert now() < end
        try:
            driver.poll(Millis(50))
        except DeviceFault:  # its host opens it again
            driver.close()
            opened(driver)
    wait_for_end_of_pulse(driver)
    accepted(driver, RaiseBoom("o2", soon()))


def test_both_limit_switches_are_a_wiring_fault(bench: IoBench, driver: BarrierDriver) -> None:
    bench.boom.both_switches = True
    wait_for(driver, BoomMoved("wiring-fault"))


def test_drop_motion_and_expiry(bench: IoBench, driver: BarrierDriver) -> None:
    before = bench.peer.writes
    for order in (RaiseBoom("o", now()), LowerBoom("o", now()), ShowLight("o", now(), "green")):
        assert driver.obey(order, PATIENCE).code == "expired"
    assert bench.peer.writes == before
    accepted(driver, RaiseBoom("o", soon()))
    accepted(driver, DropMotion("o", soon()))
    assert bench.model.outputs[:2] == (False, False)


# ---------------------------------------------------------------------- one kind each


@pytest.fixture
def waveshare(tmp_path: Path) -> Iterator[WaveshareBench]:
    with WaveshareBench(tmp_path) as running:
        yield running


def test_relays_that_follow_their_inputs_as_delivered_are_parted_from_them_first(waveshare: WaveshareBench) -> None:
    """Left so, the entry loop at DI0 would raise the boom by itself: the model shows it."""
    waveshare.gate["entry_loop"] = True
    wait_until(lambda: waveshare.boom.phase == "up", WITHIN_S, "the boom that obeys a loop")
    driver = waveshare.driver()
    assert opened(driver).motion_bounded
    assert waveshare.model.modes == [0] * 8
    wait_for(driver, LoopEdge("entry-loop", occupied=True))
    assert waveshare.model.outputs[0] is False
    driver.close()


def test_a_relay_that_keeps_following_its_input_is_unfit(waveshare: WaveshareBench) -> None:
    class Stubborn(list[int]):
        def __setitem__(self, *_: object) -> None:
            """The write is acknowledged and forgotten."""

    waveshare.model.modes = Stubborn([0, 0, 0, 0, 1, 0, 0, 0])
    driver = waveshare.driver()
    with pytest.raises(DeviceFault, match="outputs \\(4,\\) obey something else") as caught:
        opened(driver)
    assert caught.value.fault.code == "unfit"


def test_without_a_spare_output_nothing_is_proven(waveshare: WaveshareBench) -> None:
    driver = waveshare.driver(proof_output=None)
    assert not opened(driver).motion_bounded
    driver.close()


@pytest.mark.parametrize("bench", [TimedIoBench, Adam6050Bench], indirect=True)
def test_a_module_that_does_not_end_its_pulse_is_found_out_on_the_spare_output(bench: IoBench) -> None:
    endless(bench)
    driver = bench.driver()
    assert not opened(driver).motion_bounded
    assert bench.model.outputs[5] is False
    driver.close()


def endless(bench: IoBench) -> None:
    """From now on a pulse never ends by itself."""
    pulse = bench.model.start_pulse

    def start(output: int, high_ms: int, *, low_ms: int = 0, count: int = 1) -> None:
        pulse(output, 10**9, low_ms=low_ms, count=count)

    bench.model.start_pulse = start  # type: ignore[method-assign]


def test_a_pulse_that_lasts_too_long_later_on_is_ended_by_us_and_the_module_is_unfit(tmp_path: Path) -> None:
    with TimedIoBench(tmp_path) as bench:
        driver = bench.driver()
        assert opened(driver).motion_bounded
        wait_for(driver, BoomMoved("down"))
        with bench.lock:
            endless(bench)
        accepted(driver, RaiseBoom("o1", soon()))
        fault = fault_of(driver)
        assert (fault.code, fault.seen) == ("unfit", "the pulse of 500 ms did not end by itself")
        assert bench.model.outputs[0] is False
        driver.close()


def test_an_unproven_module_that_holds_on_is_switched_off_by_us(tmp_path: Path) -> None:
    with TimedIoBench(tmp_path) as bench:
        endless(bench)
        driver = bench.driver()
        opened(driver)
        wait_for(driver, BoomMoved("down"))
        accepted(driver, RaiseBoom("o1", soon()))
        wait_for(driver, DARK)
        assert bench.model.outputs[0] is False
        driver.close()


def test_the_couplers_watchdog_ends_what_a_dead_host_has_begun(tmp_path: Path) -> None:
    with WagoBench(tmp_path) as bench:
        driver = bench.driver(watchdog=Millis(600))
        assert opened(driver).motion_bounded
        wait_for(driver, BoomMoved("down"))
        accepted(driver, RaiseBoom("o1", soon()))
        trips = bench.model.watchdog_trips
        wait_until(lambda: not bench.model.outputs[0], WITHIN_S, "the watchdog")  # nobody polls any more
        assert bench.model.watchdog_trips == trips + 1
        wait_for(driver, BoomMoved("up"))  # and a host that lives again finds it working
        driver.close()


def test_a_coupler_whose_watchdog_runs_with_another_time_is_set_up_anew(tmp_path: Path) -> None:
    with WagoBench(tmp_path) as bench:
        for watchdog in (600, 900):
            driver = bench.driver(watchdog=Millis(watchdog))
            assert opened(driver).motion_bounded
            assert bench.model.watchdog == watchdog
            driver.close()


def test_a_coupler_that_refuses_its_watchdog_is_unbounded(tmp_path: Path) -> None:
    with WagoBench(tmp_path) as bench:
        bench.peer.faults.exceptions = {6: 4}
        driver = bench.driver()
        assert not opened(driver).motion_bounded
        driver.close()
