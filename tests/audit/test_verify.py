"""Two verifiers, written apart, over the same altered journals: both find it, and name the same row first."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.audit.book import Unreadable
from station.audit.tables import journal_book
from station.audit.walk import Auditor
from station.commands.audit import _start
from station.journal.reader import JournalReader
from station.trust.keys import PrivateKey
from tests.audit.mutations import KINDS, Mutation, mutated, rows_of
from tests.audit.sealed import CENTRE_KEY, STATION_KEY, altered, audit, by_id, sealed_journal, witness_of

TURNS = 12


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("whole")
    sealed_journal(root, TURNS)
    return root


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "copy")
    return tmp_path / "copy"


def test_a_whole_journal_is_whole(whole: Path) -> None:
    with journal_book(whole / "journal.db") as book:
        auditor = Auditor(book, by_id(STATION_KEY), by_id(CENTRE_KEY))
        assert list(auditor.findings()) == []
    walked = auditor.walked
    assert (walked.facts, walked.records, walked.checkpoints, walked.witnessed) == (24, 24, 6, 5)
    assert walked.last_witnessed == (1, 20) and auditor.behind_witness == 4


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_both_verifiers_find_every_mutation_and_name_the_same_row(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with closing(sqlite3.connect(whole / "journal.db")) as connection:
        counts = {table: len(rows_of(connection, table)) for table in ("fact", "record")}
    table = data.draw(st.sampled_from(["fact", "record"]))
    kind = data.draw(st.sampled_from(KINDS))
    at = data.draw(st.integers(0, counts[table] - (2 if kind == "swap" else 1)))
    mutation = Mutation(kind, table, at, data.draw(st.integers(0, 1_000_000)))
    root = tmp_path_factory.mktemp("mutated")
    shutil.copy(whole / "journal.db", root)
    mutated(root, mutation)
    ours = audit(root)
    assert ours, mutation
    with JournalReader(root) as reader:
        theirs = reader.first_broken()
    if theirs is None:  # a chain does not know its own end: only a checkpoint does
        assert kind in ("truncate", "delete") and ours[0].cause == "truncated", mutation
    else:
        assert (ours[0].table, ours[0].row) == (theirs.table, theirs.row), (mutation, ours[0], theirs)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE checkpoint SET epoch = 2 WHERE seq = 8", "checkpoint 8: checkpoint"),
        ("UPDATE checkpoint SET signed = x'00' WHERE seq = 8", "checkpoint 8: signature"),
        ("UPDATE checkpoint SET witness = x'00' WHERE seq = 8", "checkpoint 8: witness"),
        (
            "UPDATE checkpoint SET witness = (SELECT witness FROM checkpoint WHERE seq = 4) WHERE seq = 8",
            "checkpoint 8: witness",
        ),
        ("UPDATE epoch SET facts_parent = CAST(zeroblob(31) || x'01' AS BLOB)", "fact 1: epoch"),
    ],
)
def test_what_is_wrong_with_a_checkpoint_is_named(copy: Path, change: str, name: str) -> None:
    altered(copy, change)
    found = [str(finding) for finding in audit(copy)]
    assert found and found[0].startswith(name), found


def test_a_journal_that_does_not_say_where_it_begins_is_refused(copy: Path) -> None:
    altered(copy, "UPDATE meta SET value = 'x' WHERE key = 'facts_from'")
    with pytest.raises(Unreadable, match="where the chains begin"):
        audit(copy)


def test_a_foreign_witness_counts_for_nothing(copy: Path) -> None:
    """The centre's key is the one thing that a rewriter of both databases does not have."""
    stranger = PrivateKey.from_raw(b"x" * 32)
    with closing(sqlite3.connect(copy / "journal.db")) as connection, connection:
        for seq, signed in connection.execute("SELECT seq, signed FROM checkpoint").fetchall():
            word = witness_of(signed, stranger).signed
            connection.execute("UPDATE checkpoint SET witness = ? WHERE seq = ?", (word, seq))
    assert {finding.cause for finding in audit(copy)} == {"witness"}
    assert audit(copy, keys=False) == []


def test_from_a_checkpoint_only_what_follows_is_walked(copy: Path) -> None:
    altered(copy, "UPDATE record SET tick = tick + 1 WHERE seq = 3")
    assert [str(f)[:15] for f in audit(copy)] == ["record 3: hash:"]
    with journal_book(copy / "journal.db") as book:
        auditor = Auditor(book, {}, {}, (), _start(book, 12, ()))
        assert list(auditor.findings()) == []
    assert (auditor.walked.first_seq, auditor.walked.records) == (13, 12)
    altered(copy, "UPDATE record SET tick = tick + 1 WHERE seq = 13")
    with journal_book(copy / "journal.db") as book:
        found = list(Auditor(book, {}, {}, (), _start(book, 12, ())).findings())
    assert [(f.table, f.row) for f in found] == [("record", 13)]
