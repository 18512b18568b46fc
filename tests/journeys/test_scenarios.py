"""The acceptance scenarios of the domain brief that this lane has the devices for, against expected.toml."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.driver import Answer, Driver, Identity
from drivers.contract.orders import Order, ReadPlate
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import PlateRead, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage
from station.core.parameters import Sensors
from station.core.records import AlarmRaised
from station.simulate.drive import follow
from station.simulate.ground import BEFORE_THE_LANE, BEYOND_THE_LANE, BOOM, STOP_LINE, UNDER_BOOM_LOOP
from station.simulate.scene import gate_picture
from station.simulate.shapes import HIGH_BED
from station.simulate.truck import Pace, Truck
from tests.journeys.expectation import CHECKS, SCENARIOS, differences
from tests.journeys.gate import DECLARATION, PARAMETERS, Gate
from tests.journeys.yard import Script, drive, wait_for
from tests.messages.validating import record_faults

GREEN_KG, HEAVY_KG = 42_140, 43_320
BOTHER_MS = 2_000
"""How long a person at the lane takes to do something."""


@pytest.fixture(scope="module")
def picture() -> bytes:
    return gate_picture("12C-045.67", seed=1, condition="clear", lines=2)


@pytest.fixture
def gate(tmp_path: Path, picture: bytes) -> Iterator[Gate]:
    with Gate(tmp_path) as made:
        made.show_plate(picture)
        made.ready()
        yield made
        assert made.yard.struck == 0
        assert "both" not in {light for _, light in made.yard.lights}


def finish(gate: Gate, crossings: int = 1) -> None:
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
    gate.run(10_000)
    assert len(gate.completed()) == crossings
    assert [fault for row in gate.rows() for fault in record_faults(row.type, row.body)] == []


def test_every_key_of_the_scenarios_is_checked_and_every_scenario_is_told() -> None:
    assert {key for scenario in SCENARIOS.values() for key in scenario} == set(CHECKS)
    told = {name.removeprefix("test_").replace("_", "-").upper() for name in globals() if name.startswith("test_a")}
    assert {name.upper() for name in SCENARIOS} == told


def test_a1(gate: Gate) -> None:
    gate.arrive(GREEN_KG, lambda truck: gate.yard.passes(truck, DECLARATION))
    finish(gate)
    assert differences("A1", gate) == []


@pytest.fixture
def beam_gate(tmp_path: Path, picture: bytes) -> Iterator[Gate]:
    """The same gate with a light barrier under its boom."""
    with Gate(tmp_path, parameters=replace(PARAMETERS, sensors=Sensors(boom_beam="barrier"))) as made:
        made.show_plate(picture)
        made.ready()
        yield made
        assert made.yard.struck == 0


def test_a1_high_bed(beam_gate: Gate) -> None:
    """It halts with its rails above the loop under the boom, which feels nothing for 10 s."""
    yard = beam_gate.yard

    def halts_across(truck: Truck) -> Script:
        yield from yard.onto_deck(truck)
        yield from yard.show(DECLARATION)
        yield from wait_for(lambda: yard.may_go)
        yield from drive(truck, BOOM + 9.0)
        yield from yard.pause(Millis(10_000))
        yield from drive(truck, BEYOND_THE_LANE)

    truck = beam_gate.arrive(GREEN_KG, halts_across, HIGH_BED)
    beam_gate.until(lambda: truck.nose_m == BOOM + 9.0, 120, "it halts")
    beam_gate.run(9_000)
    assert not truck.is_felt(UNDER_BOOM_LOOP) and truck.covers(UNDER_BOOM_LOOP)
    assert beam_gate.yard.motions[-1][1] == "raise"
    finish(beam_gate)
    assert differences("A1-high-bed", beam_gate) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wires_that_tear_everything_apart_change_nothing(tmp_path: Path, picture: bytes, seed: int) -> None:
    """A1 again; after two bytes in five a read ends. Each seed swings the deck otherwise."""
    with Gate(tmp_path, seed=seed, damage=Damage(seed, split=Permille(400))) as gate:
        gate.show_plate(picture)
        gate.ready()
        gate.arrive(GREEN_KG, lambda truck: gate.yard.passes(truck, DECLARATION))
        finish(gate)
        assert differences("A1", gate) == []


class MisreadingReader:
    """Reads every frame as 12CO4567, surer of nothing than 0.61; the grammar makes the letter a zero."""

    def __init__(self, device: str, tools: Tools) -> None:
        self._orders: list[ReadPlate] = []

    def open(self) -> Identity:
        return Identity("plate-reader", "misreads")

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, ReadPlate):
            return Answer("refused")
        self._orders.append(order)
        return Answer("accepted")

    def poll(self, patience: Millis) -> list[Reading]:
        orders, self._orders = self._orders, []
        sure = Permille(610)
        return [
            PlateRead(o.order_id, o.sha256, "12CO4567", "12C04567", sure, (sure,) * 8, "m" * 64, Millis(4))
            for o in orders
        ]

    def close(self) -> None:
        """Nothing to close."""


def test_a2(tmp_path: Path, picture: bytes) -> None:
    def misreading(device: str, tools: Tools) -> Driver:
        return MisreadingReader(device, tools)

    with Gate(tmp_path, reader=misreading) as gate:
        gate.show_plate(picture)
        gate.ready()
        gate.arrive(GREEN_KG, lambda truck: gate.yard.passes(truck, DECLARATION))
        finish(gate)
        assert differences("A2", gate) == []


def into_the_bay(gate: Gate) -> Callable[[Truck], Script]:
    """Stands and shows the code; once referred, somebody waves it to the bay."""

    def script(truck: Truck) -> Script:
        yield from gate.yard.onto_deck(truck)
        yield from gate.yard.show(DECLARATION)
        yield from wait_for(lambda: gate.told[-1] == "GO_TO_BAY")
        yield from gate.yard.pause(Millis(BOTHER_MS))
        truck.turn_aside()
        yield from wait_for(lambda: truck.is_in_bay)

    return script


def test_a3(gate: Gate) -> None:
    gate.arrive(HEAVY_KG, into_the_bay(gate))
    finish(gate)
    assert differences("A3", gate) == []


def test_a4(gate: Gate) -> None:
    yard = gate.yard
    first = gate.arrive(GREEN_KG, lambda truck: yard.passes(truck, DECLARATION))

    def follows(truck: Truck) -> Script:
        """Waits behind, then drives 4 m behind the first truck's tail whatever the light says."""
        yield from wait_for(lambda: first.nose_m - first.length_m - truck.nose_m > 4 and first.nose_m > STOP_LINE + 1)
        yield from drive(truck, BEYOND_THE_LANE)

    gate.arrive(30_000, follows)
    finish(gate, crossings=2)
    assert differences("A4", gate) == []


