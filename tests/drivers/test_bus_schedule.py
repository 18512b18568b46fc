"""Whose turn it is: by period, the barrier first, the dead ones seldom; and the same with frames in virtual time."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.links.bus_schedule import FAILURES_TO_REST, PROBE_PAUSE, RETRY_PAUSE, BusSchedule, Unit
from drivers.links.bus_wire import BusWire
from drivers.links.modbus_link import ModbusLink
from tests.drivers.rtu_wire import VirtualWire, registers_answered

PERIOD = Millis(200)
REPLY_LIMIT = Millis(80)


def served(schedule: BusSchedule, now: int, took: int = 30) -> tuple[str, int]:
    """Serve whoever is next from `now` on; the name and the tick at which that ended."""
    now += schedule.wait(Tick(now))
    name = schedule.next(Tick(now))
    assert name is not None
    schedule.visited(name, Tick(now), Tick(now + took))
    return name, now + took


def test_every_unit_has_one_turn_a_period() -> None:
    schedule = BusSchedule([Unit(name, PERIOD) for name in "abcd"], Tick(0))
    turns, now = [], 0
    for _ in range(12):
        name, now = served(schedule, now)
        turns.append((name, now - 30))
    assert [name for name, _ in turns] == list("abcd" * 3)
    assert [at for name, at in turns if name == "b"] == [30, 230, 430]


def test_the_barrier_is_first_but_not_twice_in_a_row_past_one_that_waits() -> None:
    schedule = BusSchedule([Unit("meter", Millis(50)), Unit("boom", Millis(10), is_first=True)], Tick(0))
    turns, now = [], 0
    for _ in range(6):
        name, now = served(schedule, now, took=60)
        turns.append(name)
    assert turns == ["boom", "meter"] * 3


def test_one_that_was_looked_at_too_early_is_looked_at_again_soon() -> None:
    schedule = BusSchedule([Unit("a", PERIOD)], Tick(0))
    schedule.visited("a", Tick(100), Tick(100))
    assert schedule.next(Tick(104)) is None
    assert schedule.next(Tick(105)) == "a"


def test_failures_are_tried_again_soon_then_every_five_seconds_until_one_answers() -> None:
    schedule = BusSchedule([Unit("a", PERIOD)], Tick(0))
    now, pauses = 0, []
    for _ in range(6):
        assert schedule.next(Tick(now)) == "a"
        schedule.failed("a", Tick(now + 80))
        pauses.append(schedule.wait(Tick(now + 80)))
        now += 80 + pauses[-1]
    assert pauses == [RETRY_PAUSE] * (FAILURES_TO_REST - 1) + [PROBE_PAUSE] * 4
    assert schedule.is_resting("a")
    schedule.opened("a", Tick(now))
    assert schedule.next(Tick(now)) == "a"
    schedule.failed("a", Tick(now))  # it opened and did not prove itself: it rests on
    assert schedule.wait(Tick(now)) == PROBE_PAUSE
    schedule.opened("a", Tick(now))
    schedule.visited("a", Tick(now), Tick(now + 30))
    assert not schedule.is_resting("a")


@given(
    periods=st.lists(st.integers(10, 500), min_size=1, max_size=6),
    outcomes=st.lists(st.sampled_from(["visited", "early", "failed", "opened"]), max_size=200),
    first=st.integers(0, 5),
)
def test_the_dead_are_probed_no_faster_than_promised_and_somebody_always_has_a_turn(
    periods: list[int], outcomes: list[str], first: int
) -> None:
    units = [Unit(str(n), Millis(period), is_first=n == first) for n, period in enumerate(periods)]
    schedule = BusSchedule(units, Tick(0))
    now = Tick(0)
    rested: dict[str, Tick] = {}
    for outcome in outcomes:
        now = Tick(now + schedule.wait(now))
        name = schedule.next(now)
        assert name is not None
        assert now >= rested.get(name, Tick(0))
        rested.pop(name, None)
        ended = Tick(now + (0 if outcome == "early" else 30))
        match outcome:
            case "visited" | "early":
                schedule.visited(name, now, ended)
            case "opened":
                schedule.opened(name, ended)
            case _:
                schedule.failed(name, ended)
                if schedule.is_resting(name):
                    rested[name] = Tick(ended + PROBE_PAUSE)
        now = ended


class Yard:
    """Four units on one wire in virtual time, each asked for four registers; `dead` do not answer."""

    def __init__(self, turnaround: int) -> None:
        self.dead: set[int] = set()
        self.wire = VirtualWire(self._answer)
        self.bus = BusWire(self.wire, self.wire.clock)
        self.links = {
            str(unit): ModbusLink(self.bus.end(), unit, REPLY_LIMIT, self.wire.clock, "rtu") for unit in (1, 2, 3, 4)
        }
        self.open = dict.fromkeys(self.links, False)
        self.asked: dict[str, list[int]] = {name: [] for name in self.links}
        self._turnaround = Millis(turnaround)
        units = [Unit(name, PERIOD, is_first=name == "1") for name in self.links]
        self.schedule = BusSchedule(units, self.wire.clock())

    def run(self, ms: int) -> None:
        end = self.wire.now_ms + ms
        while self.wire.now_ms < end:
            name = self.schedule.next(self.wire.clock())
            if name is None:
                self.wire.now_ms += max(1, self.schedule.wait(self.wire.clock()))
            else:
                self._visit(name)

    def gaps(self, name: str, since: int) -> list[int]:
        asked = [tick for tick in self.asked[name] if tick >= since]
        return [later - earlier for earlier, later in pairwise(asked)]

    def _visit(self, name: str) -> None:
        link, began = self.links[name], self.wire.clock()
        self.asked[name].append(began)
        try:
            if not self.open[name]:
                link.open()
            link.ready(REPLY_LIMIT)
            link.read_registers(0, 4, REPLY_LIMIT)
        except DeviceFault:
            link.close()
            self.open[name] = False
            self.schedule.failed(name, self.wire.clock())
        else:
            self.open[name] = True
            self.schedule.visited(name, began, self.wire.clock())

    def _answer(self, request: bytes) -> tuple[Millis, bytes] | None:
        if request[0] in self.dead:
            return None
        return self._turnaround, registers_answered(request, lambda address: address)


@pytest.mark.parametrize("turnaround", [2, 10, 20])
def test_one_silent_unit_delays_the_others_by_less_than_a_period(turnaround: int) -> None:
    """Four units, 9600 8N1, 200 ms period, reply limit 80 ms: issue 3, "It must show" 3."""
    yard = Yard(turnaround)
    yard.run(5_000)
    yard.dead.add(3)
    since = yard.wire.now_ms
    yard.run(60_000)
    for name in ("1", "2", "4"):
        gaps = yard.gaps(name, since)
        assert len(gaps) > 250
        assert max(gaps) - PERIOD < PERIOD
    probes = yard.gaps("3", since + 3_000)
    assert len(probes) > 8
    assert min(probes) >= PROBE_PAUSE
    yard.dead.clear()
    back = yard.wire.now_ms
    yard.run(10_000)
    assert yard.open["3"]
    assert yard.schedule.is_resting("3") is False
    assert min(tick for tick in yard.asked["3"] if tick > back) - back < 10_000


@settings(max_examples=25)
@given(dead=st.sets(st.integers(1, 4), max_size=4), turnaround=st.integers(0, 40))
def test_the_living_are_read_on_whoever_is_dead(dead: set[int], turnaround: int) -> None:
    yard = Yard(turnaround)
    yard.dead |= dead
    yard.run(4_000)
    since = yard.wire.now_ms
    yard.run(10_000)
    for name in yard.links:
        if int(name) not in dead:
            assert max(yard.gaps(name, since)) < 4 * PERIOD


def test_a_port_that_fails_is_gone_for_all_and_opened_once_for_all() -> None:
    wire = VirtualWire(lambda request: (Millis(2), registers_answered(request, lambda _: 7)))
    bus = BusWire(wire, wire.clock)
    one, other = (ModbusLink(bus.end(), unit, REPLY_LIMIT, wire.clock, "rtu") for unit in (1, 2))
    one.open()
    other.open()
    assert wire.opens == 1
    one.close()
    assert other.read_registers(0, 1, REPLY_LIMIT) == (7,)
    one.open()
    wire.is_gone = True
    with pytest.raises(DeviceFault, match="port-missing"):
        one.read_registers(0, 1, REPLY_LIMIT)
    wire.is_gone = False
    with pytest.raises(DeviceFault, match="port-missing"):
        other.read_registers(0, 1, REPLY_LIMIT)  # its opening of the port is over
    other.open()
    assert other.read_registers(0, 1, REPLY_LIMIT) == (7,)
    assert wire.opens == 2


def test_a_fresh_port_is_listened_to_first_for_what_was_meant_for_somebody_else() -> None:
    wire = VirtualWire(lambda request: (Millis(2), registers_answered(request, lambda _: 7)))
    wire.say(Millis(100), registers_answered(bytes.fromhex("01030000 0001"), lambda _: 666))
    link = ModbusLink(BusWire(wire, wire.clock).end(), 1, REPLY_LIMIT, wire.clock, "rtu")
    link.open()
    assert link.read_registers(0, 1, REPLY_LIMIT) == (7,)
