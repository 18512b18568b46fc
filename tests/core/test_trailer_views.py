"""The plate at the rear: told apart from the vehicle's own, read after it, compared with the declared trailer's."""

from dataclasses import replace

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import Order, RaiseBoom, ReadPlate, TakePicture
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Tick
from station.core import rules, trailer_views
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import DeviceLost, DeviceOpened
from station.core.presented_records import TrailerIdentified
from station.core.records import CrossingCompleted, CrossingHeld, PlateIdentified
from station.core.shown import evidence_digest
from station.core.state import LaneState
from tests.core.container_lane import decided, passage
from tests.core.script import Script
from tests.core.trailer_lane import DECLARED, OTHER, REAR, lane, seen_behind
from tests.core.world import PLATE


def rear_orders(script: Script) -> list[Order]:
    return [e.order for e in script.effects if isinstance(e, Send) and e.device == REAR]


def raised(script: Script) -> bool:
    return any(isinstance(order, RaiseBoom) for order in script.sent)


def identified(script: Script) -> PlateIdentified:
    (record,) = (record for record in script.records if isinstance(record, PlateIdentified))
    return record


def test_the_declared_trailer_passes_and_its_plate_stays_on_record() -> None:
    script = passage(lane())
    record = seen_behind(script)
    assert (record.plate, record.verdict, record.frames) == (DECLARED, "ACCEPTED", 2)
    assert len(record.raw) == len(record.pictures) == 2
    assert (decided(script).verdict, raised(script)) == ("PASS", True)
    script.drive_off()
    (end,) = (record for record in script.records if isinstance(record, CrossingCompleted))
    assert (end.plate, end.trailer) == (PLATE, DECLARED)
    assert set(record.pictures) <= set(end.pictures)


def test_the_rear_is_looked_at_after_the_front_is_read() -> None:
    script = lane(mute={ReadPlate})
    script.drive_on()
    assert not rear_orders(script)
    assert all(isinstance(order, TakePicture) for order in rear_orders(passage(lane())))


def test_a_lane_without_a_trailer_camera_asks_for_nothing() -> None:
    script = passage(lane(camera=""))
    assert raised(script) and not script.of(TrailerIdentified)


@pytest.mark.parametrize(
    ("behind", "declared", "verdict", "reason", "is_raised"),
    [
        (DECLARED, DECLARED, "PASS", "", True),
        (DECLARED, "12RM-003.21", "PASS", "", True),  # lists write it as people do
        (OTHER, DECLARED, "REFER_REMOTE", "TRAILER_MISMATCH", False),
        ("12RM0032I", DECLARED, "REFER_REMOTE", "TRAILER_UNCERTAIN", False),
        ("", DECLARED, "REFER_REMOTE", "TRAILER_UNCERTAIN", False),
        (PLATE, DECLARED, "REFER_REMOTE", "TRAILER_MISMATCH", False),  # a truck that draws nothing
        ("", "", "PASS", "", True),
        (PLATE, "", "PASS", "", True),
        (OTHER, "", "REFER_REMOTE", "TRAILER_UNDECLARED", False),
        ("14C12345", "", "REFER_REMOTE", "TRAILER_UNDECLARED", False),  # another vehicle's plate at the rear
    ],
)
def test_rule_r04e(behind: str, declared: str, verdict: str, reason: str, is_raised: bool) -> None:
    script = passage(lane(behind, declared=declared))
    assert (decided(script).verdict, decided(script).reason) == (verdict, reason)
    assert {rule.rule for rule in decided(script).rules} <= {"R04e"}
    assert raised(script) == is_raised
    assert bool(script.of(CrossingHeld)) != is_raised


@pytest.mark.parametrize(
    ("declared", "reason"), [(DECLARED, "TRAILER_REVIEW"), (OTHER, "TRAILER_UNCERTAIN"), ("", "TRAILER_UNDECLARED")]
)
def test_one_frame_alone_is_a_guess(declared: str, reason: str) -> None:
    script = passage(lane(lambda number: DECLARED if number == 0 else "", declared=declared))
    assert (seen_behind(script).verdict, seen_behind(script).frames) == ("REVIEW", 1)
    assert decided(script).reason == reason
    assert len(rear_orders(script)) == script.parameters.limits.trailer_frames


