"""Light barriers at a lane: what the boom waits for, who follows whom, and which way a vehicle went."""

from dataclasses import replace

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom
from drivers.contract.quantities import Tick, kilograms
from drivers.contract.readings import Beam, BeamEdge, DeckSample
from station.core.facts import DeviceLost
from station.core.parameters import Sensors
from station.core.records import AlarmRaised, CrossingCompleted, CrossingHeld
from tests.core.script import Script
from tests.core.test_journeys import raised
from tests.core.world import PARAMETERS

ALL = Sensors("barrier", "barrier", "barrier")
FAULT = Fault("silent", "x", "no answer", "check the cable")


class BeamScript(Script):
    """A lane with light barriers; `beam` tells one."""

    def beam(self, beam: Beam, *, broken: bool, device: str = "barrier") -> None:
        self.read(device, BeamEdge(beam, broken))

    def swing(self, mass_kg: int) -> None:
        self.read("scale", DeckSample(kilograms(mass_kg), moving=True, valid=True))

    @property
    def lowered(self) -> int:
        return sum(isinstance(order, LowerBoom) for order in self.sent)

    @property
    def alarms(self) -> list[str]:
        return [record.code for record in self.records if isinstance(record, AlarmRaised)]

    @property
    def ends(self) -> list[str]:
        return [record.end for record in self.records if isinstance(record, CrossingCompleted)]


def lane(sensors: Sensors = ALL) -> BeamScript:
    return BeamScript(parameters=replace(PARAMETERS, sensors=sensors))


def under_way(script: BeamScript) -> BeamScript:
    """Released; the truck's middle is under the boom and its front on the exit loop."""
    script.drive_on()
    script.scan()
    script.beam("deck-exit-beam", broken=True)
    script.loop("under-boom-loop", occupied=True)
    script.beam("boom-beam", broken=True)
    script.now += 2_000
    script.loop("exit-loop", occupied=True)
    return script


def tail_is_out(script: BeamScript, *, deck_swings: bool = False) -> None:
    if deck_swings:
        script.swing(700)
    else:
        script.deck(0)
    script.beam("deck-exit-beam", broken=False)
    script.now += 400
    script.beam("boom-beam", broken=False)
    script.now += 300
    script.loop("under-boom-loop", occupied=False)
    script.now += 1_500
    script.loop("exit-loop", occupied=False)
    script.wait(600)


def test_an_ordinary_truck_breaks_each_beam_once_and_departs() -> None:
    script = under_way(lane())
    tail_is_out(script)
    script.wait(1_000)
    assert script.ends == ["DEPARTED"] and script.alarms == []
    assert (raised(script), script.lowered) == (1, 1)


def test_a_high_bed_that_both_loops_have_lost_is_neither_gone_nor_lowered_upon() -> None:
    """It stands with nothing but its rails above the loops; the next truck is on the deck already."""
    script = under_way(lane())
    script.loop("entry-loop", occupied=True)
    script.loop("entry-loop", occupied=False)
    script.loop("under-boom-loop", occupied=False)
    script.loop("exit-loop", occupied=False)
    script.wait(60_000)
    assert script.lowered == 0 and script.ends == []
    script.loop("under-boom-loop", occupied=True)  # the axles at its end
    script.loop("exit-loop", occupied=True)
    tail_is_out(script)
    script.wait(5_000)
    assert script.ends[0] == "DEPARTED" and "UNAUTHORISED_PASSAGE" not in script.alarms


@pytest.mark.parametrize("sensors", [ALL, Sensors()])
def test_a_truck_that_was_never_seen_to_leave_is_not_lowered_upon_after_its_patience(sensors: Sensors) -> None:
    """The gate stands open, so the lane would lower by itself: not onto a bed that the loop below does not feel."""
    script = under_way(lane(sensors))
    script.loop("under-boom-loop", occupied=False)
    script.wait(PARAMETERS.patience.clear + 1)
    assert script.state.phase == "HELD" and "GATE_OPEN" in script.alarms
    script.wait(60_000)
    assert script.lowered == 0


