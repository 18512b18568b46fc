"""What is kept of a site's plates: nothing in clear, nothing by a wrong key, nothing for longer than agreed."""

import stat
from pathlib import Path

import numpy as np
import pytest

from station.learning.collection import DAY_MS, Collection, forget, origin_of
from station.learning.labels import read_labels
from station.learning.refusal import LearningRefused
from station.trust.data_key import DataKey, NotOpened
from station.trust.refusal import Untrusted
from tests.learning.made import NOW_MS, filled, picture, plate

TEXT, CROSSING = "43C98765", "VN-HN-I1-E1-000017"


@pytest.fixture
def kept(tmp_path: Path) -> Collection:
    collection = Collection.begin(tmp_path / "site", tmp_path / "site.key")
    cut = picture(1)
    crossing = collection.key.mark(CROSSING.encode())[:16]
    collection.put(cut, origin_of(cut, TEXT, "declaration", crossing, NOW_MS), "picture-hash:box")
    collection.tell(NOW_MS, "collect", consent="act-1", new=1)
    return collection


def refused(cause: str) -> pytest.RaisesExc[LearningRefused]:
    return pytest.raises(LearningRefused, match=f": {cause}")


def test_a_crop_comes_back_as_it_was(kept: Collection) -> None:
    (crop,) = kept.crops()
    assert crop.text == TEXT and crop.origin.basis == "declaration"
    assert np.array_equal(crop.picture, picture(1))


def test_no_byte_on_the_disk_tells_a_plate_a_crossing_or_a_picture(kept: Collection) -> None:
    files = [path for path in kept.folder.parent.rglob("*") if path.is_file()]
    assert len(files) == 4  # the key, the header, the history, one crop
    for path in files:
        data = path.read_bytes() + path.name.encode()
        for clear in (TEXT, CROSSING, "picture-hash"):
            assert clear.encode() not in data, path
            assert clear.encode("utf-16-le") not in data, path
        assert picture(1).tobytes()[:64] not in data, path


def test_the_search_would_find_a_label_in_clear(kept: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: a key that seals nothing."""
    monkeypatch.setattr(DataKey, "seal", lambda _, data, __: data)
    cut = picture(2)
    kept.put(cut, origin_of(cut, TEXT, "list", "", NOW_MS), "other")
    with pytest.raises(AssertionError):
        test_no_byte_on_the_disk_tells_a_plate_a_crossing_or_a_picture(kept)


def test_key_and_crops_are_their_owners_alone(kept: Collection) -> None:
    key = kept.folder.parent / "site.key"
    for path in (key, *(kept.folder / "crops").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key.chmod(0o640)
    with pytest.raises(Untrusted, match="key-file-exposed"):
        DataKey.load(key)
    key.chmod(0o600)
    key.write_text("no key")
    with pytest.raises(Untrusted, match="key-file-malformed"):
        DataKey.load(key)


def test_another_key_is_refused_by_name(kept: Collection, tmp_path: Path) -> None:
    other = DataKey.make(tmp_path / "other.key")
    with refused("collection-other-key") as said:
        Collection(kept.folder, other)
    assert other.key_id in str(said.value) and kept.key.key_id in str(said.value)


def test_a_key_within_the_collection_is_refused_and_nothing_is_begun(tmp_path: Path) -> None:
    with refused("key-in-collection"):
        Collection.begin(tmp_path / "site", tmp_path / "site" / "crops" / "key")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("spoil", ["torn", "flipped", "empty", "renamed"])
def test_a_damaged_crop_is_named_and_says_nothing_of_the_plate(kept: Collection, spoil: str) -> None:
    (name,) = kept.names()
    file = kept.folder / "crops" / f"{name}.sealed"
    data = file.read_bytes()
    match spoil:
        case "torn":
            file.write_bytes(data[: len(data) // 2])
        case "flipped":
            file.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
        case "empty":
            file.write_bytes(b"")
        case _:
            file = file.rename(file.with_name(f"{'0' * 32}.sealed"))
    with refused("crop-damaged") as said:
        list(kept.crops())
    assert str(file) in str(said.value) and TEXT not in str(said.value)
    assert kept.let_go(NOW_MS, 90, 10) == (0, [str(file)]) and kept.names() == []


def test_the_same_cut_is_kept_once(kept: Collection) -> None:
    cut = picture(1)
    assert not kept.put(cut, origin_of(cut, TEXT, "declaration", "", NOW_MS), "picture-hash:box")
    assert len(kept.names()) == 1


def test_the_old_go_and_then_the_oldest_of_too_many(tmp_path: Path) -> None:
    collection = Collection.begin(tmp_path / "site", tmp_path / "site.key")
    for days in range(6):
        cut = picture(days)
        collection.put(cut, origin_of(cut, plate(days), "declaration", "", NOW_MS - days * DAY_MS), f"{days}")
    assert collection.let_go(NOW_MS, keep_days=4, most=100) == (1, [])
    assert collection.let_go(NOW_MS, keep_days=4, most=2) == (3, [])
    assert {crop.text for crop in collection.crops()} == {plate(0), plate(1)}


def test_a_killed_run_leaves_nothing_behind_the_next(kept: Collection) -> None:
    half = kept.folder / "crops" / f"{'1' * 32}.sealed.half"
    half.write_bytes(b"a part of a crop")
    with (kept.folder / "history.jsonl").open("ab") as history:
        history.write(b'{"utc_ms":1,"wha\n')
    for sha256 in ("ab", "cd", "ab"):
        kept.tell(NOW_MS, "compare", sha256=sha256)
    assert kept.let_go(NOW_MS, 90, 10) == (0, []) and not half.exists()
    assert kept.compared() == 2


def test_forgetting_leaves_the_history_and_nothing_that_opens(tmp_path: Path) -> None:
    collection = filled(tmp_path, 3)
    copy = (collection.folder / "crops" / f"{collection.names()[0]}.sealed").read_bytes()
    collection.tell(NOW_MS, "collect", consent="act-1", new=3)
    assert forget(tmp_path / "site", tmp_path / "site.key", NOW_MS) == 3
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["history.jsonl"]
    assert '"what":"forget"' in (tmp_path / "site" / "history.jsonl").read_text()
    again = Collection.begin(tmp_path / "site", tmp_path / "site.key")
    assert again.key.key_id != collection.key.key_id
    with pytest.raises(NotOpened):
        again.key.open(copy, "any")


def test_a_folder_whose_key_is_lost_can_be_forgotten(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    (tmp_path / "site.key").unlink()
    DataKey.make(tmp_path / "other.key")
    assert forget(tmp_path / "site", tmp_path / "other.key", NOW_MS) == 2
    assert (tmp_path / "other.key").exists()
    with refused("no-collection"):
        forget(tmp_path, tmp_path / "other.key", NOW_MS)


def test_an_officers_list_is_read_or_refused_at_its_line() -> None:
    sha = "ab" * 32
    assert read_labels(["picture,text", f"{sha},43C-987.65"], "list.csv") == {sha: TEXT}
    for rows, where in (
        (["text", TEXT], "list.csv:"),
        (["picture,text", f"{sha},{TEXT}", f"short,{TEXT}"], "list.csv:3"),
        (["picture,text", f"{sha},"], "list.csv:2"),
        (["picture,text", f"{sha},{TEXT}", f"{sha},43C98766"], "list.csv:3"),
    ):
        with refused("bad-labels") as said:
            read_labels(rows, "list.csv")
        assert where in str(said.value) and TEXT not in str(said.value)