@pytest.mark.parametrize("trailer", [DECLARED, "29R01234", "桂F1234挂", "AA123RM", "7A1234"])
def test_a_trailers_plate_before_the_plate_camera_is_never_the_vehicles_own(trailer: str) -> None:
    """Even where somebody declared it as the vehicle's."""
    script = passage(lane(camera="", plate=trailer))
    assert (identified(script).plate, identified(script).verdict) == ("", "UNREADABLE")
    assert set(identified(script).raw) == {trailer}
    assert (seen_behind(script).plate, seen_behind(script).verdict) == (trailer, "REVIEW")
    assert (decided(script).reason, raised(script)) == ("IDENTITY_UNCERTAIN", False)


def test_two_plates_in_one_picture_are_both_recorded() -> None:
    script = lane(camera="")
    script.beside = OTHER
    passage(script)
    assert (identified(script).plate, identified(script).verdict) == (PLATE, "ACCEPTED")
    assert (seen_behind(script).plate, seen_behind(script).verdict) == (OTHER, "REVIEW")
    assert (decided(script).verdict, raised(script)) == ("PASS", True)  # it may be the next truck's: a note only


def test_a_trailer_camera_that_is_dead_leaves_a_guess_of_the_front() -> None:
    script = lane(is_dead=True)
    script.beside = DECLARED
    passage(script)
    assert (seen_behind(script).plate, seen_behind(script).verdict) == (DECLARED, "REVIEW")
    assert (decided(script).verdict, decided(script).reason) == ("PASS_FLAG", "TRAILER_REVIEW")


def test_dead_or_lost_cameras_end_the_wait() -> None:
    assert seen_behind(passage(lane(is_dead=True))).verdict == "UNREADABLE"
    script = lane(lambda _: "")
    script.drive_on()
    script.tell(DeviceLost(Tick(script.now), REAR, Fault("silent", REAR, "no frame", "check the cable")))
    assert seen_behind(script).verdict == "UNREADABLE"


def test_a_lost_reader_is_waited_for_no_longer_than_the_patience() -> None:
    script = lane(lambda _: "")
    script.drive_on()
    script.scan()
    script.tell(DeviceLost(Tick(script.now), "reader", Fault("silent", "reader", "gone", "restart it")))
    while not script.of(TrailerIdentified):
        tick = due(script.state)
        assert tick is not None
        script.wait(tick - script.now)
    assert script.now <= 6_000 + script.parameters.patience.trailer
    assert (script.state.phase, decided(script).reason) == ("HELD", "TRAILER_UNCERTAIN")


def test_an_officer_acts_on_the_trailer_that_was_shown() -> None:
    crossing = passage(lane(OTHER)).state.crossing
    assert crossing is not None and crossing.trailer is not None
    other = replace(crossing, trailer=replace(crossing.trailer, text=DECLARED))
    assert evidence_digest(crossing) != evidence_digest(other)


def test_one_camera_may_see_container_and_trailer() -> None:
    parameters = lane().parameters
    script = Script(replace(parameters, parts=replace(parameters.parts, container_cameras=(REAR,))))
    script.tell(DeviceOpened(Tick(script.now), REAR, "camera", "", motion_bounded=False))
    passage(script)
    assert (seen_behind(script).plate, decided(script).verdict) == (DECLARED, "PASS")


def test_trucks_leave_nothing_behind_and_stay_within_budget() -> None:
    script, sizes = lane(), []
    for _ in range(20):
        script.facts = 0
        script.stamped.clear()
        script.green()
        assert script.facts <= 400 and len(script.records) <= 40
        assert decode(LaneState, encode(script.state)) == script.state
        sizes.append(len(encode(script.state)))
    assert sizes[-1] - sizes[0] <= 32 and sizes[-1] <= 16 * 1024


def test_a_lane_that_takes_the_trailers_plate_for_the_vehicles_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trailer_views, "is_trailers", lambda _: False)
    with pytest.raises(AssertionError):
        test_a_trailers_plate_before_the_plate_camera_is_never_the_vehicles_own(DECLARED)


def test_a_lane_that_does_not_compare_trailers_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", tuple(rule for rule in rules.RULES if rule.__name__ != "_trailer"))
    with pytest.raises(AssertionError):
        test_rule_r04e(OTHER, DECLARED, "REFER_REMOTE", "TRAILER_MISMATCH", is_raised=False)


def test_a_lane_that_waits_for_ever_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trailer_views, "due", lambda *_: ())
    with pytest.raises(AssertionError):
        test_a_lost_reader_is_waited_for_no_longer_than_the_patience()