def test_a_follower_breaks_every_beam_anew_and_is_called_out_at_once() -> None:
    """A4, one metre behind: the loops never become free between the two."""
    script = under_way(lane())
    script.loop("entry-loop", occupied=True)
    script.beam("deck-entry-beam", broken=True)
    script.beam("deck-exit-beam", broken=False)
    script.now += 300
    script.beam("deck-exit-beam", broken=True)
    script.beam("boom-beam", broken=False)
    script.now += 300
    assert script.alarms == []
    script.beam("boom-beam", broken=True)
    assert script.alarms == ["UNAUTHORISED_PASSAGE"]
    script.loop("entry-loop", occupied=False)
    script.beam("deck-entry-beam", broken=False)
    tail_is_out(script)
    script.wait(3_000)
    assert script.ends == ["DEPARTED", "UNAUTHORISED"] and script.alarms == ["UNAUTHORISED_PASSAGE"]


@pytest.mark.parametrize("lost", ["boom-beam", "deck-exit-beam"])
def test_a_beam_that_loses_the_truck_for_a_moment_is_no_follower(lost: Beam) -> None:
    script = under_way(lane())
    script.loop("entry-loop", occupied=True)  # the next one waits there
    for _ in range(3):
        script.beam(lost, broken=False)
        script.beam(lost, broken=True)
    tail_is_out(script)
    assert script.alarms == []


def test_a_truck_that_noses_under_the_boom_and_back_again_is_no_follower() -> None:
    script = under_way(lane())
    for _ in range(2):
        for broken in (False, True):
            script.beam("boom-beam", broken=broken)
            script.beam("deck-exit-beam", broken=broken)
    tail_is_out(script)
    assert script.alarms == [] and script.ends == ["DEPARTED"]


@pytest.mark.parametrize("sensors", [ALL, Sensors()])
def test_a_truck_that_comes_back_from_the_exit_has_not_departed_though_another_is_at_the_entry(
    sensors: Sensors,
) -> None:
    script = under_way(lane(sensors))
    script.loop("entry-loop", occupied=True)
    script.loop("exit-loop", occupied=False)
    script.now += 1_000
    script.beam("boom-beam", broken=False)
    script.loop("under-boom-loop", occupied=False)
    script.now += 1_000
    script.beam("deck-exit-beam", broken=False)
    script.wait(10_000)
    assert script.ends == [] and script.lowered == 0


@pytest.mark.parametrize(("sensors", "alarms"), [(ALL, 0), (Sensors(boom_beam="barrier"), 1)])
def test_a_person_who_walks_behind_the_truck_is_no_vehicle_where_the_deck_has_a_beam(
    sensors: Sensors, alarms: int
) -> None:
    script = under_way(lane(sensors))
    script.mute = {LowerBoom}
    tail_is_out(script)
    script.beam("boom-beam", broken=True)
    assert script.alarms.count("UNAUTHORISED_PASSAGE") == alarms


def test_who_came_onto_the_deck_and_is_gone_has_slipped_through_also_where_there_is_no_beam() -> None:
    script = under_way(lane(Sensors()))
    script.loop("entry-loop", occupied=True)
    script.loop("entry-loop", occupied=False)
    tail_is_out(script)
    script.wait(3_000)
    assert script.ends == ["DEPARTED", "UNAUTHORISED"]


def test_who_backs_off_the_entrance_has_not_slipped_through() -> None:
    script = under_way(lane())
    script.loop("entry-loop", occupied=True)
    script.beam("deck-entry-beam", broken=True)
    script.beam("deck-entry-beam", broken=False)
    script.loop("entry-loop", occupied=False)
    tail_is_out(script)
    script.wait(3_000)
    assert script.ends == ["DEPARTED"] and script.alarms == []


