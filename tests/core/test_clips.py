"""Which events keep a clip, in which window, and that the lane never waits for one."""

from dataclasses import replace

import pytest

from drivers.contract.clips import ClipNotStored, ClipStored
from drivers.contract.faults import Fault
from drivers.contract.orders import KeepClip
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BoomMoved
from station.core import clips
from station.core.clip_records import ClipFailed, ClipKept
from station.core.clips import GIVE_UP, HOUR, LONGEST, MOST_AN_HOUR
from station.core.facts import DeviceLost, DeviceOpened, LaneStarted, OrderAnswered, SettingsApplied
from station.core.parameters import ClipRules
from station.core.records import ActRecorded, AlarmRaised, Record
from tests.core.script import Script
from tests.core.world import PARAMETERS, UTC

CAMERA = ClipRules(("camera",))
BEFORE, AFTER = CAMERA.before, CAMERA.after


def lane(rules: ClipRules = CAMERA, **changes: object) -> Script:
    script = Script(replace(PARAMETERS, clips=rules), **changes)  # type: ignore[arg-type]
    script.now += 60_000
    return script


def opened_by_hand(script: Script) -> KeepClip:
    """The boom leaves its switch with no truck about: the order that follows."""
    script.read("barrier", BoomMoved("moving"))
    return orders(script)[-1]


def closed_again(script: Script) -> None:
    script.read("barrier", BoomMoved("down"))


def orders(script: Script) -> list[KeepClip]:
    return [order for order in script.sent if isinstance(order, KeepClip)]


def stored(order: KeepClip, *, whole: bool = True, missing: int = 0) -> ClipStored:
    span = (order.since, order.until, order.since, order.until)
    return ClipStored(order.order_id, order.clip, "f" * 64, *span, 120, Millis(missing), whole)


def only(script: Script, kind: type[Record]) -> Record:
    (record,) = script.of(kind)
    return record


def test_a_hand_opening_asks_for_twenty_seconds_before_and_forty_after() -> None:
    script = lane()
    now = script.now
    order = opened_by_hand(script)
    assert (order.since, order.until) == (now - BEFORE, now + AFTER) == (now - 20_000, now + 40_000)
    script.now += 43_000
    script.read("camera", stored(order, missing=1_500))
    kept = only(script, ClipKept)
    assert isinstance(kept, ClipKept)
    (event,) = kept.events
    alarm = next(stamped for stamped in script.stamped if stamped.seq == event[1])
    assert isinstance(alarm.record, AlarmRaised) and alarm.record.code == event[0] == "GATE_OPEN"
    assert (kept.crossing, kept.camera, kept.frames, kept.missing) == ("", "camera", 120, 1_500)
    assert kept.since_ms == UTC + now - 20_000
    assert script.state.clips == ()


def held(script: Script) -> None:
    script.gross = 60_000
    script.drive_on()
    script.scan()
    assert script.state.phase == "HELD"


def test_a_hold_and_its_override_are_one_clip_and_an_ordinary_truck_has_none() -> None:
    script = lane()
    script.green()
    assert orders(script) == []
    held(script)
    (first,) = orders(script)
    script.now += 10_000
    script.act("release", "1187", "officer")
    assert len(orders(script)) == 1, "a proposal lets nobody go"
    script.act("release", "2001", "head-of-unit")
    _, second = orders(script)
    assert (second.clip, second.since, second.until) == (first.clip, first.since, script.now + AFTER)
    crossing = script.state.crossing
    script.read("camera", stored(first))
    assert script.of(ClipKept) == [], "what ends before the window is not its end"
    script.read("camera", stored(second))
    kept = only(script, ClipKept)
    assert isinstance(kept, ClipKept) and crossing is not None
    assert [code for code, _ in kept.events] == ["HOLD", "OVERRIDE"] and kept.crossing == crossing.crossing


def test_a_person_who_changes_the_lane_and_an_assisted_lane() -> None:
    script = lane()
    script.act("set-mode", "2001", "head-of-unit", mode="ASSISTED")
    assert len(orders(script)) == 1
    script.now += 200_000
    script.drive_on()
    script.scan()
    assert script.state.phase == "HELD"
    script.act("release", "1187", "officer")
    assert script.of(ActRecorded)[-1].outcome == "effective"  # type: ignore[union-attr]
    assert len(orders(script)) == 1, "there a person lets each truck go: no rule is broken"


@pytest.mark.parametrize("code", sorted(clips.ALARMS))
def test_every_alarm_of_the_table_wants_one_and_others_do_not(code: str) -> None:
    state = lane().state
    assert clips.event_of(AlarmRaised(code, "barrier", "", ""), state) == code
    assert clips.event_of(AlarmRaised("PAPER_LOW", "printer", "", ""), state) == ""


