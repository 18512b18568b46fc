"""When a checkpoint is due, what a kill may take of it, and journals of before there were any."""

from pathlib import Path

import pytest

from drivers.contract.plain import decode
from drivers.contract.quantities import Tick
from station.core.facts import TimePassed
from station.core.records import ActRecorded, CrossingOpened, Record, Stamped
from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from station.journal.store import Journal
from station.messages.checkpoints import Checkpoint
from station.trust.signed import Signed, verify
from tests.audit.sealed import SIGNER, STATION_KEY, audit, by_id, sealed_journal, witness_of
from tests.journal.made import UTC, append_turns, behind_its_back

OPENED = CrossingOpened("C1", test=False, previous="")
ACT = ActRecorded("a1", "release", "C1", "1187", "officer", "CHECKED", "", "effective", "", "k", "s")


def append(journal: Journal, tick: int, *records: Record) -> None:
    first = journal.next_seq
    stamped = [Stamped(first + at, Tick(tick), UTC, "synced", 0, record) for at, record in enumerate(records)]
    journal.append([TimePassed(Tick(tick))], stamped, bytes(32))


def sealed(root: Path) -> list[int]:
    """The records at which a checkpoint stands."""
    with JournalReader(root) as reader:
        found: list[int] = []
        row = reader.checkpoint(2**62)
        while row is not None:
            found.insert(0, row.seq)
            row = reader.checkpoint(row.seq - 1)
        return found


def test_a_checkpoint_states_the_heads_of_both_chains(tmp_path: Path) -> None:
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        append(journal, 1, OPENED, ACT)
        append(journal, 2)
        head = journal.head
    with JournalReader(tmp_path) as reader:
        row = reader.checkpoint(2)
    assert row is not None
    signed = Signed.from_wire(row.signed)
    verify(signed, "checkpoint", by_id(STATION_KEY))
    stated: Checkpoint = decode(Checkpoint, signed.payload.encode())
    assert (stated.epoch, stated.seq, stated.hash) == (head.epoch, head.seq, head.hash.hex())
    assert stated.fseq == 1 and stated.is_sound


def test_it_is_due_after_a_hundred_records_a_minute_or_an_act(tmp_path: Path) -> None:
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        for at in range(100):
            append(journal, at, OPENED)
        append(journal, 1_000, OPENED)
        append(journal, 60_999)
        append(journal, 61_000)  # a minute after the first record behind the checkpoint, whatever brings the turn
        append(journal, 62_000, ACT)
        append(journal, 400_000)
        append(journal, 800_000)
    assert sealed(tmp_path) == [100, 101, 102]


def test_without_a_key_there_are_none(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append(journal, 1, ACT)
        journal.seal_due(Tick(90_000))
    assert sealed(tmp_path) == [] and audit(tmp_path) == []


def test_a_turn_that_cannot_be_stored_leaves_no_checkpoint(tmp_path: Path) -> None:
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        append(journal, 1, OPENED)
        journal._driver.execute(
            "CREATE TEMP TRIGGER stop BEFORE INSERT ON checkpoint BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        with pytest.raises(JournalUnwritable):
            append(journal, 2, ACT)
        journal._driver.execute("DROP TRIGGER stop")
        assert journal.next_seq == 2
        append(journal, 2, ACT)
    assert sealed(tmp_path) == [2] and audit(tmp_path) == []


def test_a_witness_is_stored_with_the_next_turn_and_known_after_a_start(tmp_path: Path) -> None:
    with Journal.open(tmp_path, signer=SIGNER) as journal, JournalReader(tmp_path) as reader:
        append(journal, 1, ACT)
        row = reader.checkpoint(1)
        assert row is not None and row.witness == b"" and journal.newest_witness is None
        word = witness_of(row.signed)
        journal.keep_witness(word)
        append(journal, 2)
        row = reader.checkpoint(1)
        assert row is not None and row.witness == word.signed
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        assert journal.newest_witness == word


def test_a_journal_of_before_gets_the_table_and_keeps_its_hashes(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append_turns(journal, 5)
        before = journal.head
    with behind_its_back(tmp_path) as database:
        database.execute("DROP TABLE checkpoint")
    with JournalReader(tmp_path) as reader:
        assert reader.checkpoint(99) is None
    assert audit(tmp_path) == []
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        assert (journal.opening.kind, journal.head) == ("continued", before)
        append(journal, 1, ACT)
    assert sealed(tmp_path) == [11] and audit(tmp_path) == []


def test_a_damaged_journal_keeps_its_checkpoints_and_the_loss_is_named(tmp_path: Path) -> None:
    """The next epoch begins behind everything that a checkpoint proves."""
    sealed_journal(tmp_path, 6)
    with behind_its_back(tmp_path) as database:
        database.execute("DELETE FROM record WHERE seq > 10")
        database.execute("DELETE FROM fact WHERE fseq > 10")
    DataFolder(tmp_path).mark.unlink()
    with behind_its_back(tmp_path) as database:
        database.execute("UPDATE record SET body = CAST('x' AS BLOB) WHERE seq = 10")
    with Journal.open(tmp_path, signer=SIGNER) as journal:
        assert (journal.opening.kind, journal.next_seq) == ("corrupt", 13)
        append(journal, 1, ACT)
    found = audit(tmp_path)
    assert [(f.table, f.row, f.cause) for f in found] == [("record", 12, "lost")]
