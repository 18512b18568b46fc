"""Who leaves under the boom without a release has passed unauthorised, however the lane stood; others have not."""

from collections.abc import Callable

import pytest

from station.core.effects import GiveBack, Spend
from station.core.facts import Fact
from station.core.records import AlarmRaised, CaseOpened, CrossingCompleted
from tests.core.script import Script


def held() -> Script:
    script = Script(listed=False)
    script.drive_on()
    script.scan()
    assert script.state.phase == "HELD"
    return script


def gathering() -> Script:
    script = Script()
    script.drive_on()
    assert script.state.phase == "GATHERING"
    return script


def booking() -> Script:
    """Decided, and then the boom may not be raised because somebody already stands under it."""
    script = Script()
    script.drive_on()
    answers = script._answers

    def unbooked(effect: object) -> list[Fact]:
        return [] if isinstance(effect, Spend) else answers(effect)  # type: ignore[arg-type]

    script.loop("under-boom-loop", occupied=True)
    script._answers = unbooked  # type: ignore[method-assign]
    script.scan()
    assert script.state.phase == "RELEASING"
    return script


def ends(script: Script) -> list[str]:
    return [record.end for record in script.records if isinstance(record, CrossingCompleted)]


def alarms(script: Script) -> list[str]:
    return [record.code for record in script.records if isinstance(record, AlarmRaised)]


def leave_below(script: Script, *, exit_seen: bool) -> None:
    script.loop("under-boom-loop", occupied=True)
    script.now += 1_000
    if exit_seen:
        script.loop("exit-loop", occupied=True)
    script.deck(0)
    script.now += 2_000
    script.loop("under-boom-loop", occupied=False)
    script.now += 500
    script.loop("exit-loop", occupied=False)
    script.wait(1_100)


@pytest.mark.parametrize("exit_seen", [True, False])
@pytest.mark.parametrize("begin", [held, gathering, booking])
def test_a_truck_that_breaks_out_ends_unauthorised_with_its_alarm_once(
    begin: Callable[[], Script], exit_seen: bool
) -> None:
    script = begin()
    leave_below(script, exit_seen=exit_seen)
    assert ends(script) == ["UNAUTHORISED"]
    assert alarms(script) == ["UNAUTHORISED_PASSAGE"]
    assert not any(isinstance(record, CaseOpened) for record in script.records), "nobody waits in a bay"
    assert not any(isinstance(effect, GiveBack) for effect in script.effects)


def test_the_next_vehicle_at_the_entry_does_not_make_it_a_return() -> None:
    script = held()
    script.loop("under-boom-loop", occupied=True)
    script.loop("exit-loop", occupied=True)
    script.loop("entry-loop", occupied=True)
    script.deck(0)
    script.now += 2_000
    script.loop("under-boom-loop", occupied=False)
    script.loop("entry-loop", occupied=False)
    script.loop("exit-loop", occupied=False)
    script.wait(1_100)
    assert ends(script) == ["UNAUTHORISED"]


def test_a_light_vehicle_that_rides_through_is_unauthorised_too() -> None:
    script = Script()
    script.loop("entry-loop", occupied=True)
    script.now += 1_000
    script.loop("entry-loop", occupied=False)
    leave_below(script, exit_seen=False)
    assert ends(script) == ["UNAUTHORISED"]


@pytest.mark.parametrize(("reverses", "end"), [(True, "RETURNED"), (False, "REFERRED")])
def test_a_nose_under_the_boom_is_no_passage(reverses: bool, end: str) -> None:
    script = held()
    script.loop("under-boom-loop", occupied=True)
    script.now += 5_000
    script.loop("under-boom-loop", occupied=False)
    script.now += 2_000
    if reverses:
        script.loop("entry-loop", occupied=True)
    script.deck(0)
    script.now += 2_000
    if reverses:
        script.loop("entry-loop", occupied=False)
    script.wait(1_100)
    assert ends(script) == [end]
    assert "UNAUTHORISED_PASSAGE" not in alarms(script)
