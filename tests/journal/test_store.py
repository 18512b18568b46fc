"""The journal's everyday life: turns in, rows out, one writer, refusals with a cause."""

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis
from station.core.state import LaneState
from station.journal import engine
from station.journal.engine import open_engine
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable, StoreFault, Unreadable
from station.journal.store import KEPT_SNAPSHOTS, Journal
from tests.journal.made import append_turn, append_turns, made_facts, made_records, outcome


def test_turns_are_numbered_without_gap_and_go_on_after_a_restart(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        assert (journal.opening.kind, journal.epoch, journal.next_fseq, journal.next_seq) == ("created", 1, 1, 1)
        first = append_turn(journal, 10)
        assert (first.first_fseq, first.last_fseq, first.last_seq) == (1, 2, 2)
        silent = journal.append(made_facts(20), [], outcome(20))
        assert (silent.first_fseq, silent.last_fseq, silent.last_seq) == (3, 4, 2)
    with Journal.open(tmp_path) as journal:
        assert (journal.opening.kind, journal.epoch, journal.next_fseq, journal.next_seq) == ("continued", 1, 5, 3)
        append_turn(journal, 30)
    with JournalReader(tmp_path) as reader:
        assert [row.seq for row in reader.records(0, 100)] == [1, 2, 3, 4]
        assert [row.facts_to for row in reader.records(0, 100)] == [1, 2, 5, 6]
        assert reader.first_broken() is None


def test_a_turn_that_is_none_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append_turn(journal, 10)
        facts, records = made_facts(20), made_records(3, 20)
        wrong = [
            ([], records, outcome(20)),
            (facts, records, b"short"),
            (facts, made_records(4, 20), outcome(20)),
            (facts, made_records(2, 20), outcome(20)),
            (facts, [records[0], replace(records[1], seq=5)], outcome(20)),
            (facts, [records[0], replace(records[1], cause=2)], outcome(20)),
            (facts, [records[0], replace(records[1], cause=-1)], outcome(20)),
        ]
        for turn in wrong:
            with pytest.raises(ValueError, match=r"turn|record"):
                journal.append(*turn)
        with JournalReader(tmp_path) as reader:
            assert reader.newest() == (2, 2)
        assert journal.append(facts, records, outcome(20)).last_seq == 4


def test_readers_see_what_was_committed_while_the_lane_writes(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal, JournalReader(tmp_path) as reader:
        assert reader.records(0, 10) == []
        append_turns(journal, 5)
        rows = reader.records(3, 4)
        assert [row.seq for row in rows] == [4, 5, 6, 7]
        assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]
        third = reader.record(3)
        assert third is not None
        assert rows[0].previous == third.hash
        assert reader.record(11) is None
        assert [row.fseq for row in reader.facts(8, 10)] == [9, 10]
        assert [row.seq for row in reader.crossing("C1.30")] == [5, 6]
        assert reader.crossing("C1.3") == []
        assert reader.as_fact(reader.facts(0, 1)[0]) == made_facts(10)[0]
        assert reader.as_record(rows[0]) == made_records(3, 20)[1].record
        assert [epoch.reason for epoch in reader.epochs()] == ["first"]


def test_a_reader_waits_for_a_journal_that_is_not_there_yet(tmp_path: Path) -> None:
    with JournalReader(tmp_path) as reader:
        with pytest.raises(Unreadable) as caught:
            reader.newest()
        assert caught.value.cause == "missing"
        with Journal.open(tmp_path):
            assert reader.newest() == (0, 0)


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with (
        Journal.open(tmp_path),
        JournalReader(tmp_path) as reader,
        pytest.raises(Unreadable) as caught,
        reader._reading() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM fact")
    assert caught.value.cause == "not-writable"


def test_recovery_gives_the_newest_snapshot_and_the_turns_behind_it(tmp_path: Path) -> None:
    state = encode(LaneState(seq=4))
    with Journal.open(tmp_path) as journal:
        assert journal.recover().facts == []
        append_turns(journal, 2)
        assert journal.recover().state is None
        assert [fseq for fseq, _ in journal.recover().facts] == [1, 2, 3, 4]
        journal.snapshot(state, 4)
        append_turn(journal, 30)
        append_turn(journal, 40)
    with Journal.open(tmp_path) as journal:
        recovered = journal.recover()
    assert (recovered.state, recovered.state_fseq, recovered.last_seq) == (state, 4, 8)
    assert [(turn.first_fseq, turn.last_fseq, turn.outcome) for turn in recovered.turns] == [
        (5, 6, outcome(30)),
        (7, 8, outcome(40)),
    ]
    assert recovered.facts == [(5 + index, fact) for index, fact in enumerate([*made_facts(30), *made_facts(40)])]


def test_few_snapshots_are_kept_and_only_after_the_newest_fact(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal, JournalReader(tmp_path) as reader:
        for number in range(1, KEPT_SNAPSHOTS + 3):
            append_turn(journal, 10 * number)
            journal.snapshot(b"%d" % number, 2 * number)
            journal.snapshot(b"%d" % number, 2 * number)
        newest = 2 * (KEPT_SNAPSHOTS + 2)
        assert [row.fseq for row in reader.snapshots()] == [newest - 2 * back for back in range(KEPT_SNAPSHOTS)]
        with pytest.raises(ValueError, match="newest"):
            journal.snapshot(b"", newest - 1)


def test_a_second_writer_is_refused_by_name(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        with pytest.raises(JournalUnwritable) as caught:
            Journal.open(tmp_path)
        assert caught.value.cause == "second-writer"
        assert str(os.getpid()) in caught.value.seen
        assert "data folder" in caught.value.next_step
        append_turn(journal, 10)
    Journal.open(tmp_path).close()


def test_a_foreign_lock_is_a_refusal_and_the_next_turn_goes_on(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append_turn(journal, 10)
        with closing(sqlite.connect(tmp_path / "journal.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalUnwritable) as caught:
                append_turn(journal, 20)
            assert caught.value.cause == "locked"
            other.execute("ROLLBACK")
        assert append_turn(journal, 20).last_seq == 4
        with JournalReader(tmp_path) as reader:
            assert reader.first_broken() is None


def test_every_connection_has_the_pragmas(tmp_path: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "trusted_schema": 0,
        "mmap_size": 0,
        "journal_size_limit": 67_108_864,
        "wal_autocheckpoint": 1000,
    }
    with (
        Journal.open(tmp_path) as journal,
        JournalReader(tmp_path) as reader,
        reader._reading() as reading,
        journal._transaction() as writing,
    ):
        for connection in (reading, writing):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
            assert found == wanted


def test_a_pragma_that_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SET", {**engine._SET, "page_size": 12_345})
    with pytest.raises(JournalUnwritable) as caught:
        Journal.open(tmp_path)
    assert caught.value.cause == "unsafe-settings"
    assert "page_size" in caught.value.seen


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(StoreFault) as caught, open_engine(tmp_path / "x.db", Millis(100)).connect():
        pass
    assert caught.value.cause == "sqlite-too-old"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalUnwritable) as caught:
        Journal.open(tmp_path / "file" / "data")
    assert caught.value.cause == "not-writable"
    assert "file" in str(caught.value)