def test_nothing_waits_for_a_clip() -> None:
    """The same lane with a camera that never answers decides and orders the same, in the same order."""

    def told(script: Script) -> tuple[list[type], list[type]]:
        held(script)
        script.act("release", "1187", "officer")
        script.act("release", "2001", "head-of-unit")
        script.drive_off()
        script.wait(300_000)
        others = [type(order) for order in script.sent if not isinstance(order, KeepClip)]
        return [type(record) for record in script.records if not isinstance(record, ClipFailed)], others

    assert told(lane(mute={KeepClip})) == told(lane(ClipRules()))


def test_a_camera_that_never_answers_is_given_up_and_one_that_was_broken_off_is_kept() -> None:
    silent, broken = lane(mute={KeepClip}), lane()
    silent.read("barrier", BoomMoved("moving"))
    order = opened_by_hand(broken)
    broken.read("camera", stored(order, whole=False, missing=39_500))
    fault = Fault("silent", "camera", "gone", "look")
    broken.tell(DeviceLost(Tick(broken.now), "camera", fault))
    for script in (silent, broken):
        script.wait(AFTER + GIVE_UP)
        assert script.state.clips == ()
    failed, kept = only(silent, ClipFailed), only(broken, ClipKept)
    assert isinstance(failed, ClipFailed) and (failed.camera, failed.reason) == ("camera", "no-answer")
    assert isinstance(kept, ClipKept) and kept.missing == 39_500


def test_a_camera_that_came_back_is_asked_again_for_the_same_clip() -> None:
    script = lane()
    order = opened_by_hand(script)
    script.now += 5_000
    script.tell(DeviceLost(Tick(script.now), "camera", Fault("silent", "camera", "gone", "look")))
    script.now += 5_000
    script.tell(DeviceOpened(Tick(script.now), "camera", "rtsp-camera", "", motion_bounded=False))
    _, again = orders(script)
    assert (again.clip, again.since, again.until) == (order.clip, order.since, order.until)
    script.read("camera", ClipNotStored(order.order_id, order.clip, "no-frames"))
    assert script.of(ClipFailed) == [], "that was the word of the worker before"
    script.read("camera", ClipNotStored(again.order_id, order.clip, "disk"))
    failed = only(script, ClipFailed)
    assert isinstance(failed, ClipFailed) and failed.reason == "disk"


def test_a_refusing_camera_is_asked_again_later() -> None:
    script = lane(mute={KeepClip})
    script.read("barrier", BoomMoved("moving"))
    view = script.state.clips[0].views[0]
    script.tell(OrderAnswered(Tick(script.now), view.order_id, "refused", "not open"))
    script.mute.clear()
    script.wait(1_000)
    assert orders(script) == []
    script.wait(5_000)
    assert len(orders(script)) == 1


def restart(script: Script, tick: int) -> None:
    script.now = tick
    started = LaneStarted(Tick(tick), UTC + tick, "synced", "5", 1, "r", "s", ())
    script.tell(started, SettingsApplied(Tick(tick), script.parameters))
    script.tell(DeviceOpened(Tick(tick), "camera", "rtsp-camera", "", motion_bounded=False))


@pytest.mark.parametrize("later", [7_000, -60_500])
def test_a_restart_of_the_lane_or_of_the_machine_goes_on_with_the_clip(later: int) -> None:
    """After another boot the ticks begin anew; the camera sees that by itself, and is not waited for beyond reason."""
    script = lane()
    order = opened_by_hand(script)
    restart(script, script.now + later)
    _, again = orders(script)
    assert (again.clip, again.since, again.until) == (order.clip, order.since, order.until)
    script.wait(LONGEST + GIVE_UP)
    assert script.state.clips == () and len(script.of(ClipFailed)) == 1


def test_the_next_trucks_event_is_a_clip_of_its_own_and_at_most_three_run() -> None:
    script = lane()
    opened_by_hand(script)
    closed_again(script)
    held(script)
    assert len({order.clip for order in orders(script)}) == 2


def test_an_alarm_that_comes_and_goes_all_day_is_bounded_and_told_once_an_hour() -> None:
    script = lane()
    for _ in range(720):
        order = opened_by_hand(script)
        closed_again(script)
        for clip in script.state.clips:
            script.read("camera", stored(replace(order, clip=clip.clip, until=clip.until)))
        script.now += 10_000
    windows = {order.clip: order for order in orders(script)}
    spent = sum(order.until - order.since for order in windows.values())
    assert max(order.until - order.since for order in windows.values()) <= LONGEST
    assert spent <= MOST_AN_HOUR * (7_200_000 // HOUR + 1)
    assert [failed.reason for failed in script.of(ClipFailed)] == ["too-much"] * 2  # type: ignore[union-attr]


def test_the_state_stays_small_with_the_most_clips_and_cameras() -> None:
    script = lane(ClipRules(tuple(f"camera-{number}" for number in range(6))))
    for name in script.parameters.clips.cameras:
        script.tell(DeviceOpened(Tick(script.now), name, "rtsp-camera", "", motion_bounded=False))
    for _ in range(3):
        order = opened_by_hand(script)
        closed_again(script)
        for name in script.parameters.clips.cameras:
            script.read(name, stored(order, whole=False))
        script.now += LONGEST
    assert len(encode(script.state)) <= 16 * 1024  # law L12
