"""`station centre export` and `station lists import`: what the centre signed, carried to a lane without a link."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from station.centre.publisher import publish_list, publish_suspension
from station.centre.store import CentreStore
from station.trust.keys import load_key
from tests.commands.premises import SETTINGS, Premises, Told, premises, running_lane
from tests.courier.bench import entry
from tests.support import free_port, wait_until

Command = Callable[..., Told]


@pytest.fixture
def linked(tmp_path: Path, demo_keys: Path) -> Premises:
    """A lane whose broker does not answer."""
    settings = SETTINGS + f'[link]\nhost = "127.0.0.1"\nport = {free_port()}\n'
    return premises(tmp_path, demo_keys, settings)


def bring(place: Premises, command: Command, file: Path, *more: str, who: str = "demo-officer") -> Told:
    return command(
        "lists", "import", file, "--settings", place.settings, "--key", place.keys / f"{who}.key",
        "--password-file", place.password, "--actor", who, "--yes", *more,
    )  # fmt: skip


def test_a_stick_is_carried_from_the_centre_to_a_lane(linked: Premises, command: Command) -> None:
    database = f"sqlite:///{linked.folder}/centre.db"
    store = CentreStore(database)
    publish_list(store, "VN-HN", "15BB", [entry("D1")], time.time_ns() // 1_000_000)
    publish_suspension(store, "VN-HN", "D1", 1)
    store.close()
    stick = linked.folder / "stick.signed"
    export = ("centre", "--database", database, "export", stick, "--station", "VN-HN", "--key")
    told = command(*export, linked.keys / "centre.key", "--valid-hours", "72")
    assert told.status == 0 and "2 signed items" in told.out
    assert command(*export, linked.keys / "centre.key").status == 74, "an old file is never written over"
    assert bring(linked, command, stick).status == 69, "no lane runs"
    with running_lane(linked):
        wait_until((linked.data / "import").exists, 20, "the courier is there")
        told = bring(linked, command, stick)
        assert told.status == 0 and "In force: suspension 1, list 1" in told.out
        assert "Nothing new" in bring(linked, command, stick).out
        stick.write_bytes(stick.read_bytes().replace(b"D1", b"D9"))
        told = bring(linked, command, stick)
        assert told.status == 1 and "the signature is wrong" in told.out and "Next: treat the sender" in told.out
        assert list((linked.data / "import").iterdir()) == []
    lines = command("events", "--settings", linked.settings, "--json", "--type", "downlink.imported").out.splitlines()
    bodies = [json.loads(line)["body"] for line in lines]
    assert [(body["actor"], body["repeated"], body["refused"], body["reason"]) for body in bodies] == [
        ("demo-officer", 0, 0, ""),
        ("demo-officer", 2, 0, ""),
        ("demo-officer", 0, 2, "bad-signature"),
    ]
    told = command("events", "--settings", linked.settings, "--type", "downlink.imported")
    assert "imported from a file" in told.out and "actor=demo-officer" in told.out


def test_without_a_courier_nothing_is_laid_down(place: Premises, command: Command) -> None:
    stick = place.folder / "stick"
    stick.write_bytes(b"{}\n")
    with running_lane(place):
        told = bring(place, command, stick)
        assert told.status == 69 and "the courier does not run" in told.err


def test_a_lane_keeps_a_copy_that_is_checked_elsewhere(linked: Premises, command: Command, tmp_path: Path) -> None:
    stick = tmp_path / "second"
    stick.mkdir()
    text = linked.settings.read_text().replace("[lane]\n", f'[lane]\ncopy_folder = "{stick}"\n')
    linked.settings.write_text(text)
    with running_lane(linked):
        wait_until(lambda: list(stick.glob("*.signed")), 30, "the copy is there")
    (copy,) = stick.glob("*.signed")
    key = load_key(linked.keys / "station.key").public.text
    told = command("lists", "verify", copy, "--station-key", key)
    assert told.status == 0 and "VN-HN/I1" in told.out and "list 0 with 0 declarations" in told.out
    copy.write_bytes(copy.read_bytes().replace(b"I1", b"I2"))
    assert command("lists", "verify", copy, "--station-key", key).status == 77
