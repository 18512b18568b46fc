"""A lane that is killed anywhere finds its memory again: snapshot and turns give the state it had."""

import shutil
from pathlib import Path

from station.core.step import step
from station.journal.recovery import rebuild
from station.journal.store import Journal
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
