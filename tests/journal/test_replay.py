"""A journal tells its story again: the same records and outcomes, over restarts, damage and snapshots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.contract.plain import encode
from drivers.contract.quantities import Tick
from station.core.facts import Fact, LinkChanged, TimePassed
from station.core.records import AlarmRaised
from station.core.state import LaneState
from station.core.step import Step, step
from station.journal.outcome import outcome_digest
from station.journal.reader import JournalReader
from station.journal.recovery import Recovered, rebuild
from station.journal.replay import Replayed, beginning, replay
from station.journal.store import Journal
from tests.core import script, world
from tests.journal.made import behind_its_back

Record = Callable[[Journal], None]


@dataclass
class Recording:
    """A `step` that journals every turn, as the lane does, with a snapshot at each return to IDLE."""

    journal: Journal

    def __call__(self, state: LaneState, facts: Sequence[Fact]) -> Step:
        done = step(state, facts)
        last = self.journal.append(facts, done.records, outcome_digest(done)).last_fseq
        if done.state.phase == "IDLE" and state.phase != "IDLE":
            self.journal.snapshot(encode(done.state), last)
        return done


def story(root: Path, monkeypatch: pytest.MonkeyPatch, *, trucks: int = 2) -> script.Script:
    """Trucks that pass, and one that stands on the deck, decided and held, when the power goes."""
    with Journal.open(root) as journal:
        monkeypatch.setattr(script, "step", Recording(journal))
        lane = script.Script()
        for _ in range(trucks):
            lane.green()
        lane.listed = False
        lane.drive_on()
        lane.scan()
        assert lane.state.phase == "HELD"
    return lane


def replayed(root: Path, taken: Callable[[LaneState, Sequence[Fact]], Step] = step) -> Replayed:
    with JournalReader(root) as reader:
        return replay(reader, taken, *beginning(reader))


def test_a_story_is_told_again_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = story(tmp_path, monkeypatch)
    told = replayed(tmp_path)
    assert told.difference is None
    assert told.state == lane.state
    assert told.facts == lane.facts > 60
    assert told.records == lane.state.seq


def test_the_state_is_rebuilt_from_snapshot_and_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = story(tmp_path, monkeypatch)
    with Journal.open(tmp_path) as journal:
        recovered = journal.recover()
    assert recovered.state is not None
    assert 0 < len(recovered.turns) < lane.facts
    assert rebuild(recovered, step).state == lane.state


def test_a_restart_is_part_of_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story(tmp_path, monkeypatch)
    with Journal.open(tmp_path) as journal:
        recording = Recording(journal)
        state = rebuild(journal.recover(), step).state
        done = recording(state, world.beginning(900_000))
        assert any(getattr(stamped.record, "end", "") == "INTERRUPTED" for stamped in done.records)
    assert replayed(tmp_path).difference is None


def test_a_new_epoch_behind_damage_is_part_of_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the chain is gone; the state goes on from what holds, the numbers from what was seen."""
    lane = story(tmp_path, monkeypatch)
    with behind_its_back(tmp_path) as database:
        database.execute("UPDATE fact SET tick = tick + 1 WHERE fseq = (SELECT max(fseq) - 2 FROM fact)")
    with Journal.open(tmp_path) as journal:
        assert (journal.opening.kind, journal.epoch) == ("corrupt", 2)
        rebuilt = rebuild(journal.recover(), step)
        assert rebuilt.lost == ""
        assert rebuilt.state.phase != "IDLE"
        assert rebuilt.state.seq == journal.next_seq - 1 == lane.state.seq
        recording = Recording(journal)
        state = recording(rebuilt.state, world.beginning(900_000)).state
        recording(state, [LinkChanged(Tick(900_001), up=True)])
    told = replayed(tmp_path)
    assert told.difference is None
    assert told.turns > 2
    with Journal.open(tmp_path) as journal:
        assert rebuild(journal.recover(), step).state == told.state


def other_record(state: LaneState, facts: Sequence[Fact]) -> Step:
    done = step(state, facts)
    return replace(
        done,
        records=tuple(
            replace(stamped, record=replace(stamped.record, end="ABORTED"))  # type: ignore[arg-type, call-arg, unused-ignore]
            if type(stamped.record).__name__ == "CrossingCompleted"
            else stamped
            for stamped in done.records
        ),
    )


def more_records(state: LaneState, facts: Sequence[Fact]) -> Step:
    done = step(state, facts)
    if not done.records:
        return done
    extra = replace(done.records[-1], seq=done.state.seq + 1, record=AlarmRaised("X", "", "", ""))
    return replace(done, records=(*done.records, extra))


def no_effects(state: LaneState, facts: Sequence[Fact]) -> Step:
    return replace(step(state, facts), effects=())


def test_the_first_difference_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story(tmp_path, monkeypatch)
    ended = replayed(tmp_path, other_record).difference
    assert ended is not None
    assert ended.what == "records"
    assert "DEPARTED" in ended.recorded
    assert "ABORTED" in ended.now
    extra = replayed(tmp_path, more_records).difference
    assert extra is not None
    assert (extra.what, extra.recorded) == ("records", "nothing")
    silent = replayed(tmp_path, no_effects).difference
    assert silent is not None
    assert silent.what == "outcome"
    with JournalReader(tmp_path) as reader:
        fact = reader.facts(silent.last_fseq - 1, 1)[0]
    assert fact.outcome.hex() == silent.recorded


def test_a_forged_snapshot_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State, records and effects are under the outcome digest, so a replay does not believe a snapshot."""
    story(tmp_path, monkeypatch)
    with behind_its_back(tmp_path) as database:
        database.execute("UPDATE snapshot SET state = CAST(replace(CAST(state AS TEXT), 'down', 'up') AS BLOB)")
    found = replayed(tmp_path).difference
    assert found is not None
    assert found.what == "snapshot"


def test_a_snapshot_of_a_foreign_core_leaves_a_fresh_state() -> None:
    rebuilt = rebuild(Recovered(b'{"is":"LaneState","telepathy":true}', 7, (), 99), step)
    assert rebuilt.state == LaneState(seq=99, crossings=99, starts=99)
    assert "telepathy" in rebuilt.lost


def test_a_turn_whose_end_was_cut_off_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both chains hold without their last row; a turn is stored whole, so one without an outcome was cut."""
    story(tmp_path, monkeypatch)
    with Journal.open(tmp_path) as journal:
        state = rebuild(journal.recover(), step).state
        facts = [TimePassed(Tick(state.tick + 1)), TimePassed(Tick(state.tick + 2))]
        done = step(state, facts)
        journal.append(facts, done.records, outcome_digest(done))
        last = journal.next_fseq - 1
    with behind_its_back(tmp_path) as database:
        database.execute("DELETE FROM fact WHERE fseq = ?", (last,))
    (tmp_path / "journal.mark").unlink()
    found = replayed(tmp_path).difference
    assert found is not None
    assert (found.last_fseq, found.what) == (last - 1, "outcome")
