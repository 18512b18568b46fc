"""events, explain and replay on a real journal; a flipped bit in either chain is named."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from station.commands.replay import examine
from station.core import step as core
from station.core.facts import Fact
from station.core.state import LaneState
from station.journal.reader import JournalReader
from station.journal.store import Journal
from tests.commands.premises import KeptScript, Premises, Told, premises, station

Command = Callable[..., Told]

GREEN, HELD = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, demo_keys: Path) -> Premises:
    """A green crossing, then an overweight one that two officers could not let go, referred to a bay."""
    place = premises(tmp_path_factory.mktemp("kept"), demo_keys)
    with Journal.open(place.data) as journal:
        lane = KeptScript(journal=journal)
        lane.green()
        lane.gross = 43_320
        lane.drive_on()
        lane.scan()
        lane.act("release", "demo-officer", "officer")
        lane.act("release", "demo-officer", "officer")
        lane.deck(0)
        lane.wait(1_500)
    return place


@pytest.fixture
def copy(kept: Premises, tmp_path: Path) -> Premises:
    shutil.copytree(kept.folder, tmp_path, dirs_exist_ok=True)
    return Premises(tmp_path)


def rows(told: Told) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.out.splitlines()]


def test_events_are_one_line_each(kept: Premises, command: Command) -> None:
    told = command("events", "--settings", kept.settings)
    assert told.status == 0
    listed = told.out.splitlines()
    assert [int(line.split()[0]) for line in listed] == list(range(1, len(listed) + 1))
    assert any("crossing.decided" in line and "PASS (pass)" in line for line in listed)
    vietnamese = command("events", "--settings", kept.settings, language="vi").out
    assert "quyết định: " in vietnamese and "PASS (cho qua)" in vietnamese


def test_events_since_and_of_a_type(kept: Premises, command: Command) -> None:
    every = rows(command("events", "--settings", kept.settings, "--json"))
    later = rows(command("events", "--settings", kept.settings, "--json", "--since", "10"))
    assert later == every[10:]
    decided = rows(command("events", "--settings", kept.settings, "--json", "--type", "crossing.decided"))
    assert decided == [row for row in every if row["type"] == "crossing.decided"] and len(decided) == 2
    wrong = command("events", "--settings", kept.settings, "--type", "crossing.decide")
    assert wrong.status == 2 and "crossing.decided" in wrong.err


def test_events_without_a_journal_say_what_to_do(place: Premises, command: Command) -> None:
    told = command("events", "--settings", place.settings)
    assert told.status == 69 and "there is no such file" in told.err and "next: start the lane once" in told.err
    told = command("events", "--settings", place.settings, "--json")
    assert told.status == 69 and json.loads(told.out)["refused"]["cause"] == "missing"


def test_explain_tells_a_green_crossing(kept: Premises, command: Command) -> None:
    told = command("explain", GREEN, "--settings", kept.settings)
    assert told.status == 0
    for part in (
        "plate: 12C04567, ACCEPTED (certain)",
        "42 140 kg, spread 0 kg, 9 frames",
        "Decision: PASS (pass), by eligible list 1",
        "No rule objected",
        "RaiseBoom (raise the boom) at barrier",
        "confirmed (confirmed by the limit switches)",
        "Decided by: RULES (the machine, by the rules)",
        "Weighed 42 140 kg; expected 42 000 kg",
        "raw scale frames: 1, in fact",
    ):
        assert part in told.out, part


def test_explain_tells_what_was_expected_and_measured(kept: Premises, command: Command) -> None:
    told = command("explain", HELD, "--settings", kept.settings, language="vi")
    assert told.status == 0
    for part in (
        "REFER_XRAY (chuyển soi chiếu)",
        "WEIGHT_DEVIATION (khối lượng lệch so với khai báo)",
        "42000 kg",
        "43320 kg (+1320 kg, 60 permille)",
        "demo-officer (công chức): release (cho qua), lý do CHECKED_BY_HAND",
        "SAME_PERSON (cần người thứ hai)",
        "Kết thúc: REFERRED (đã chuyển đến bãi kiểm tra)",
    ):
        assert part in told.out, part


def test_explain_as_json_has_the_evidence(kept: Premises, command: Command) -> None:
    story = json.loads(command("explain", GREEN, "--settings", kept.settings, "--json").out)
    assert story["completed"]["end"] == "DEPARTED" and story["decision"]["verdict"] == "PASS"
    assert story["evidence"]["pictures"] == story["completed"]["pictures"] != []
    assert len(story["evidence"]["last_record"]) == 64
    assert {row["body"].get("crossing", GREEN) for row in story["records"]} == {GREEN}


def test_explain_names_the_crossings_there_are(kept: Premises, command: Command) -> None:
    told = command("explain", "VN-HN-I1-E1-000009", "--settings", kept.settings)
    assert told.status == 1 and "there is no such crossing" in told.err and f"{GREEN}, {HELD}" in told.err


def test_replay_is_the_same_also_under_another_hash_seed(kept: Premises) -> None:
    run = station(
        "replay", "--settings", str(kept.settings), "--hash-seed-check", "--json", variables={"PYTHONHASHSEED": "1"}
    )
    report = json.loads(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert report["same"] and report["other_hash_seed"] == {"seed": "4242", "same": True}
    assert report["facts"] == report["newest_fact"] > 50 and report["records"] == report["newest_record"] > 20


def test_replay_tells_a_person(kept: Premises, command: Command) -> None:
    told = command("replay", "--settings", kept.settings)
    assert told.status == 0
    assert "Both chains hold" in told.out and "states, records and effects are identical" in told.out


def flip(place: Premises, table: str, key: str, row: int) -> None:
    """Flip one bit in the middle of a body, behind everybody's back."""
    with closing(dbapi2.connect(str(place.data / "journal.db"))) as connection:
        (body,) = connection.execute(f"SELECT body FROM {table} WHERE {key} = ?", (row,)).fetchone()
        at = len(body) // 2
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        connection.execute(f"UPDATE {table} SET body = ? WHERE {key} = ?", (changed, row))
        connection.commit()


