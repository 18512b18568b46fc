"""Legal holds by acts, files that may go, and a disk that takes no more, as the core decides them."""

from dataclasses import replace
from typing import Any

import pytest

from drivers.contract.orders import RaiseBoom
from drivers.contract.plain import encode
from drivers.contract.quantities import Tick
from station.core.disk_level import DiskLevel
from station.core.effects import DropEvidence, ErasePersonal
from station.core.facts import Action, Role
from station.core.keeping_facts import DiskJudged, EvidenceDue
from station.core.records import ActRecorded, AlarmCleared, AlarmRaised, CrossingHeld, ModeChanged
from station.core.retaining import MOST_HELD
from station.core.retention_records import DiskChanged, EvidenceDropped
from tests.core.script import Script
from tests.core.world import beginning

FIRST, SECOND = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"


def last_act(script: Script) -> tuple[str, str]:
    record = script.of(ActRecorded)[-1]
    assert isinstance(record, ActRecorded)
    return record.outcome, record.refusal


def order(script: Script, action: Action, role: Role = "head-of-unit", **changes: Any) -> tuple[str, str]:  # noqa: ANN401
    script.act(action, "2001", role, **{"crossing": FIRST, "digest": "", **changes})
    return last_act(script)


def due(script: Script, *crossings: str) -> EvidenceDue:
    return EvidenceDue(Tick(script.now), "video", "TERM", crossings, ("evidence/aa/aa.jpg",), 9)


def judged(script: Script, level: DiskLevel) -> None:
    script.now += 1_000
    script.tell(DiskJudged(Tick(script.now), level, 7, -1))


@pytest.fixture
def script() -> Script:
    made = Script()
    made.green()
    made.green()
    return made


@pytest.mark.parametrize(
    ("action", "role", "changes", "refusal"),
    [
        ("hold-evidence", "technician", {}, "ROLE"),
        ("hold-evidence", "officer", {"crossing": "VN-HN-I1-E1-000003"}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": "VN-HN-I2-E1-000001"}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": "VN-HN-I1-E2-000001"}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": ""}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": "k1.1.99999"}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": "k2.1.1"}, "UNKNOWN_CROSSING"),
        ("hold-evidence", "officer", {"crossing": "k1.1"}, "UNKNOWN_CROSSING"),
        ("free-evidence", "head-of-unit", {}, "NOT_UNDER_HOLD"),
    ],
)
def test_a_hold_that_may_not_be_is_refused(
    script: Script, action: Action, role: Role, changes: dict[str, str], refusal: str
) -> None:
    assert order(script, action, role, **changes) == ("refused", refusal)
    assert script.state.held_evidence == ()


def test_an_officer_places_a_hold_and_only_a_head_of_unit_ends_it(script: Script) -> None:
    assert order(script, "hold-evidence", "officer") == ("effective", "")
    assert order(script, "hold-evidence", "officer") == ("refused", "UNDER_HOLD")
    assert order(script, "free-evidence", "officer") == ("refused", "ROLE")
    script.tell(due(script, FIRST, SECOND))
    assert script.of(EvidenceDropped) == []
    assert order(script, "erase") == ("refused", "UNDER_HOLD")
    script.tell(*beginning(script.now))
    assert script.state.held_evidence == (FIRST,), "a restart ends nothing"
    assert order(script, "free-evidence") == ("effective", "")
    assert order(script, "erase") == ("effective", "")
    script.tell(due(script, FIRST, SECOND))
    assert script.of(EvidenceDropped) == [EvidenceDropped("video", "TERM", 1, 9, FIRST, SECOND)]
    assert script.effects[-1] == DropEvidence(("evidence/aa/aa.jpg",))
    assert any(isinstance(effect, ErasePersonal) for effect in script.effects)


def test_a_clip_that_belongs_to_no_crossing_is_held_by_its_own_name(script: Script) -> None:
    assert order(script, "hold-evidence", "officer", crossing="k1.1.3") == ("effective", "")
    script.tell(due(script, "k1.1.2", "k1.1.3"))
    assert script.of(EvidenceDropped) == []
    script.tell(due(script, "k1.1.2"))
    assert script.of(EvidenceDropped) == [EvidenceDropped("video", "TERM", 1, 9, "k1.1.2", "k1.1.2")]
    assert order(script, "free-evidence", crossing="k1.1.3") == ("effective", "")


def test_there_are_only_so_many_holds(script: Script) -> None:
    held = tuple(f"VN-HN-I1-E1-{number:06}" for number in range(3, MOST_HELD + 3))
    script.state = replace(script.state, held_evidence=held)
    assert order(script, "hold-evidence") == ("refused", "TOO_MANY_HOLDS")
    assert len(encode(script.state)) <= 16 * 1024, "law L12"


def test_nothing_is_dropped_while_a_truck_is_here(script: Script) -> None:
    script.drive_on()
    script.tell(due(script, FIRST))
    assert script.of(EvidenceDropped) == []
    assert not any(isinstance(effect, DropEvidence) for effect in script.effects)


def test_each_level_has_its_one_alarm_and_is_told_again_only_when_it_changes(script: Script) -> None:
    levels: tuple[DiskLevel, ...] = ("LOW", "CRITICAL", "CRITICAL", "OK")
    for level in levels:
        judged(script, level)
    raised = [record.code for record in script.of(AlarmRaised) if isinstance(record, AlarmRaised)]
    cleared = [record.code for record in script.of(AlarmCleared) if isinstance(record, AlarmCleared)]
    assert raised == cleared == ["DISK_LOW", "DISK_CRITICAL"]
    assert len(script.of(DiskChanged)) == 4, "one of them is the daily word"
    assert script.of(ModeChanged) == []


def test_a_disk_that_takes_no_more_closes_the_lane_and_gives_it_back(script: Script) -> None:
    judged(script, "READ_ONLY")
    assert script.state.mode == "CLOSED"
    assert order(script, "set-mode", crossing="", mode="ASSISTED") == ("refused", "DISK_READ_ONLY")
    script.tell(*beginning(script.now))
    assert script.state.mode == "CLOSED", "a restart does not open it"
    judged(script, "LOW")
    assert script.state.mode == "AUTOMATIC"


def test_an_officer_s_closing_outlives_the_disk_s(script: Script) -> None:
    order(script, "set-mode", "officer", crossing="", mode="CLOSED")
    judged(script, "READ_ONLY")
    judged(script, "OK")
    assert script.state.mode == "CLOSED"


def test_no_boom_is_raised_for_a_truck_that_stands_there_not_even_by_two_persons(script: Script) -> None:
    script.sent.clear()
    script.drive_on()
    judged(script, "READ_ONLY")
    script.scan()
    held = script.of(CrossingHeld)[-1]
    assert isinstance(held, CrossingHeld) and held.reason == "LANE_CLOSED"
    script.act("release", "1187", "officer")
    assert last_act(script) == ("refused", "DISK_READ_ONLY")
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)
