"""`station migrate` over a lane and a centre: what it says, its exit codes, one refusal beside the others."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from station.commands import migrate_phrases
from station.migration.history import history
from station.migration.refusal import Cause
from station.migration.standing import State
from station.words import causes, next_steps
from tests.commands.premises import Premises, Told
from tests.migration.golden import unpack

Command = Callable[..., Told]


@pytest.fixture
def lane(place: Premises, tmp_path: Path) -> Premises:
    """A lane whose data an old release left."""
    place.settings.write_text(place.settings.read_text().replace('"data"', '"2026-11-22-43939dc"'))
    unpack("2026-11-22-43939dc", place.folder)
    return place


def test_a_lane_is_checked_planned_and_brought_up(lane: Premises, command: Command) -> None:
    data = lane.folder / "2026-11-22-43939dc"
    told = command("migrate", "check", "--settings", lane.settings)
    assert told.status == 1
    assert (
        f"{data}/journal.db: older than this release, which runs all the same (journal_0001 -> journal_0002)\n"
        in told.out
    )
    told = command("migrate", "plan", "--settings", lane.settings, language="vi")
    assert told.status == 1 and "  journal_0002: bảng checkpoint\n" in told.out
    told = command("migrate", "up", "--settings", lane.settings)
    assert told.status == 0 and "brought to this release (journal_0001 -> journal_0002)" in told.out
    assert told.out.count("brought to this release") == 4
    told = command("migrate", "check", "--settings", lane.settings, "--json")
    states = [json.loads(line) for line in told.out.splitlines()]
    assert told.status == 0 and {(body["database"], body["state"], body["migrated"]) for body in states} == {
        (name, "current", False) for name in ("journal", "personal", "courier", "ledger")
    }


def test_one_that_is_refused_hides_none_of_the_others(lane: Premises, command: Command) -> None:
    data = lane.folder / "2026-11-22-43939dc"
    (data / "personal.db").write_bytes(b"no database" * 1000)
    told = command("migrate", "up", "--settings", lane.settings)
    assert told.status == 74 and "personal.db: the file is damaged" in told.err and "next:" in told.err
    assert "journal.db: brought" in told.out and "courier.db: brought" in told.out


def test_a_centre_by_settings_or_address(tmp_path: Path, command: Command) -> None:
    file = unpack("2026-11-29-59ead06", tmp_path) / "centre.db"
    settings = tmp_path / "centre.toml"
    settings.write_text(f'database = "sqlite:///{file}"\nkey_file = "key"\nstations = ["VN-HN"]\n')
    assert command("migrate", "check", "--centre", settings).status == 1
    told = command("migrate", "up", "--database", f"sqlite:///{file}", "--json")
    done = json.loads(told.out)
    steps = done.pop("steps")
    assert done == {
        "database": "centre",
        "where": str(file),
        "state": "behind",
        "revision": "centre_0001",
        "migrated": True,
    }
    assert steps[0] == {"revision": "centre_0002", "adds": ["table checkpoint"]}
    assert steps[-1]["revision"] == history("centre").head.id
    assert command("migrate", "check", "--centre", settings).status == 0


def test_a_server_that_is_not_there_is_refused_without_its_password(command: Command) -> None:
    told = command("migrate", "check", "--database", "postgresql://station:secret@127.0.0.1:1/bgs")
    assert told.status == 69 and "127.0.0.1:1/bgs: the centre's database cannot be used" in told.err
    assert "secret" not in told.err + told.out
    assert command("migrate", "up").status == 2


def test_every_state_and_cause_has_words() -> None:
    assert {f"migrate-{code}" for code in (*get_args(State), "table", "column", "index")} <= set(
        migrate_phrases.MIGRATE
    )
    assert set(get_args(Cause)) <= set(causes.CAUSES) & set(next_steps.NEXT_STEPS)