@pytest.mark.parametrize(("table", "key", "row"), [("fact", "fseq", 17), ("record", "seq", 13)])
def test_a_flipped_bit_in_either_chain_is_named(
    copy: Premises, command: Command, table: str, key: str, row: int
) -> None:
    flip(copy, table, key, row)
    told = command("replay", "--settings", copy.settings)
    assert told.status == 1 and f"CHAIN BROKEN at {table} {row}: hash" in told.out
    report = json.loads(command("replay", "--settings", copy.settings, "--json").out)
    assert not report["same"] and (report["broken"]["table"], report["broken"]["row"]) == (table, row)


def test_a_page_that_cannot_be_read_is_refused_by_name(copy: Premises, command: Command) -> None:
    file = copy.data / "journal.db"
    pages = bytearray(file.read_bytes())
    pages[4096:] = b"\xa5" * (len(pages) - 4096)
    file.write_bytes(pages)
    told = command("replay", "--settings", copy.settings)
    assert told.status == 74 and str(file) in told.err and "the file is damaged" in told.err
    assert "next: restart the lane: it sets the damaged file aside" in told.err


@pytest.fixture
def other_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core that counts one crossing more than it should."""
    true_step = core.step

    def other(state: LaneState, facts: list[Fact]) -> core.Step:
        done = true_step(state, facts)
        return replace(done, state=replace(done.state, crossings=done.state.crossings * 2))

    monkeypatch.setattr(core, "step", other)


@pytest.mark.usefixtures("other_core")
def test_a_core_that_decides_otherwise_is_found(kept: Premises, command: Command) -> None:
    told = command("replay", "--settings", kept.settings)
    assert told.status == 1 and "DIFFERENT at fact" in told.out and "outcome" in told.out
    with JournalReader(kept.data) as reader:
        assert examine(reader)["difference"]["what"] == "outcome"
