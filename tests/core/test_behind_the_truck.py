"""What comes behind a released truck: a follower, the next truck, and orders that the same turn makes void."""

from drivers.contract.orders import DropMotion, LowerBoom
from drivers.contract.quantities import Tick
from drivers.contract.readings import LoopEdge
from station.core.effects import Send
from station.core.facts import DeviceRead, TimePassed
from station.core.interlock import stands
from station.core.records import AlarmRaised, CrossingCompleted
from station.core.step import step
from tests.core.script import Script
from tests.core.test_journeys import raised


def test_an_order_that_the_same_turn_has_made_void_does_not_stand() -> None:
    """Protective effects leave first: without this a lowering would follow the DropMotion that was to stop it."""
    script = Script()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.loop("exit-loop", occupied=True)
    script.deck(0)
    script.loop("under-boom-loop", occupied=False)
    script.loop("exit-loop", occupied=False)
    later = Tick(script.now + 600)
    back = DeviceRead(later, "barrier", LoopEdge("under-boom-loop", occupied=True))
    done = step(script.state, [TimePassed(later), back])
    given = [effect.order for effect in done.effects if isinstance(effect, Send)]
    assert [type(order) for order in given if isinstance(order, LowerBoom | DropMotion)] == [LowerBoom, DropMotion]
    standing = [effect.order for effect in done.effects if isinstance(effect, Send) and stands(done.state, effect)]
    assert not any(isinstance(order, LowerBoom) for order in standing)


def test_a_second_vehicle_behind_the_released_one_is_its_own_unauthorised_crossing() -> None:
    """A4: it is on the deck before the first has left, and does not stop."""
    script = Script()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.loop("exit-loop", occupied=True)
    script.wait(1_000)
    script.loop("entry-loop", occupied=True)
    script.loop("under-boom-loop", occupied=False)
    script.loop("entry-loop", occupied=False)
    script.deck(30_000)
    script.loop("exit-loop", occupied=False)
    script.wait(900)
    assert raised(script) == 1 and not any(isinstance(order, LowerBoom) for order in script.sent)
    script.loop("under-boom-loop", occupied=True)
    script.deck(0)
    script.wait(2_000)
    script.loop("under-boom-loop", occupied=False)
    script.wait(600)
    assert [r.end for r in script.records if isinstance(r, CrossingCompleted)] == ["DEPARTED", "UNAUTHORISED"]
    assert "UNAUTHORISED_PASSAGE" in [r.code for r in script.records if isinstance(r, AlarmRaised)]


def test_the_boom_comes_down_before_the_next_truck_that_stops_on_the_deck() -> None:
    script = Script()
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.loop("exit-loop", occupied=True)
    script.wait(1_000)
    script.loop("entry-loop", occupied=True)
    script.loop("under-boom-loop", occupied=False)
    script.loop("entry-loop", occupied=False)
    script.deck(30_000)
    script.loop("exit-loop", occupied=False)
    script.wait(3_000)
    assert [r.end for r in script.records if isinstance(r, CrossingCompleted)] == ["DEPARTED"]
    assert not any(isinstance(record, AlarmRaised) for record in script.records)
    assert script.state.phase == "GATHERING"
