"""The lane and its plate camera: one measure per truck, an alarm in the records, a plate that is doubted meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from drivers.contract.orders import ReadPlate
from drivers.contract.plain import encode
from drivers.contract.readings import ViewMeasured
from station.core import viewing
from station.core.camera_view import LEARNED_FROM, WINDOW
from station.core.facts import Fact, SettingsApplied
from station.core.records import AlarmCleared, AlarmRaised, CrossingDecided, CrossingHeld, PlateIdentified
from station.core.state import LaneState, has_alarm
from station.core.step import Step, step
from tests.core.script import Script
from tests.core.views import measured
from tests.core.world import all_open, beginning

Spoilt = Callable[[int], ViewMeasured]


class Seeing(Script):
    """A lane whose camera sees; `spoil` changes what it sees of a truck."""

    trucks = 0
    spoil: Spoilt = staticmethod(measured)

    def __post_init__(self) -> None:
        self.view = self._see
        super().__post_init__()

    def _see(self) -> ViewMeasured:
        self.trucks += 1
        return self.spoil(self.trucks)

    def pass_trucks(self, count: int) -> None:
        for _ in range(count):
            self.green()


BLURRED = staticmethod(partial(measured, sharpness=500))
FROZEN = staticmethod(lambda _: measured(5))


@pytest.fixture
def script() -> Seeing:
    seeing = Seeing()
    seeing.pass_trucks(LEARNED_FROM)
    assert seeing.state.camera_view.day.is_learned
    seeing.stamped.clear()
    seeing.sent.clear()
    return seeing


def alarm(script: Seeing) -> list[tuple[str, str]]:
    return [(raised.thing, raised.detail) for raised in script.of(AlarmRaised) if isinstance(raised, AlarmRaised)]


def plates(script: Seeing) -> list[str]:
    return [plate.verdict for plate in script.of(PlateIdentified) if isinstance(plate, PlateIdentified)]


def rules_fired(script: Seeing) -> list[tuple[str, str, str]]:
    decided = [decided for decided in script.of(CrossingDecided) if isinstance(decided, CrossingDecided)][-1]
    return [(rule.rule, rule.verdict, rule.reason) for rule in decided.rules]


def test_one_picture_of_each_truck_is_measured(script: Seeing) -> None:
    script.pass_trucks(2)
    read = [order for order in script.sent if isinstance(order, ReadPlate)]
    assert [order.measure_view for order in read] == [True, False, False] * 2


def test_a_fault_is_raised_doubts_the_plate_and_is_cleared(script: Seeing) -> None:
    script.spoil = BLURRED
    script.pass_trucks(3)
    assert alarm(script) == [("camera", "BLURRED 500/750")]
    assert plates(script) == ["ACCEPTED", "ACCEPTED", "REVIEW"]
    assert rules_fired(script) == [("R04", "PASS_FLAG", "PLATE_REVIEW"), ("R04c", "PASS_FLAG", "CAMERA_VIEW")]
    script.spoil = staticmethod(measured)
    script.pass_trucks(WINDOW)
    assert script.of(AlarmCleared) == [AlarmCleared("CAMERA_VIEW", "camera")]
    assert plates(script)[3:] == ["REVIEW"] * (WINDOW - 1) + ["ACCEPTED"]
    assert not has_alarm(script.state, "CAMERA_VIEW")


def test_another_plate_is_no_less_a_mismatch_because_the_camera_is_in_doubt(script: Seeing) -> None:
    """Law L8: the doubt only ever adds control."""
    script.spoil = BLURRED
    script.pass_trucks(3)
    script.plate = "51D79264"
    script.drive_on()
    script.scan()
    assert plates(script)[-1] == "REVIEW"
    assert ("R04", "HOLD", "IDENTITY_MISMATCH") in rules_fired(script)
    held = [held for held in script.of(CrossingHeld) if isinstance(held, CrossingHeld)][-1]
    assert (held.reason, held.owner) == ("IDENTITY_MISMATCH", "head-of-unit")


def test_a_frozen_camera_refers_the_truck(script: Seeing) -> None:
    script.spoil = FROZEN
    script.pass_trucks(3)
    script.drive_on()
    script.scan()
    assert [detail.split()[0] for _, detail in alarm(script)] == ["FROZEN"]
    assert ("R04c", "REFER_REMOTE", "CAMERA_VIEW") in rules_fired(script)
    assert script.state.phase == "HELD"


def test_mutant_without_doubt_is_caught(script: Seeing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewing, "doubt", lambda _: "")
    with pytest.raises(AssertionError):
        test_a_fault_is_raised_doubts_the_plate_and_is_cleared(script)


def test_a_restart_forgets_neither_reference_nor_alarm(script: Seeing) -> None:
    script.spoil = BLURRED
    script.pass_trucks(3)
    before = script.state.camera_view
    script.now += 60_000
    script.tell(*beginning(script.now, script.parameters))
    script.tell(*all_open(script.now))
    assert script.state.camera_view == before
    assert has_alarm(script.state, "CAMERA_VIEW")
    script.stamped.clear()
    script.spoil = staticmethod(measured)
    script.pass_trucks(WINDOW)
    assert script.of(AlarmCleared) == [AlarmCleared("CAMERA_VIEW", "camera")]


def test_another_epoch_has_the_view_learned_anew(script: Seeing) -> None:
    script.spoil = staticmethod(partial(measured, right=6))
    script.pass_trucks(3)
    assert alarm(script)[0][1].startswith("MOVED")
    script.tell(SettingsApplied(script.state.tick, script.parameters))
    assert has_alarm(script.state, "CAMERA_VIEW"), "the same settings change nothing"
    script.parameters = replace(script.parameters, view_epoch=1)
    script.tell(SettingsApplied(script.state.tick, script.parameters))
    assert not has_alarm(script.state, "CAMERA_VIEW")
    assert script.state.camera_view.day.pictures == 0
    script.stamped.clear()
    script.pass_trucks(LEARNED_FROM + WINDOW)
    assert alarm(script) == []
    script.spoil = staticmethod(measured)
    script.pass_trucks(3)
    assert alarm(script)[0][1].startswith("MOVED")


def test_reads_that_fall_are_raised_and_a_seen_cause_is_named_instead(script: Seeing) -> None:
    script.pass_trucks(60)
    script.plate = ""
    script.stamped.clear()
    while not alarm(script):
        script.drive_on()
        for _ in range(script.parameters.limits.plate_rounds):
            script.wait(script.parameters.patience.picture_pause)
        script.loop("entry-loop", occupied=True)
        script.deck(0)
        script.loop("entry-loop", occupied=False)
        script.wait(3_000)
        assert script.trucks < 120
    assert alarm(script) == [("camera", "READS_FALLING")]
    script.plate = "12C04567"
    script.spoil = BLURRED
    script.pass_trucks(3)
    assert [detail for _, detail in alarm(script)] == ["READS_FALLING", "BLURRED 500/750"]


def test_a_measure_of_another_order_is_not_taken(script: Seeing) -> None:
    script.view = None
    script.drive_on()
    script.read("reader", replace(measured(1), order_id="r9.9.9"))
    assert script.state.crossing is not None
    assert script.state.crossing.view is None


def test_an_interrupted_truck_is_not_taken_for_a_frozen_camera(script: Seeing) -> None:
    script.spoil = FROZEN
    script.drive_on()
    for _ in range(5):
        script.now += 60_000
        script.tell(*beginning(script.now, script.parameters))
        script.tell(*(fact for fact in all_open(script.now) if "DeckSample" not in repr(fact)))
        script.deck(script.gross)
    assert len(plates(script)) == 6
    assert alarm(script) == []


def test_replay_gives_the_same_and_the_state_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[tuple[Sequence[Fact], bytes]] = []

    def keep(state: LaneState, told: Sequence[Fact]) -> Step:
        done = step(state, told)
        recorded.append((told, encode(done.state)))
        return done

    monkeypatch.setattr("tests.core.script.step", keep)
    lane = Seeing()
    lane.pass_trucks(LEARNED_FROM)
    lane.spoil = BLURRED
    lane.pass_trucks(3)
    state = LaneState()
    for told, after in recorded:
        state = step(state, told).state
        assert encode(state) == after
    assert state.camera_view.told == "BLURRED"
    assert state.phase == "IDLE"
    assert len(encode(state)) <= 16 * 1024
