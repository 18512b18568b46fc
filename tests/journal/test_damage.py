"""Damaged, shortened and lost journals: seen at the next opening, set aside, and the lane goes on in a new epoch."""

import time
from pathlib import Path

import pytest

from drivers.contract.plain import encode
from station.core.state import LaneState
from station.journal.folder import Mark
from station.journal.reader import JournalReader
from station.journal.store import Journal
from tests.journal.made import append_turn, append_turns, behind_its_back, made_facts, outcome

TURNS = 20
STATE = encode(LaneState(seq=30))


def filled(root: Path) -> None:
    """20 turns; a snapshot after the 15th."""
    with Journal.open(root) as journal:
        append_turns(journal, 15)
        journal.snapshot(STATE, 30)
        for number in range(16, TURNS + 1):
            append_turn(journal, 10 * number)


def reopened(root: Path, kind: str = "corrupt") -> Journal:
    began = time.monotonic()
    journal = Journal.open(root)
    assert time.monotonic() - began < 10
    assert journal.opening.kind == kind, journal.opening
    return journal


def goes_on(root: Path, journal: Journal, base_seq: int) -> None:
    """The new epoch takes turns, is whole, survives another restart, and a reader finds it."""
    assert (journal.epoch, journal.next_seq) == (2, base_seq)
    append_turn(journal, 1000)
    journal.close()
    with Journal.open(root) as again, JournalReader(root) as reader:
        assert (again.opening.kind, again.epoch, again.next_seq) == ("continued", 2, base_seq + 2)
        assert reader.first_broken() is None
        assert reader.epochs()[-1].base_seq == base_seq
        new = reader.records(base_seq - 1, 10)
        assert [(row.seq, row.epoch) for row in new] == [(base_seq, 2), (base_seq + 1, 2)]
        assert new[0].previous == reader.epochs()[-1].parent


