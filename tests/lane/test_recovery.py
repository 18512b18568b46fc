"""A lane that is killed anywhere finds its memory again: snapshot and turns give the state it had."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.quantities import Tick
from drivers.contract.readings import LoopEdge
from station.core.facts import DeviceRead
from station.core.state import LaneState
from station.core.step import step
from station.journal.outcome import outcome_digest
from station.journal.recovery import rebuild
from station.journal.store import Journal
from station.lane.assembly import remember
from tests.core.world import all_open, beginning, reading
from tests.journeys.gate import DECLARATION, Gate


def test_the_state_rebuilt_from_the_files_of_any_moment_is_the_state_of_that_moment(gate: Gate, tmp_path: Path) -> None:
    """The files between two turns are what SIGKILL leaves; the journal's own test kills inside a commit."""
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    seen: set[str] = set()
    moments = 0
    while not (gate.yard.is_empty and gate.is_idle and moments):
        gate.run(600)
        moments += 1
        copy = tmp_path / f"copy-{moments}"
        copy.mkdir()
        for name in ("journal.db", "journal.db-wal", "journal.mark"):
            shutil.copy(gate.data.root / name, copy / name)
        with Journal.open(copy) as journal:
            assert journal.opening.kind == "continued"
            rebuilt = rebuild(journal.recover(), step)
        assert rebuilt.lost == ""
        assert rebuilt.state == gate.loop.state
        seen.add(gate.loop.state.phase)
    assert seen >= {"IDLE", "GATHERING", "RELEASING", "CLEARING"}
    assert moments > 20


@dataclass(frozen=True, slots=True)
class DroneSeen:
    """As a later release might write it."""

    tick: Tick


def test_facts_of_a_later_release_do_not_keep_the_lane_closed_and_no_number_is_used_twice(tmp_path: Path) -> None:
    state = LaneState()
    with Journal.open(tmp_path) as journal:
        for told in (beginning(1_000), all_open(1_000), [arrival(2_000)]):
            done = step(state, told)
            journal.append(told, done.records, outcome_digest(done))
            state = done.state
        journal.append([DroneSeen(Tick(3_000))], (), bytes(32))  # type: ignore[list-item]
    with Journal.open(tmp_path) as journal:
        rebuilt = remember(journal)
    assert "DroneSeen" in rebuilt.lost
    later = rebuilt.state
    for told in (beginning(9_000), all_open(9_000), [arrival(9_500)]):
        later = step(later, told).state
    assert state.crossing is not None and later.crossing is not None
    assert later.crossing.crossing != state.crossing.crossing
    assert later.starts > state.starts
    assert later.seq > state.seq


def arrival(now: int) -> DeviceRead:
    return reading(now, "barrier", LoopEdge("entry-loop", occupied=True))
