"""Personal data whose term has passed are erased while no truck is here, and only by a clock that is sure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from drivers.contract.quantities import Tick
from station.core.facts import Action, TimePassed
from station.core.keeping_facts import PersonalErased
from station.core.records import ActRecorded, ErasureRecorded, Record, RefusalRecorded, Stamped
from station.core.state import LaneState
from station.journal.personal import PersonalData
from station.journal.store import Journal
from station.lane.personal_keeping import DAY_MS, LOOK_EVERY, PersonalKeeping, ordered_before

SEALED = 1_700_000_000_000
LATER = Tick(2 * DAY_MS)
IDLE = LaneState(tick=Tick(0), phase="IDLE", utc_ms=SEALED, utc_tick=Tick(0), quality="synced")


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[PersonalKeeping]:
    with PersonalData(tmp_path / "personal.db") as data:
        made = PersonalKeeping(data, term_days=1)
        assert made.seal("a name", IDLE).startswith("sealed:")
        yield made


def test_it_is_kept_for_its_term_and_erased_after_it(keeping: PersonalKeeping) -> None:
    assert keeping.look(Tick(DAY_MS), IDLE) == []
    assert keeping.look(Tick(DAY_MS + 1), IDLE) == [], "looked at a moment ago"
    at = Tick(DAY_MS + LOOK_EVERY)
    assert keeping.look(at, IDLE) == [PersonalErased(at, "", "", 1)]
    assert keeping.look(LATER, IDLE) == []


@pytest.mark.parametrize("state", [replace(IDLE, quality="holdover"), replace(IDLE, phase="GATHERING")])
def test_nothing_is_erased_by_a_doubtful_clock_or_beside_a_truck(keeping: PersonalKeeping, state: LaneState) -> None:
    assert keeping.look(LATER, state) == []
    assert keeping.look(LATER, IDLE) == [PersonalErased(LATER, "", "", 1)]


def test_the_term_of_what_came_under_a_clock_that_nobody_keeps_begins_when_it_is_sure(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        made = PersonalKeeping(data, term_days=1)
        made.seal("a name", replace(IDLE, utc_ms=5, quality="unsynced"))
        assert made.look(LATER, IDLE) == []
        at = Tick(LATER + DAY_MS + 1)
        assert made.look(at, IDLE) == [PersonalErased(at, "", "", 1)]


A, B = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"


def _act(action: Action, crossing: str, act_id: str, outcome: Literal["effective", "refused"] = "effective") -> Record:
    return ActRecorded(act_id, action, crossing, "2001", "head-of-unit", "R", "", outcome, "", "k", "s")


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        ([_act("erase", A, "1")], {A: "1"}),
        ([_act("erase", A, "1"), ErasureRecorded(A, "ACT", "1", 2)], {}),
        ([_act("erase", A, "1"), ErasureRecorded("", "TERM", "", 2), ErasureRecorded(B, "ACT", "0", 1)], {A: "1"}),
        ([_act("erase", A, "1", "refused"), _act("hold-evidence", B, "2")], {}),
        ([_act("erase", A, "1"), RefusalRecorded("act", A, "not-erased", "")], {A: "1"}),
        ([_act("erase", A, "1"), _act("erase", A, "2"), _act("erase", B, "3")], {A: "2", B: "3"}),
        ([_act("erase", A, "1"), ErasureRecorded(A, "ACT", "1", 2), _act("erase", A, "2")], {A: "2"}),
        ([_act("erase", A, "1"), _act("erase", B, "2"), _act("hold-evidence", A, "3")], {B: "2"}),
        ([_act("erase", A, "1"), _act("hold-evidence", A, "2"), _act("free-evidence", A, "3")], {A: "1"}),
    ],
)
def test_what_the_run_before_has_left_undone(tmp_path: Path, written: list[Record], ordered: dict[str, str]) -> None:
    assert ordered_before(tmp_path) == {}, "a lane's first start"
    with Journal.open(tmp_path) as journal:
        first = journal.next_seq
        stamped = [Stamped(first + at, Tick(1), SEALED, "synced", 0, record) for at, record in enumerate(written)]
        journal.append([TimePassed(Tick(1))], stamped, b"o" * 32)
    assert ordered_before(tmp_path) == ordered


def test_what_was_ordered_is_erased_at_the_start_once(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        data.seal("a name", A)
        made = PersonalKeeping(data, 1, {A: "1", B: "2"})
        assert made.finish(Tick(5)) == [PersonalErased(Tick(5), A, "1", 1), PersonalErased(Tick(5), B, "2", 0)]
        assert made.finish(Tick(6)) == []
