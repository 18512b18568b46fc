"""Personal data whose term has passed are erased while no truck is here, and only by a clock that is sure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.quantities import Tick
from station.core.keeping_facts import PersonalErased
from station.core.state import LaneState
from station.journal.personal import PersonalData
from station.lane.personal_keeping import DAY_MS, LOOK_EVERY, PersonalKeeping

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
