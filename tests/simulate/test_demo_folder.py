import json
from pathlib import Path

import pytest

from station.centre.publisher import read_entries
from station.settings.load import load
from station.simulate.demo_folder import LANE, STATION, DemoFolder, FolderRefused
from station.simulate.demo_keys import OFFICERS, make_demo_keys
from station.simulate.stories import STORIES
from station.trust.chain import Trusted
from station.trust.keys import load_key
from station.trust.officers import load_sealed, read_officers, unseal
from station.trust.refusal import Untrusted
from station.trust.signed import Signed

PORTS = {"scale": "/dev/pts/90", "scanner": "/dev/pts/91", "barrier": "15020", "camera": "rtsp://127.0.0.1:15540/lane"}
NOW_MS = 1_800_000_000_000


def test_a_folder_holds_settings_and_a_list_that_the_station_takes(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "a demo")
    folder.make(STORIES)
    folder.write_settings(PORTS, ("127.0.0.1", 1883), "3.1.1")
    settings = load(folder.lane_settings)
    assert (settings.parameters.station, settings.parameters.lane, settings.clock) == (STATION, LANE, "assumed")
    assert Trusted.load(settings.trust.root, settings.trust.centre).is_demo
    listed = {entry.declaration for entry in read_entries(folder.list.read_bytes(), "list.json")}
    assert listed == {story.code for story in STORIES if story.code and story.name != "held"}
    assert [told["name"] for told in json.loads(folder.stories.read_text())] == [story.name for story in STORIES]
    folder.release()


def test_a_folder_is_replaced_only_if_it_is_ours_and_free(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path / "out")
    first.make(STORIES)
    with pytest.raises(FolderRefused, match="busy-folder"):
        DemoFolder(tmp_path / "out").make(STORIES)
    assert first.stories.exists()
    first.release()
    first.report.write_text("old")
    again = DemoFolder(tmp_path / "out")
    again.make(STORIES[:1])
    assert not again.report.exists() and len(json.loads(again.stories.read_text())) == 1
    again.release()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not yours")
    with pytest.raises(FolderRefused, match="foreign-folder"):
        DemoFolder(tmp_path).make(STORIES)
    assert (tmp_path / "letter.txt").read_text() == "not yours"


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="long-folder"):
        DemoFolder(tmp_path / ("x" * 100)).make(STORIES)
    assert not list(tmp_path.iterdir())


def test_demo_keys_are_marked_and_belong_together(tmp_path: Path) -> None:
    make_demo_keys(tmp_path, STATION, "word", NOW_MS)
    trusted = Trusted.load(tmp_path / "root.pub", tmp_path / "centre.signed")
    assert trusted.is_demo
    assert load_key(tmp_path / "centre.key").key_id in trusted.keys_for("receipt", NOW_MS)
    officers = read_officers((tmp_path / "officers.signed").read_bytes(), trusted, STATION, NOW_MS)
    for actor, role in OFFICERS.items():
        key = unseal(load_sealed(tmp_path / f"{actor}.key"), "word")
        assert (officers.by_key[key.key_id][1].actor, officers.by_key[key.key_id][1].role) == (actor, role)
    with pytest.raises(Untrusted, match="key-expired"):
        trusted.verify(Signed.from_wire((tmp_path / "officers.signed").read_bytes()), "officers", NOW_MS + 10**11)
    with pytest.raises(FileExistsError):
        make_demo_keys(tmp_path, STATION, "word", NOW_MS)