def test_who_touched_the_entry_loop_is_nobody_while_the_beam_under_the_boom_has_seen_one() -> None:
    script = under_way(lane(Sensors(boom_beam="barrier")))
    script.loop("entry-loop", occupied=True)
    script.loop("entry-loop", occupied=False)
    tail_is_out(script)
    script.wait(3_000)
    assert script.ends == ["DEPARTED"]


def test_whether_somebody_slipped_through_waits_for_the_deck_to_rest() -> None:
    script = under_way(lane(Sensors()))
    script.loop("entry-loop", occupied=True)
    script.loop("entry-loop", occupied=False)
    tail_is_out(script, deck_swings=True)
    script.wait(3_000)
    assert script.ends == [] and script.lowered == 1
    script.deck(0)
    assert script.ends == ["DEPARTED", "UNAUTHORISED"]


@pytest.mark.parametrize("beam", ["boom-beam", "deck-exit-beam"])
def test_the_boom_does_not_come_down_before_who_is_about_to_pass(beam: Beam) -> None:
    script = under_way(lane())
    script.mute = {LowerBoom}
    script.deck(0)
    script.beam("deck-exit-beam", broken=False)
    script.beam("boom-beam", broken=False)
    script.loop("under-boom-loop", occupied=False)
    script.beam(beam, broken=True)
    script.loop("exit-loop", occupied=False)
    script.mute = set()
    script.wait(1_000)
    assert script.lowered == 0


def test_a_beam_that_breaks_while_the_boom_comes_down_stops_it() -> None:
    script = under_way(lane())
    script.mute = {LowerBoom}
    tail_is_out(script)
    assert script.state.motion is not None and script.state.motion.target == "down"
    script.beam("boom-beam", broken=True)
    assert script.state.motion is None
    assert any(isinstance(order, DropMotion) for order in script.sent)


def test_a_beam_that_has_not_spoken_keeps_the_boom_where_it_is() -> None:
    script = lane(Sensors(boom_beam="beams"))
    script.drive_on()
    script.scan()
    script.wait(PARAMETERS.patience.gather + 1)
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)
    assert [held.reason for held in script.of(CrossingHeld) if isinstance(held, CrossingHeld)] != []


def test_only_the_device_that_the_settings_name_is_believed_of_a_beam() -> None:
    script = under_way(lane(Sensors(boom_beam="barrier")))
    script.beam("boom-beam", broken=False, device="scanner")
    assert script.state.boom_beam.presence == "occupied"
    script.tell(DeviceLost(Tick(script.now), "scanner", FAULT))
    assert script.state.boom_beam.presence == "occupied"
    script.tell(DeviceLost(Tick(script.now), "barrier", FAULT))
    assert script.state.boom_beam.presence == "unknown"


def test_a_beam_at_the_deck_keeps_a_truck_that_is_half_on_it_from_being_weighed() -> None:
    """Its high bed is above the entry loop, which feels nothing; its axles are still outside."""
    script = lane()
    script.loop("entry-loop", occupied=True)
    script.beam("deck-entry-beam", broken=True)
    script.deck(17_000)
    script.loop("entry-loop", occupied=False)
    assert script.state.crossing is not None and script.state.crossing.weight is None
    script.deck(42_140)
    script.beam("deck-entry-beam", broken=False)
    assert script.state.crossing.weight is not None


def test_a_weight_from_before_the_entry_loop_felt_the_last_axles_is_taken_again() -> None:
    """Without beams: the loop has lost the bed, and the deck was at rest with the tractor alone."""
    script = lane(Sensors())
    for gross in (17_000, 42_140):
        script.gross = gross
        script.drive_on()
        assert script.state.crossing is not None and script.state.crossing.weight is not None
        assert script.state.crossing.weight.gross == kilograms(gross)


def test_a_high_bed_that_the_entry_loop_feels_twice_has_not_reversed() -> None:
    script = BeamScript(listed=False)
    script.drive_on()
    script.loop("entry-loop", occupied=True)
    script.loop("entry-loop", occupied=False)
    script.scan()
    assert script.state.phase == "HELD"
    script.deck(0)
    script.wait(1_100)
    assert script.ends == ["REFERRED"]