def test_a4_close(beam_gate: Gate) -> None:
    yard = beam_gate.yard
    first = beam_gate.arrive(GREEN_KG, lambda truck: yard.passes(truck, DECLARATION))

    def follows(truck: Truck) -> Script:
        """Catches up while the first pulls away, and keeps 1 m behind its tail."""
        truck.pace = Pace(8.0, 4.0)
        yield from follow(first, truck, 1.0)

    second = beam_gate.arrive(30_000, follows)
    beam_gate.until(lambda: second.nose_m > BOOM, 120, "the second is under the boom")
    assert first.nose_m - first.length_m - second.nose_m < 1.2
    beam_gate.run(2_000)
    assert any(isinstance(record, AlarmRaised) for record in beam_gate.records())
    finish(beam_gate, crossings=2)
    assert differences("A4-close", beam_gate) == []


def test_a5(gate: Gate) -> None:
    def reverses(truck: Truck) -> Script:
        yield from gate.yard.onto_deck(truck)
        yield from gate.yard.pause(Millis(10_000))
        yield from drive(truck, BEFORE_THE_LANE)

    gate.arrive(GREEN_KG, reverses)
    finish(gate)
    assert differences("A5", gate) == []


def test_a6(gate: Gate) -> None:
    state = gate.loop.state

    def shows_twice(truck: Truck) -> Script:
        """Has not yet shown the code when the power goes; shows it when the lane is back."""
        yield from gate.yard.onto_deck(truck)
        yield from wait_for(lambda: gate.loop.state.starts == 2)
        yield from gate.yard.pause(Millis(BOTHER_MS))
        yield from gate.yard.show(DECLARATION)
        yield from gate.yard.leave_on_green(truck)

    gate.arrive(GREEN_KG, shows_twice)
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.weight is not None, 60, "weighed")
    state = gate.loop.state
    gate.power_cut()
    for _ in range(40 * 60):
        gate.yard.advance(Millis(1_000))
    gate.start()
    assert gate.rebuilt.lost == ""
    assert gate.rebuilt.state == state
    finish(gate, crossings=2)
    first, second = gate.completed()
    assert second.previous == first.crossing
    assert first.weight_id
    assert gate.ledger.holder(DECLARATION) == second.crossing
    assert differences("A6", gate) == []


def test_a9(gate: Gate) -> None:
    gate.arrive(HEAVY_KG, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "HELD", 120, "referred")
    gate.run(BOTHER_MS)
    gate.act("release", "1187")
    assert gate.loop.state.phase == "HELD"
    gate.act("release", "1187")
    gate.run(BOTHER_MS)
    assert gate.loop.state.phase == "HELD"
    assert gate.yard.motions == []
    gate.act("release", "2001")
    finish(gate)
    assert differences("A9", gate) == []


def test_a14(gate: Gate) -> None:
    def returns_when_told(truck: Truck) -> Script:
        yield from gate.yard.onto_deck(truck)
        yield from gate.yard.show(DECLARATION)
        yield from wait_for(lambda: gate.yard.may_go or gate.told[-1] == "REVERSE_OUT")
        yield from drive(truck, BEYOND_THE_LANE if gate.yard.may_go else BEFORE_THE_LANE)

    gate.arrive(GREEN_KG, returns_when_told)
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.decision is not None, 120, "decided")
    gate.run(400)
    assert not gate.yard.boom.up_limit
    gate.suspend()
    gate.until(lambda: gate.loop.state.phase == "HELD", 60, "held")
    assert gate.yard.boom.down_limit
    gate.run(BOTHER_MS)
    assert gate.act("release", "2001").refusal == "NOT_OVERRIDABLE"
    gate.outcomes.clear()
    gate.act("return", "2001")
    finish(gate)
    assert gate.ledger.holder(DECLARATION) == ""
    assert differences("A14", gate) == []


def test_a14_moving(gate: Gate) -> None:
    gate.arrive(GREEN_KG, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "CLEARING", 120, "the truck is under the boom")
    gate.suspend()
    finish(gate)
    assert differences("A14-moving", gate) == []
