"""Personal data can be erased, and what was chained stays whole and says nothing."""

import hashlib
import hmac
from pathlib import Path

import pytest

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