@pytest.mark.parametrize(
    ("change", "named", "kept", "turns"),
    [
        ("UPDATE record SET tick = tick + 1 WHERE seq = 35", "record 35: hash", 34, 5),
        ("UPDATE fact SET tick = tick + 1 WHERE fseq = 37", "fact 37: hash", 40, 3),
        ("UPDATE fact SET tick = tick + 1 WHERE fseq = 12", "fact 12: hash", 40, 5),
        ("UPDATE record SET facts_hash = zeroblob(32) WHERE seq = 40", "record 40: hash", 39, 5),
        ("DELETE FROM record WHERE seq = 33", "record 33: gap", 32, 5),
        ("DELETE FROM fact WHERE fseq = 40", "ends at fact 39", 39, 4),
        ("UPDATE snapshot SET state = zeroblob(8)", "the snapshot at fact 30 is damaged", 40, 0),
        ("DROP TABLE meta", "table meta is missing", 0, 0),
    ],
)
def test_a_changed_row_is_named_and_what_holds_is_carried_over(
    tmp_path: Path, change: str, named: str, kept: int, turns: int
) -> None:
    filled(tmp_path)
    with behind_its_back(tmp_path) as database:
        database.execute(change)
    journal = reopened(tmp_path)
    assert named in journal.opening.detail
    assert journal.opening.quarantined == tmp_path / "journal.db.quarantined-1"
    with JournalReader(tmp_path) as reader:
        assert [row.seq for row in reader.records(0, 100)] == list(range(1, kept + 1))
        assert named in reader.epochs()[-1].reason
        assert reader.first_broken() is None
    recovered = journal.recover()
    assert len(recovered.turns) == turns
    assert (recovered.state, recovered.last_seq) == (None if kept == 0 or "snapshot" in named else STATE, 40)
    goes_on(tmp_path, journal, 41)


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches the end of the world."""


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_start_that_is_cut_off_goes_on_with_what_it_had_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    filled(tmp_path)
    with behind_its_back(tmp_path) as database:
        database.execute("UPDATE fact SET tick = tick + 1 WHERE fseq = 12")
    left = iter(range(renames))
    rename = Path.rename

    def cut_off(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise PowerCut
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cut_off)
        with pytest.raises(PowerCut):
            Journal.open(tmp_path)
    journal = reopened(tmp_path)
    assert "fact 12: hash" in journal.opening.detail
    assert journal.opening.quarantined == tmp_path / "journal.db.quarantined-1"
    assert journal.opening.quarantined.exists()
    with JournalReader(tmp_path) as reader:
        assert [row.seq for row in reader.records(0, 100)] == list(range(1, 41))
    goes_on(tmp_path, journal, 41)


def test_why_an_epoch_began_is_told_until_it_has_its_first_turn(tmp_path: Path) -> None:
    filled(tmp_path)
    with behind_its_back(tmp_path) as database:
        database.execute("UPDATE fact SET tick = tick + 1 WHERE fseq = 12")
    with reopened(tmp_path) as journal:
        first = journal.opening
    with reopened(tmp_path) as journal:
        assert journal.opening == first
        append_turn(journal, 1000)
    with Journal.open(tmp_path) as journal:
        assert journal.opening.kind == "continued"


def test_the_first_turn_of_an_epoch_resumes_the_numbers(tmp_path: Path) -> None:
    filled(tmp_path)
    with behind_its_back(tmp_path) as database:
        database.execute("DELETE FROM record WHERE seq = 33")
    with reopened(tmp_path) as journal:
        append_turn(journal, 1000)
        assert [turn.resume_seq for turn in journal.recover().turns] == [None] * 5 + [40]


@pytest.mark.parametrize("page", range(1, 9))
def test_a_zeroed_page_never_stops_the_lane(tmp_path: Path, page: int) -> None:
    filled(tmp_path)
    path = tmp_path / "journal.db"
    damaged = bytearray(path.read_bytes())
    assert len(damaged) >= 9 * 4096
    damaged[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(damaged)
    journal = reopened(tmp_path)
    assert (tmp_path / "journal.db.quarantined-1").read_bytes() == bytes(damaged)
    goes_on(tmp_path, journal, 41)


@pytest.mark.parametrize("content", [b"", bytes(40_960), b"not a database " * 1000])
@pytest.mark.parametrize("marked", [True, False])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, marked: bool) -> None:
    filled(tmp_path)
    (tmp_path / "journal.db").write_bytes(content)
    if not marked:
        (tmp_path / "journal.mark").unlink()
    journal = reopened(tmp_path)
    goes_on(tmp_path, journal, 41 if marked else 1)


def test_a_shortened_file_is_damaged(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "journal.db"
    path.write_bytes(path.read_bytes()[:-8192])
    goes_on(tmp_path, reopened(tmp_path), 41)


def test_a_lost_file_leaves_its_mark(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "journal.db").unlink()
    journal = reopened(tmp_path, "missing")
    assert "record 40" in journal.opening.detail
    goes_on(tmp_path, journal, 41)


def test_an_older_copy_put_back_does_not_use_numbers_twice(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append_turns(journal, 2)
    older = (tmp_path / "journal.db").read_bytes()
    with Journal.open(tmp_path) as journal:
        append_turn(journal, 30)
        journal.snapshot(STATE, 6)
    (tmp_path / "journal.db").write_bytes(older)
    journal = reopened(tmp_path)
    assert "ends at fact 4, record 4; it had come to fact 6, record 6" in journal.opening.detail
    goes_on(tmp_path, journal, 7)


def test_a_second_damage_counts_on(tmp_path: Path) -> None:
    filled(tmp_path)
    for number in (1, 2, 3):
        with behind_its_back(tmp_path) as database:
            database.execute("UPDATE fact SET outcome = zeroblob(32) WHERE fseq = (SELECT max(fseq) FROM fact)")
        with reopened(tmp_path) as journal:
            assert journal.epoch == number + 1
            assert (tmp_path / f"journal.db.quarantined-{number}").exists()
            append_turn(journal, 1000 * number)
    with JournalReader(tmp_path) as reader:
        assert reader.first_broken() is None
        assert [row.seq for row in reader.records(0, 100)] == list(range(1, 47))


def test_a_reader_follows_to_the_new_file(tmp_path: Path) -> None:
    filled(tmp_path)
    with JournalReader(tmp_path) as reader:
        assert reader.newest() == (40, 40)
        reader.close()
        with behind_its_back(tmp_path) as database:
            database.execute("UPDATE record SET tick = 0 WHERE seq = 39")
        assert reader.newest() == (40, 40)
        with reopened(tmp_path) as journal:
            append_turn(journal, 1000)
            assert [row.seq for row in reader.records(37, 10)] == [38, 41, 42]
            assert reader.records(38, 1)[0].previous == reader.epochs()[-1].parent


def test_a_turn_without_its_end_is_damage(tmp_path: Path) -> None:
    """Cannot come from a crash, a turn being one transaction; so somebody took rows away."""
    with Journal.open(tmp_path) as journal:
        journal.append(made_facts(10), [], outcome(10))
    with behind_its_back(tmp_path) as database:
        database.execute("DELETE FROM fact WHERE fseq = 2")
    (tmp_path / "journal.mark").unlink()
    with reopened(tmp_path) as journal:
        assert "fact 1 does not end a turn" in journal.opening.detail


def _log_of_the_last_run_is_lost(root: Path) -> Mark:
    """Five turns after an opening are gone with the log; the record of the last one had been delivered."""
    filled(root)
    with Journal.open(root) as journal:
        for number in range(TURNS + 1, TURNS + 6):
            append_turn(journal, 10 * number)
        with JournalReader(root) as reader:
            row = reader.records(0, 100)[-1]
        stored = {name: (root / name).read_bytes() for name in ("journal.db", "journal.mark")}
    for name, content in stored.items():
        (root / name).write_bytes(content)
    return Mark(row.epoch, row.seq, 0, row.hash.hex())


def test_a_journal_that_ends_before_what_was_delivered_begins_a_new_epoch_behind_it(tmp_path: Path) -> None:
    delivered = _log_of_the_last_run_is_lost(tmp_path)
    assert delivered.seq == 50
    journal = Journal.open(tmp_path, delivered)
    assert (journal.opening.kind, journal.epoch, journal.next_seq) == ("corrupt", 2, 51)
    assert "it had come to" in journal.opening.detail and "records 41..50 are suspect" in journal.opening.detail
    goes_on(tmp_path, journal, 51)
    with Journal.open(tmp_path, delivered) as again:
        assert again.opening.kind == "continued", "what the new epoch left behind is settled"


def test_what_was_delivered_and_is_there_changes_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    with JournalReader(tmp_path) as reader:
        row = reader.records(0, 100)[-1]
    with Journal.open(tmp_path, Mark(row.epoch, row.seq, 0, row.hash.hex())) as journal:
        assert (journal.opening.kind, journal.next_seq) == ("continued", 41)


def test_a_lost_folder_with_delivered_records_never_numbers_them_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path, Mark(3, 70, 0, "ab" * 32)) as journal:
        assert (journal.opening.kind, journal.epoch, journal.next_seq) == ("missing", 4, 71)
