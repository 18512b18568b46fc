"""Plate cameras are recorded for the right truck; a lane that disagrees with one only ever adds control."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import BytesRefused, PlateSeen
from station.core import rules, sighting
from station.core.facts import DeviceOpened
from station.core.presented_records import PlateSighted
from station.core.records import CrossingDecided, CrossingHeld, CrossingOpened, CrossingReleased, RefusalRecorded
from tests.core.script import Script
from tests.core.world import PLATE, all_open, beginning

TRAILER = "12RM00321"
OTHER = "14C12345"
LOOK_ALIKE = "12G04567"


@pytest.fixture
def script() -> Script:
    made = Script()
    made.tell(DeviceOpened(Tick(made.now), "plates", "plates", "", motion_bounded=False))
    made.stamped.clear()
    return made


def see(script: Script, plate: str, event: str = "e1", confidence: int = 980, direction: str = "forward") -> None:
    pictures = (("plate", "/evidence/ab/ab.jpg", "ab" * 32),)
    said = "2024-05-07T17:48:03+07:00"
    script.read("plates", PlateSeen(event, plate, Permille(confidence), direction, said, pictures))  # type: ignore[arg-type]


def sighted(script: Script) -> list[tuple[str, str]]:
    return [(record.crossing[-6:], record.plate) for record in script.records if isinstance(record, PlateSighted)]


def decided(script: Script) -> CrossingDecided:
    (record,) = script.of(CrossingDecided)
    assert isinstance(record, CrossingDecided)
    return record


def through(script: Script) -> CrossingDecided:
    script.drive_on()
    script.scan()
    return decided(script)


def test_a_sighting_is_recorded_once_with_its_pictures(script: Script) -> None:
    script.drive_on()
    see(script, "12C-045.67")
    see(script, "12C 04567")
    see(script, "12C04561")
    assert sighted(script) == [("000001", PLATE), ("000001", "12C04561")]
    (first, _) = script.of(PlateSighted)
    assert isinstance(first, PlateSighted)
    assert (first.device, first.event, first.pictures) == ("plates", "e1", ("ab" * 32,))


def test_a_truck_that_was_seen_before_the_loop_and_one_seen_long_before(script: Script) -> None:
    see(script, OTHER, "old")
    script.now += sighting.BEFORE_ARRIVAL
    see(script, PLATE, "new")
    script.now += 1
    script.drive_on()
    assert sighted(script) == [("000001", PLATE)]
    kinds = [type(record) for record in script.records]
    assert kinds.index(CrossingOpened) < kinds.index(PlateSighted)


def test_what_was_seen_before_a_restart_is_no_trucks(script: Script) -> None:
    """After a reboot ticks begin anew, and what was seen days ago would lie ahead."""
    see(script, OTHER)
    script.now = 500
    script.tell(*beginning(script.now), *all_open(script.now))
    script.drive_on()
    assert sighted(script) == []


def test_what_is_seen_while_a_truck_leaves_is_the_next_ones(script: Script) -> None:
    through(script)
    see(script, OTHER)
    script.drive_off()
    assert sighted(script) == []
    script.drive_on()
    assert sighted(script) == [("000002", OTHER)]


def test_many_sightings_are_few_records(script: Script) -> None:
    for n in range(20):
        see(script, PLATE, f"early-{n}")
    script.drive_on()
    for n in range(20):
        see(script, PLATE, f"e{n}")
    assert len(sighted(script)) == sighting.MOST_SIGHTINGS
    assert len(script.state.early_sightings) == 0


def test_a_camera_that_agrees_changes_nothing(script: Script) -> None:
    see(script, PLATE)
    decision = through(script)
    assert (decision.verdict, decision.rules) == ("PASS", ())


def test_a_camera_that_saw_another_plate_calls_an_officer(script: Script) -> None:
    see(script, OTHER)
    decision = through(script)
    assert (decision.verdict, decision.reason) == ("REFER_REMOTE", "PLATE_DISPUTED")
    (fired,) = decision.rules
    assert (fired.rule, fired.expected, fired.measured) == ("R04b", PLATE, OTHER)
    assert script.of(CrossingHeld)
    assert not script.of(CrossingReleased)


def test_one_look_alike_character_is_a_remark_only(script: Script) -> None:
    see(script, LOOK_ALIKE)
    decision = through(script)
    assert (decision.verdict, decision.reason) == ("PASS_FLAG", "PLATE_DISPUTED")


@pytest.mark.parametrize(
    ("plate", "confidence", "direction"),
    [
        (OTHER, 899, "forward"),  # not sure
        (OTHER, 980, "reverse"),  # drives away: somebody else
        (TRAILER, 980, "forward"),  # its own trailer
        ("12C0", 980, "forward"),  # no plate at all
        ("", 980, "forward"),  # not read
    ],
)
def test_what_is_no_opinion_is_recorded_and_decides_nothing(
    script: Script, plate: str, confidence: int, direction: str
) -> None:
    see(script, plate, confidence=confidence, direction=direction)
    decision = through(script)
    assert sighted(script) == [("000001", plate)]
    assert (decision.verdict, decision.rules) == ("PASS", ())


def test_the_truck_behind_is_no_dispute_if_this_one_was_seen_too(script: Script) -> None:
    see(script, PLATE, "e1")
    script.drive_on()
    see(script, OTHER, "e2")
    script.scan()
    assert decided(script).verdict == "PASS"


def test_a_camera_never_lowers_what_the_lane_found(script: Script) -> None:
    script.plate = OTHER
    see(script, PLATE)  # the camera says what was declared, the lane's own reader does not
    alone = Script(plate=OTHER)
    assert rules.STRENGTH.index(through(script).verdict) >= rules.STRENGTH.index(through(alone).verdict)
    assert decided(script).reason == "IDENTITY_MISMATCH"


def test_a_camera_that_is_not_fit_is_not_believed() -> None:
    script = Script()
    see(script, OTHER)
    assert through(script).verdict == "PASS"
    assert sighted(script) == []


def test_what_a_camera_could_not_use_names_its_next_step_and_not_a_baud_rate(script: Script) -> None:
    script.read("plates", BytesRefused(1, "event e1: detectionPicture.jpg: did not come", ""))
    script.read("scale", BytesRefused(3, "ff", "wrong-baud?"))
    steps = [record.next_step for record in script.records if isinstance(record, RefusalRecorded)]
    assert steps == ["see to the named picture, camera or setting", "check wiring and baud"]


@given(
    sightings=st.lists(
        st.tuples(
            st.sampled_from([PLATE, OTHER, LOOK_ALIKE, TRAILER, "", "???"]),
            st.sampled_from([0, 899, 900, 1000]),
            st.sampled_from(["forward", "reverse", "unknown"]),
            st.booleans(),
        ),
        max_size=7,
    ),
    plate=st.sampled_from([PLATE, OTHER, LOOK_ALIKE]),
    listed=st.booleans(),
)
def test_whatever_cameras_say_control_is_only_added(
    sightings: list[tuple[str, int, str, bool]], plate: str, listed: bool
) -> None:
    """Law L8."""
    alone, watched = Script(plate=plate, listed=listed), Script(plate=plate, listed=listed)
    watched.tell(DeviceOpened(Tick(watched.now), "plates", "plates", "", motion_bounded=False))
    early = [sighting for sighting in sightings if sighting[3]]
    for n, (text, confidence, direction, _) in enumerate(early):
        see(watched, text, f"early-{n}", confidence, direction)
    alone.drive_on()
    watched.drive_on()
    for n, (text, confidence, direction, is_early) in enumerate(sightings):
        if not is_early:
            see(watched, text, f"late-{n}", confidence, direction)
    alone.scan()
    watched.scan()
    assert rules.STRENGTH.index(decided(watched).verdict) >= rules.STRENGTH.index(decided(alone).verdict)
    assert set(decided(alone).rules) <= set(decided(watched).rules)
