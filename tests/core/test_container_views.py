"""How a lane looks at a container: rounds, pauses, whom the reader serves first, and that the wait always ends."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import Order, RaiseBoom, ReadContainer, ReadPlate, TakePicture
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import ContainerRead, PictureFailed
from station.core import container_views
from station.core.deadlines import due
from station.core.effects import Send
from station.core.facts import DeviceLost, OrderAnswered
from station.core.presented_records import ContainerIdentified
from station.core.records import CrossingCompleted, CrossingHeld, RefusalRecorded
from station.core.shown import evidence_digest
from station.core.state import LaneState
from tests.core.container_lane import DECLARED, LEFT, OTHER, REAR, decided, fixed, identified, lane, passage
from tests.core.script import Script
from tests.core.view_world import VIEWS


def pictures(script: Script) -> list[str]:
    """The cameras that were asked for a picture of the container, in order."""
    sends = [effect for effect in script.effects if isinstance(effect, Send)]
    return [s.device for s in sends if isinstance(s.order, TakePicture) and s.order.purpose == "container"]


def asked(script: Script, kind: type[Order]) -> list[str]:
    sends = [effect for effect in script.effects if isinstance(effect, Send)]
    return [send.order.order_id for send in sends if isinstance(send.order, kind)]


def raised(script: Script) -> bool:
    return any(isinstance(order, RaiseBoom) for order in script.sent)


def test_views_that_agree_take_one_picture_each_and_the_truck_passes() -> None:
    script = passage(lane())
    assert pictures(script) == [LEFT, REAR]
    record = identified(script)
    assert (record.container, record.verdict, record.form, record.views) == (DECLARED, "ACCEPTED", "VALID", 2)
    assert record.raw == ((LEFT, DECLARED), (REAR, DECLARED))
    assert (record.size_type, len(record.pictures)) == ("22G1", 2)
    assert (decided(script).verdict, raised(script)) == ("PASS", True)
    script.drive_off()
    (end,) = (record for record in script.records if isinstance(record, CrossingCompleted))
    assert end.container == DECLARED
    assert set(record.pictures) <= set(end.pictures)


def test_a_lane_without_container_cameras_asks_for_nothing() -> None:
    script = passage(lane(cameras=()))
    assert asked(script, ReadContainer) == [] and raised(script)
    assert not script.of(ContainerIdentified)


def test_a_lone_camera_looks_twice() -> None:
    script = passage(lane(cameras=(REAR,)))
    assert pictures(script) == [REAR] * 2
    assert (identified(script).verdict, raised(script)) == ("ACCEPTED", True)


def test_plates_are_read_first() -> None:
    script = lane(mute={ReadPlate})
    script.drive_on()
    assert asked(script, ReadPlate) and not asked(script, ReadContainer)


def test_pictures_that_show_nothing_are_taken_again_after_a_pause_and_not_for_ever() -> None:
    script = lane(fixed(left="", rear=""))
    script.drive_on()
    rounds, pause = script.parameters.limits.container_rounds, script.parameters.patience.picture_pause
    assert pictures(script) == [LEFT, REAR]
    began = script.state.tick
    assert due(script.state) == began + pause
    script.now = began
    script.wait(pause - 1)
    assert len(pictures(script)) == 2
    script.wait(1)
    assert len(pictures(script)) == 4
    passage_end(script)
    assert len(pictures(script)) == 2 * rounds
    assert (identified(script).verdict, decided(script).reason) == ("UNREADABLE", "CONTAINER_UNCERTAIN")


def passage_end(script: Script) -> None:
    script.scan()
    for _ in range(40):
        script.wait(500)


def test_a_camera_that_fails_pauses_alone() -> None:
    script = lane(mute={TakePicture})
    script.drive_on()
    orders = [e for e in script.effects if isinstance(e, Send) and e.device == LEFT]
    script.tell(OrderAnswered(Tick(script.now), orders[0].order.order_id, "accepted", ""))
    script.read(LEFT, PictureFailed(orders[0].order.order_id, "undecodable"))
    pause = script.parameters.patience.picture_pause
    script.wait(pause - 1)
    assert pictures(script).count(LEFT) == 1
    script.wait(1)
    assert pictures(script).count(LEFT) == 2 and pictures(script).count(REAR) == 1


@pytest.mark.parametrize("dead", [(REAR,), VIEWS])
def test_dead_cameras_end_the_wait_with_what_there_is(dead: tuple[str, ...]) -> None:
    script = passage(lane(dead=dead))
    assert script.now < 20_000
    assert len(pictures(script)) == (3 if len(dead) == 1 else 0)
    assert identified(script).verdict == ("REVIEW" if len(dead) == 1 else "UNREADABLE")
    assert decided(script).verdict == ("PASS_FLAG" if len(dead) == 1 else "REFER_REMOTE")


def test_a_camera_that_is_lost_midway_ends_the_wait_too() -> None:
    script = lane(mute={TakePicture})
    script.drive_on()
    for camera in VIEWS:
        script.tell(DeviceLost(Tick(script.now), camera, Fault("silent", camera, "no frame", "check the cable")))
    assert identified(script).verdict == "UNREADABLE"


def test_a_mute_reader_ends_with_the_rounds() -> None:
    script = passage(lane(mute={ReadContainer}))
    assert len(pictures(script)) == 2 * script.parameters.limits.container_rounds
    assert (identified(script).verdict, decided(script).verdict) == ("UNREADABLE", "REFER_REMOTE")


def test_a_lost_reader_is_waited_for_no_longer_than_the_patience() -> None:
    script = lane(mute={ReadContainer})
    script.drive_on()
    script.scan()
    script.tell(DeviceLost(Tick(script.now), "reader", Fault("silent", "reader", "gone", "restart it")))
    while not script.of(ContainerIdentified):
        tick = due(script.state)
        assert tick is not None
        script.wait(tick - script.now)
    assert script.now <= 6_000 + script.parameters.patience.container
    assert script.state.phase == "HELD"


def test_a_reader_that_reads_no_containers_is_asked_once_for_a_truck_and_told_by_name() -> None:
    script = lane(mute={ReadContainer})
    script.drive_on()
    script.scan()
    (order_id,) = asked(script, ReadContainer)
    script.tell(OrderAnswered(Tick(script.now), order_id, "refused", "no-container-models"))
    assert len(asked(script, ReadContainer)) == 1
    (told,) = (record for record in script.records if isinstance(record, RefusalRecorded))
    assert (told.thing, told.reason) == ("reader", "no-container-models")
    assert (decided(script).verdict, decided(script).reason) == ("REFER_REMOTE", "CONTAINER_UNCERTAIN")


@pytest.mark.parametrize(
    ("says", "declared", "verdict", "reason", "is_raised"),
    [
        (fixed(left=DECLARED, rear=DECLARED), DECLARED, "PASS", "", True),
        (fixed(left=DECLARED, rear=DECLARED), f" {DECLARED[:4]} {DECLARED[4:10]}-{DECLARED[10:]} ", "PASS", "", True),
        (fixed(left=OTHER, rear=OTHER), DECLARED, "HOLD", "CONTAINER_MISMATCH", False),
        (fixed(left="TCLU4567892", rear="TCLU4567892"), "TCLU456789Z", "REFER_REMOTE", "CONTAINER_UNCERTAIN", False),
        (fixed(left=DECLARED, rear=OTHER), DECLARED, "REFER_REMOTE", "CONTAINER_UNCERTAIN", False),
        (fixed(left=OTHER, rear=""), DECLARED, "REFER_REMOTE", "CONTAINER_UNCERTAIN", False),
        (fixed(left=DECLARED, rear=""), DECLARED, "PASS_FLAG", "CONTAINER_REVIEW", True),
        (fixed(left="TEMU1234585", rear="TEMU1234585"), "TEMU1234585", "PASS_FLAG", "CONTAINER_CHECK_DIGIT", True),
        (fixed(left="TEMU1234585", rear="TEMU1234585"), OTHER, "HOLD", "CONTAINER_MISMATCH", False),
        (fixed(left="", rear=""), DECLARED, "REFER_REMOTE", "CONTAINER_UNCERTAIN", False),
        (fixed(left="", rear=""), "", "PASS", "", True),
        (fixed(left=OTHER, rear=OTHER), "", "REFER_REMOTE", "CONTAINER_UNDECLARED", False),
        (fixed(left=DECLARED, rear=OTHER), "", "REFER_REMOTE", "CONTAINER_UNDECLARED", False),
        (fixed(left=DECLARED, rear=""), "", "PASS_FLAG", "CONTAINER_UNDECLARED", True),
    ],
)
def test_rule_r05(
    says: Callable[[str], tuple[str, int]], declared: str, verdict: str, reason: str, is_raised: bool
) -> None:
    script = passage(lane(says, declared=declared))
    assert (decided(script).verdict, decided(script).reason) == (verdict, reason)
    assert {rule.rule for rule in decided(script).rules} <= {"R05"}
    assert raised(script) == is_raised
    assert bool(script.of(CrossingHeld)) != is_raised


def test_what_was_declared_is_not_part_of_the_reading() -> None:
    """The same pictures with another declaration lead to the same record."""
    one, other = (passage(lane(fixed(left=OTHER, rear=DECLARED), declared=text)) for text in (OTHER, DECLARED))
    assert identified(one) == identified(other)


def test_the_disputed_numbers_are_both_told_to_the_officer() -> None:
    script = passage(lane(fixed(left=DECLARED, rear=OTHER)))
    assert [rule.measured for rule in decided(script).rules] == [f"{DECLARED} / {OTHER}"]
    assert identified(script).against == OTHER


def test_an_officer_acts_on_the_container_that_was_shown() -> None:
    crossing = passage(lane(fixed(left=OTHER, rear=OTHER))).state.crossing
    assert crossing is not None and crossing.container is not None
    other = replace(crossing, container=replace(crossing.container, text=DECLARED))
    assert evidence_digest(crossing) != evidence_digest(other)


def test_a_late_reading_of_the_truck_before_says_nothing_of_this_one() -> None:
    script = lane(mute={ReadContainer})
    script.drive_on()
    (order_id,) = asked(script, ReadContainer)
    script.deck(0)
    script.wait(1_500)
    assert script.state.crossing is None
    script.mute.clear()
    script.drive_on()
    no = Permille(0)
    script.read("reader", ContainerRead(order_id, "s", OTHER, OTHER, Permille(999), (), "", no, "m", Millis(1)))
    passage_end(script)
    assert identified(script).raw == ((LEFT, DECLARED), (REAR, DECLARED))


def test_the_state_in_the_midst_of_it_can_be_written_and_read() -> None:
    script = lane(fixed(left=DECLARED, rear=""))
    script.drive_on()
    assert decode(LaneState, encode(script.state)) == script.state


def test_trucks_leave_nothing_behind_and_stay_within_budget() -> None:
    script, sizes = lane(), []
    for _ in range(20):
        script.facts = 0
        script.stamped.clear()
        script.green()
        assert script.facts <= 400 and len(script.records) <= 40
        sizes.append(len(encode(script.state)))
    assert sizes[-1] - sizes[0] <= 32 and sizes[-1] <= 16 * 1024


def test_a_lane_that_waits_for_ever_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_views, "due", lambda *_: ())
    with pytest.raises(AssertionError):
        test_a_lost_reader_is_waited_for_no_longer_than_the_patience()


def test_a_lane_that_does_not_listen_to_a_refusal_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_views, "answered", lambda *_: None)
    with pytest.raises((AssertionError, ValueError)):
        test_a_reader_that_reads_no_containers_is_asked_once_for_a_truck_and_told_by_name()
