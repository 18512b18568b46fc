"""The driver against the simulated module over real loopback TCP, judged by the module's own log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.bounce import Steady
from drivers.barrier.io_barrier import BarrierDriver, drop_outputs
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ShowLight, SoundSiren, TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.readings import BeamEdge, BoomMoved, LoopEdge, OutputsRead, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from tests.drivers.adam_bench import Bench, opened, poll_for, poll_news
from tests.support import free_port, wait_until

PATIENCE = Millis(300)
TOOLS = Tools(now, Path("/nonexistent"))
DARK = OutputsRead(raise_pulse=False, lower_pulse=False, light="dark", siren=False)
AT_REST = [
    DARK,
    BoomMoved("down"),
    LoopEdge("entry-loop", occupied=False),
    LoopEdge("under-boom-loop", occupied=False),
    LoopEdge("exit-loop", occupied=False),
]
AT_REST_WITH_BEAM = [*AT_REST, BeamEdge("boom-beam", broken=False)]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as running:
        yield running


@pytest.fixture
def driver(bench: Bench) -> Iterator[BarrierDriver]:
    made = bench.driver()
    assert opened(made).motion_bounded
    poll_news(made)
    yield made
    made.close()


def soon(ms: int = 1000) -> Tick:
    return Tick(now() + ms)


def fault_of(act: Callable[[], object]) -> Fault:
    with pytest.raises(DeviceFault) as caught:
        act()
    return caught.value.fault


def poll_until_fault(driver: BarrierDriver) -> Fault:
    def polling() -> None:
        end = now() + 5000
        while now() < end:
            driver.poll(Millis(50))

    return fault_of(polling)


def test_open_drops_motion_first_and_bounds_it(bench: Bench) -> None:
    driver = bench.driver(pulse=700)
    bench.model.set_outputs(0, (False, True))
    identity = opened(driver)
    assert (identity.kind, identity.motion_bounded) == ("adam-6060", True)
    assert {text for _, text in bench.frames} == {"FC15 raise=0 lower=0"}
    assert bench.model.outputs[:2] == (False, False)
    assert bench.model.high_widths[:3] == [7000, 7000, 10_000]
    driver.close()


@pytest.mark.parametrize("why", ["ignored", "refused"])
def test_widths_that_do_not_read_back_leave_motion_unbounded(bench: Bench, why: str) -> None:
    if why == "ignored":
        bench.model.widths_writable = False
    else:
        bench.faults.exceptions = {16: 2}
    driver = bench.driver()
    assert not opened(driver).motion_bounded
    driver.close()


def test_everything_is_reported_once_after_open_and_then_on_change(bench: Bench) -> None:
    driver = bench.driver()
    for _ in range(2):
        opened(driver)
        assert poll_news(driver) == AT_REST_WITH_BEAM
        asked = bench.peer.requests
        while bench.peer.requests < asked + 6:  # three more polls
            assert driver.poll(Millis(0)) == []
        driver.close()


def test_loops_are_told_at_once(bench: Bench, driver: BarrierDriver) -> None:
    bench.loops["under"] = True
    assert poll_for(driver, LoopEdge("under-boom-loop", occupied=True)) == [LoopEdge("under-boom-loop", occupied=True)]
    bench.loops["under"] = False
    bench.loops["exit"] = True
    poll_for(driver, LoopEdge("exit-loop", occupied=True))


def test_a_normally_closed_contact_is_turned_round(bench: Bench) -> None:
    with Bench(normally_closed=(0, 3)) as other:
        driver = other.driver(normally_closed=(0, 3))
        opened(driver)
        assert poll_news(driver) == AT_REST_WITH_BEAM
        driver.close()


def test_both_limit_switches_are_a_wiring_fault(bench: Bench, driver: BarrierDriver) -> None:
    bench.boom.both_switches = True
    poll_for(driver, BoomMoved("wiring-fault"))


def test_raise_is_one_pulse_that_the_module_ends(bench: Bench, driver: BarrierDriver) -> None:
    assert driver.obey(RaiseBoom("o1", soon()), PATIENCE) == Answer("accepted")
    assert bench.motion_frames() == ["FC16 raise pulses=1"]
    seen = poll_for(driver, BoomMoved("up"))
    assert [reading for reading in seen if isinstance(reading, BoomMoved)] == [BoomMoved("moving"), BoomMoved("up")]
    assert [reading.raise_pulse for reading in seen if isinstance(reading, OutputsRead)] == [True, False]
    assert bench.held("raise") == [500]
    assert driver.obey(LowerBoom("o2", soon()), PATIENCE).code == "accepted"
    poll_for(driver, BoomMoved("down"))
    assert bench.held("lower") == [500]


def test_an_order_twice_is_the_same_as_once(bench: Bench, driver: BarrierDriver) -> None:
    order = RaiseBoom("o1", soon())
    assert [driver.obey(order, PATIENCE).code for _ in range(2)] == ["accepted", "accepted"]
    poll_for(driver, BoomMoved("up"))
    assert bench.boom.held_ms["raise"].longest_ms < 600


def test_raise_and_lower_never_run_together(bench: Bench, driver: BarrierDriver) -> None:
    assert driver.obey(RaiseBoom("o1", soon()), PATIENCE).code == "accepted"
    answer = driver.obey(LowerBoom("o2", soon()), PATIENCE)
    assert answer.code == "refused"
    assert "opposite motion output" in answer.detail
    assert bench.motion_frames() == ["FC16 raise pulses=1"]


def test_lower_is_refused_after_a_raise_of_which_nothing_is_known(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.mute = True
    assert driver.obey(RaiseBoom("o1", soon()), Millis(100)).code == "unknown"
    bench.faults.mute = False
    poll_for(driver, OutputsRead(raise_pulse=True, lower_pulse=False, light="dark", siren=False))
    assert driver.obey(LowerBoom("o2", soon()), PATIENCE).code == "refused"
    assert bench.motion_frames() == ["FC16 raise pulses=1"]


def test_lower_is_refused_while_the_last_look_saw_something_under_the_boom(bench: Bench, driver: BarrierDriver) -> None:
    """The order was decided before the lane heard of it."""
    bench.loops["under"] = True
    poll_for(driver, LoopEdge("under-boom-loop", occupied=True))
    answer = driver.obey(LowerBoom("o1", soon()), PATIENCE)
    assert (answer.code, answer.detail) == ("refused", "nothing was sent: something stands under the boom")
    assert not any(name == "lower" for _, name, *_ in bench.changes)
    bench.loops["under"] = False
    poll_for(driver, LoopEdge("under-boom-loop", occupied=False))
    assert driver.obey(LowerBoom("o2", soon()), PATIENCE).code == "accepted"


def test_lower_is_refused_while_the_beam_is_broken_and_a_broken_wire_reads_so(
    bench: Bench, driver: BarrierDriver
) -> None:
    bench.is_beam_broken = True
    poll_for(driver, BeamEdge("boom-beam", broken=True))
    assert driver.obey(LowerBoom("o1", soon()), PATIENCE).code == "refused"
    bench.is_beam_broken = False
    poll_for(driver, BeamEdge("boom-beam", broken=False))
    assert driver.obey(LowerBoom("o2", soon()), PATIENCE).code == "accepted"
    bench.model.stuck_inputs = {5: False}
    poll_for(driver, BeamEdge("boom-beam", broken=True))


def test_drop_motion_ends_a_running_pulse(bench: Bench, driver: BarrierDriver) -> None:
    driver.obey(RaiseBoom("o1", soon()), PATIENCE)
    assert driver.obey(DropMotion("o2", soon()), PATIENCE) == Answer("accepted")
    (held,) = bench.held("raise")
    assert held < 300


def test_light_and_siren(bench: Bench, driver: BarrierDriver) -> None:
    for colour in ("red", "green", "red", "dark", "green", "red"):
        assert driver.obey(ShowLight("o", soon(), colour), PATIENCE) == Answer("accepted")
    assert not bench.both_lamps
    assert bench.model.outputs[2:4] == (True, False)
    assert driver.obey(SoundSiren("o", soon(), on=True), PATIENCE).code == "accepted"
    poll_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="red", siren=True))


def test_the_orders_of_another_device_are_refused(driver: BarrierDriver) -> None:
    order = TakeWeight("o", soon(), Millis(1), Grams(1), Millis(1))
    assert driver.obey(order, PATIENCE).code == "refused"


def all_orders(not_after: Tick) -> list[Order]:
    return [
        RaiseBoom("o", not_after),
        LowerBoom("o", not_after),
        ShowLight("o", not_after, "green"),
        SoundSiren("o", not_after, on=True),
        DropMotion("o", not_after),
    ]


@pytest.mark.parametrize("late_by", [0, 1, 5000])
def test_an_expired_order_sends_nothing(bench: Bench, driver: BarrierDriver, late_by: int) -> None:
    before = bench.peer.requests
    for order in all_orders(Tick(now() - late_by)):
        assert driver.obey(order, PATIENCE).code == "expired"
    assert bench.peer.requests == before


def test_an_order_is_not_awaited_past_its_deadline(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.silent = True
    began = now()
    assert driver.obey(RaiseBoom("o", Tick(began + 300)), Millis(10_000)).code == "unknown"
    assert now() - began < 3_000


def test_without_an_answer_the_outcome_is_unknown_within_the_patience(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.mute = True
    began = now()
    answer = driver.obey(SoundSiren("o", soon(10_000), on=True), PATIENCE)
    assert (answer.code, now() - began < 3_000) == ("unknown", True)
    assert bench.model.outputs[4]


@pytest.mark.parametrize("code", [4, 0x63])
def test_the_modules_own_refusal_is_told(bench: Bench, driver: BarrierDriver, code: int) -> None:
    bench.faults.exceptions = {16: code}
    answer = driver.obey(RaiseBoom("o", soon()), PATIENCE)
    assert answer.code == "refused"
    assert f"exception {code}" in answer.detail
    assert bench.model.outputs[0] is False


def test_an_output_that_does_not_read_back_is_unknown(bench: Bench, driver: BarrierDriver) -> None:
    bench.model.high_widths[0] = 0  # somebody has set the module up otherwise since: it pulses nothing
    answer = driver.obey(RaiseBoom("o", soon()), PATIENCE)
    assert answer.code == "unknown"


def test_red_after_a_lost_exchange_does_not_wait_for_a_poll(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.mute = True
    assert driver.obey(ShowLight("o1", soon(), "green"), Millis(120)).code == "unknown"
    bench.faults.mute = False
    assert driver.obey(ShowLight("o2", soon(), "red"), PATIENCE) == Answer("accepted")
    assert bench.model.outputs[2:4] == (True, False)
    assert not bench.both_lamps


def test_deaf_for_more_than_three_polls_is_silent(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.silent = True
    wait_until(lambda: driver.poll(Millis(50)) == [] and driver._failed_polls == 3, 3, "three polls without an answer")
    bench.faults.silent = False
    bench.loops["exit"] = True
    poll_for(driver, LoopEdge("exit-loop", occupied=True))
    bench.loops["exit"] = False
    poll_for(driver, LoopEdge("exit-loop", occupied=False))
    bench.faults.silent = True
    assert poll_until_fault(driver).code == "silent"
    bench.faults.silent = False
    driver.close()
    assert opened(driver).motion_bounded
    assert poll_news(driver) == AT_REST_WITH_BEAM


def test_a_late_module_gives_no_wrong_reading(bench: Bench, driver: BarrierDriver) -> None:
    bench.faults.late_ms = 130
    wait_until(lambda: driver.poll(Millis(50)) == [] and driver._failed_polls == 2, 3, "two late polls")
    bench.faults.late_ms = 0
    bench.loops["entry"] = True
    assert poll_for(driver, LoopEdge("entry-loop", occupied=True)) == [LoopEdge("entry-loop", occupied=True)]


def test_after_a_reboot_motion_waits_until_the_widths_are_proven_again(bench: Bench, driver: BarrierDriver) -> None:
    driver.obey(ShowLight("o", soon(), "green"), PATIENCE)
    poll_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="green", siren=False))
    with bench.lock:
        bench.port.reboot()
    bench.wait_turn()
    for _ in range(2):  # the first finds the connection gone, the second has none
        assert driver.obey(RaiseBoom("o1", soon()), PATIENCE).code == "refused"
    assert poll_for(driver, DARK) == [DARK]
    assert bench.model.high_widths[:2] == [5000, 5000]
    assert driver.obey(RaiseBoom("o2", soon()), PATIENCE).code == "accepted"
    assert bench.motion_frames() == ["FC16 raise pulses=1"]


def test_a_module_that_no_longer_bounds_motion_is_unfit(bench: Bench, driver: BarrierDriver) -> None:
    bench.model.widths_writable = False
    with bench.lock:
        bench.port.reboot()
    assert poll_until_fault(driver).code == "unfit"


def test_lamps_that_somebody_else_lit_together_are_a_wiring_fault(bench: Bench, driver: BarrierDriver) -> None:
    bench.model.set_outputs(2, (True, True))
    fault = poll_until_fault(driver)
    assert (fault.code, "red and green" in fault.seen) == ("wiring", True)


def test_nobody_at_the_address() -> None:
    settings = Adam6060Settings("adam-6060", "127.0.0.1", free_port())
    driver = BarrierDriver("boom", settings, Tools(now, Path("/nonexistent")))
    assert fault_of(driver.open).code == "port-missing"
    answers = {driver.obey(order, PATIENCE).code for order in all_orders(soon())}
    assert answers == {"refused"}
    driver.close()
    driver.close()
    assert all("failed" in line for line in drop_outputs(settings, TOOLS))


def test_close_drops_motion_and_never_raises(bench: Bench, driver: BarrierDriver) -> None:
    driver.obey(RaiseBoom("o1", soon()), PATIENCE)
    driver.close()
    assert bench.model.outputs[0] is False
    opened(driver)
    bench.faults.silent = True
    driver.close()
    driver.close()


def test_drop_outputs_at_the_end_of_a_dead_lane(bench: Bench, driver: BarrierDriver) -> None:
    driver.obey(RaiseBoom("o1", soon()), PATIENCE)
    poll_for(driver, BoomMoved("up"))
    driver.obey(ShowLight("o2", soon(), "green"), PATIENCE)
    bench.model.set_outputs(1, (True,))
    assert drop_outputs(bench.settings(), TOOLS) == ["motion outputs off: done", "red on: done"]
    assert bench.model.outputs == (False, False, True, False, False, False)
    bench.faults.exceptions = {15: 4}
    assert ["failed" in line for line in drop_outputs(bench.settings(), TOOLS)] == [True, True]


def test_the_same_driver_works_over_a_loopback_wire_and_a_clock_that_stands() -> None:
    peer = Adam60xxPeer(Adam6060Model(BoomModel()))
    tick = 1000

    def clock() -> Tick:
        return Tick(tick)

    settings = Adam6060Settings("adam-6060", "unused")
    driver = BarrierDriver("boom", settings, Tools(clock, Path("/nonexistent"), LoopbackLink(peer, clock)))
    assert opened(driver).motion_bounded
    assert driver.poll(Millis(0)) == AT_REST
    assert driver.obey(RaiseBoom("o", Tick(tick + 10)), PATIENCE) == Answer("accepted")
    news: list[Reading] = []
    for _ in range(50):
        tick += 50
        news += driver.poll(Millis(0))
    assert news[-1] == BoomMoved("up")
    driver.close()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"exit_loop": 1}, "two inputs share a number"),
        ({"boom_beam": 1}, "two inputs share a number"),
        ({"boom_beam": 5, "normally_closed": (5,)}, "normally_closed names \\[5\\]"),
        ({"normally_open": (1,)}, "normally_open names \\[1\\]"),
        ({"siren_output": 0}, "two outputs share a number"),
        ({"green_output": 5}, "red_output and green_output must be neighbours"),
        ({"raise_output": 5, "siren_output": 0}, "raise_output and lower_output must be neighbours"),
    ],
)
def test_wiring_that_cannot_be_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Adam6060Settings("adam-6060", "127.0.0.1", **settings)  # type: ignore[arg-type]


def test_settings_travel_to_a_worker_as_plain_json() -> None:
    settings = Adam6060Settings("adam-6060", "192.0.2.10", pulse=Millis(800), normally_closed=(3, 4))
    assert plain.decode(Adam6060Settings, plain.encode(settings)) == settings


def test_bounce_is_filtered() -> None:
    contact = Steady[bool](Millis(20))
    looks = [(0, False), (40, True), (45, False), (50, True), (69, True), (70, True), (80, True), (90, False)]
    told = [(tick, contact.look(Tick(tick), closed)) for tick, closed in looks]
    assert [(tick, state) for tick, state in told if state is not None] == [(0, False), (70, True)]
    assert contact.look_again_at == 110
