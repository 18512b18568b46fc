"""A truck that went out has departed: its declaration stays spent, whatever the lane was about to do with it."""

from drivers.contract.orders import LowerBoom, SoundSiren, TakePicture
from drivers.contract.quantities import Tick
from drivers.contract.readings import BoomMoved, PictureTaken
from station.core.effects import GiveBack, Send
from station.core.facts import OrderAnswered, Suspended
from station.core.parameters import LaneParameters
from station.core.records import AlarmRaised, CrossingCompleted
from tests.core.script import Script
from tests.core.world import DECLARATION, PARAMETERS, all_open, beginning


def ends(script: Script) -> list[tuple[str, str]]:
    return [(r.end, r.released_by) for r in script.records if isinstance(r, CrossingCompleted)]


def given_back(script: Script) -> int:
    return sum(isinstance(effect, GiveBack) for effect in script.effects)


def released(script: Script) -> Script:
    script.drive_on()
    script.scan()
    assert script.state.boom == "up"
    return script


def go_out(script: Script) -> None:
    """The truck drives out; the boom obeys again once it is through."""
    script.loop("under-boom-loop", occupied=True)
    script.now += 3_000
    script.loop("exit-loop", occupied=True)
    script.deck(0)
    script.now += 2_000
    script.mute.clear()
    script.loop("under-boom-loop", occupied=False)
    script.now += 1_000
    script.loop("exit-loop", occupied=False)
    script.wait(3_000)
    script.wait(9_000)
    script.wait(3_000)


def test_a_truck_that_goes_when_its_patience_is_over_has_departed() -> None:
    script = released(Script(mute={LowerBoom}))
    script.wait(PARAMETERS.patience.clear + 1)
    assert script.state.crossing is not None and script.state.crossing.then_hold == "NOT_DEPARTED"
    go_out(script)
    assert ends(script) == [("DEPARTED", "RULES")]
    assert given_back(script) == 0
    assert script.state.boom == "down"


def test_a_truck_that_goes_on_green_as_its_suspension_arrives_has_departed_with_an_alarm() -> None:
    script = released(Script(mute={LowerBoom}))
    script.tell(Suspended(Tick(script.now), DECLARATION, lifted=False, number=1))
    go_out(script)
    assert ends(script) == [("DEPARTED", "RULES")]
    assert given_back(script) == 0
    assert "PASSED_BEFORE_NOTICE" in [r.code for r in script.records if isinstance(r, AlarmRaised)]


def test_a_dead_loop_under_the_boom_neither_lowers_it_on_the_truck_nor_frees_the_declaration() -> None:
    """The deck is empty while the truck's rear is still under the boom; only the exit loop knows."""
    script = released(Script())
    script.now += 3_000
    script.loop("exit-loop", occupied=True)
    script.deck(0)
    script.wait(2_000)
    assert not any(isinstance(order, LowerBoom) for order in script.sent)
    script.loop("exit-loop", occupied=False)
    script.wait(1_000)
    assert ends(script) == [("DEPARTED", "RULES")]
    assert given_back(script) == 0


def test_a_boom_that_closes_by_itself_behind_the_truck_ends_a_departure() -> None:
    script = released(Script())
    script.now += 3_000
    script.loop("exit-loop", occupied=True)
    script.deck(0)
    script.read("barrier", BoomMoved("down"))
    script.now += 1_000
    script.loop("exit-loop", occupied=False)
    script.wait(1_000)
    assert ends(script) == [("DEPARTED", "RULES")]
    assert given_back(script) == 0


def test_the_next_truck_does_not_inherit_what_left_during_a_restart() -> None:
    script = released(Script())
    script.loop("under-boom-loop", occupied=True)
    script.now += 1_000
    script.tell(*beginning(script.now))
    script.tell(*all_open(script.now))
    script.loop("entry-loop", occupied=True)
    assert script.state.crossing is not None and script.state.crossing.previous == ""


def test_a_picture_of_the_truck_before_is_no_evidence_of_this_one() -> None:
    script = Script(mute={TakePicture})
    script.drive_on()
    order = [e.order for e in script.effects if isinstance(e, Send) and isinstance(e.order, TakePicture)][-1]
    script.loop("entry-loop", occupied=True)
    script.deck(0)
    script.loop("entry-loop", occupied=False)
    script.wait(1_100)
    script.loop("entry-loop", occupied=True)
    script.read("camera", PictureTaken(order.order_id, "/x/a", "sha-of-the-other", Tick(script.now - 1_100), 1))
    assert script.state.crossings == 2
    assert script.state.crossing is not None and script.state.crossing.pictures == ()


def test_a_test_run_spends_no_declaration() -> None:
    script = Script(parameters=LaneParameters("VN-HN", "I1", "15BB", "TEST"))
    script.green()
    assert ends(script) == [("DEPARTED", "RULES")]
    assert given_back(script) == 1


def test_every_row_of_a_test_run_says_so_by_its_crossing() -> None:
    script = Script(parameters=LaneParameters("VN-HN", "I1", "15BB", "TEST"))
    script.green()
    named = [record.crossing for record in script.records if hasattr(record, "crossing")]
    assert len(named) > 8
    assert set(named) == {"VN-HN-I1-E1-T000001"}
    script = Script()
    script.green()
    assert {record.crossing for record in script.records if hasattr(record, "crossing")} == {"VN-HN-I1-E1-000001"}


def test_a_lowering_that_the_device_refuses_is_not_ordered_again_at_once() -> None:
    script = Script(mute={LowerBoom})
    released(script)
    script.wait(PARAMETERS.patience.clear + 1)
    for _ in range(20):
        script.now += 20
        script.tell(OrderAnswered(Tick(script.now), lowerings(script)[-1].order_id, "refused", "not now"))
    assert len(lowerings(script)) == 1
    script.wait(2_100)
    assert len(lowerings(script)) == 2


def lowerings(script: Script) -> list[LowerBoom]:
    return [e.order for e in script.effects if isinstance(e, Send) and isinstance(e.order, LowerBoom)]


def test_a_vehicle_that_breaks_through_is_loud_although_the_boom_says_down() -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    assert script.state.phase == "HELD"
    script.loop("under-boom-loop", occupied=True)
    script.loop("exit-loop", occupied=True)
    assert "UNAUTHORISED_PASSAGE" in [r.code for r in script.records if isinstance(r, AlarmRaised)]
    assert any(isinstance(order, SoundSiren) and order.on for order in script.sent)


def test_one_bad_sample_of_the_scale_ends_no_hold_and_no_release() -> None:
    held = Script(listed=False)
    held.drive_on()
    held.scan()
    free = released(Script())
    for script, phase in ((held, "HELD"), (free, "RELEASING")):
        script.deck(0)
        script.deck(script.gross)
        script.wait(900)
        assert (script.state.phase, script.state.crossings) == (phase, 1)


def test_a_deck_that_is_said_to_be_empty_again_and_again_is_empty() -> None:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    for _ in range(6):
        script.deck(0)
        script.wait(200)
    assert [end for end, _ in ends(script)] == ["REFERRED"]
