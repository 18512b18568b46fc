"""Personal data can be erased, and what was chained stays whole and says nothing."""

import contextlib
import hashlib
import hmac
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from station.journal.personal import PersonalData, SealedText
from station.journal.refusals import JournalUnwritable

TEXT = "số giấy tờ 0000 0000 0001"


def test_a_sealed_text_comes_back_by_its_reference(tmp_path: Path) -> None:
    path = tmp_path / "personal.db"
    with PersonalData(path) as data:
        sealed = data.seal(TEXT)
    with PersonalData(path) as data:
        assert data.read(sealed) == TEXT
        assert data.read(SealedText(sealed.reference, "0" * 64)) is None
        assert data.read(SealedText("unknown", sealed.hmac)) is None


def test_the_same_text_is_never_sealed_alike(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        first, second = data.seal(TEXT), data.seal(TEXT)
    assert first.reference != second.reference
    assert first.hmac != second.hmac
    assert hashlib.sha256(TEXT.encode()).hexdigest() != first.hmac


def test_the_seal_is_hmac_sha_256_under_the_stored_salt(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        sealed = data.seal(TEXT)
        salt = data._connection.exec_driver_sql("SELECT salt FROM personal").scalar_one()
    assert hmac.new(salt, TEXT.encode(), "sha256").hexdigest() == sealed.hmac


def test_erasing_leaves_no_byte_of_it_on_the_disk(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        kept = data.seal("other")
        sealed = data.seal(TEXT)
        files = [tmp_path / "personal.db", tmp_path / "personal.db-wal"]
        assert any(TEXT.encode() in path.read_bytes() for path in files)
        assert data.erase(sealed.reference)
        assert not any(TEXT.encode() in path.read_bytes() for path in files)
        assert data.read(sealed) is None
        assert not data.erase(sealed.reference)
        assert data.read(kept) == "other"


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalUnwritable) as caught:
        PersonalData(tmp_path / "absent" / "personal.db")
    assert "personal.db" in str(caught.value)


def test_a_crossing_is_erased_whole_and_no_other(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        first, second = data.seal(TEXT, "c1", 5), data.seal("card", "c1", 6)
        other = data.seal("other", "c2", 7)
        assert data.erase_crossing("c1") == 2
        assert [data.read(sealed) for sealed in (first, second, other)] == [None, None, "other"]
        assert data.erase_crossing("c1") == data.erase_crossing("c3") == 0


def test_what_is_older_than_its_term_is_erased_and_a_text_without_a_time_begins_its_term_now(tmp_path: Path) -> None:
    path = tmp_path / "personal.db"
    with PersonalData(path) as data:
        old, young, timeless = data.seal("old", "c1", 1_000), data.seal("young", "c2", 5_000), data.seal("timeless")
        older_release = data.seal("older release", "c3", 1_000)
        forget = "DELETE FROM personal_of WHERE reference = ?"
        with data._connection.begin():
            data._connection.exec_driver_sql(forget, (older_release.reference,))
        assert data.erase_older(5_000, 9_000) == 1
        assert [data.read(one) for one in (old, young, timeless, older_release)] == [
            None,
            "young",
            "timeless",
            "older release",
        ]
        assert data.erase_older(9_000, 10_000) == 1
        assert data.erase_older(9_001, 10_000) == 2
        assert data.erase_older(9_001, 10_000) == 0


def test_an_erasure_behind_a_reader_is_told_as_not_done_and_done_when_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "personal.db"
    with PersonalData(path) as data:
        data.seal(TEXT, "c1", 5)
        with contextlib.closing(dbapi2.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM personal").fetchone() == (1,)
            with pytest.raises(JournalUnwritable, match=r"personal\.db"):
                data.erase_crossing("c1")
        assert data.erase_crossing("c1") == 0
        assert not any(TEXT.encode() in one.read_bytes() for one in tmp_path.iterdir())


def test_a_term_does_not_end_what_is_under_hold(tmp_path: Path) -> None:
    with PersonalData(tmp_path / "personal.db") as data:
        held = data.seal("one", "c1", 1_000)
        gone = data.seal("two", "c2", 1_000)
        assert data.erase_older(5_000, 9_000, ("c1",)) == 1
        assert (data.read(held), data.read(gone)) == ("one", None)
        assert data.erase_older(5_000, 9_000) == 1
