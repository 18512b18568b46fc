"""From nothing to a station that trusts its officers, by commands alone; a key is never replaced."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from station.trust.chain import Trusted
from station.trust.keys import load_key
from station.trust.officers import load_sealed, read_officers, unseal
from tests.commands.premises import Told

Command = Callable[..., Told]


def test_a_station_is_provisioned_by_commands(tmp_path: Path, command: Command) -> None:
    keys, password = tmp_path / "keys", tmp_path / "password"
    password.write_text("a good password\n")
    password.chmod(0o600)
    assert command("keys", "root", keys).status == 0
    assert command("keys", "centre", keys, "--root-key", keys / "root.key").status == 0
    assert command("keys", "station", keys / "station.key").status == 0
    made = command("keys", "officer", tmp_path / "a.key", "--password-file", password, "--json")
    public = json.loads(made.out)["public"]
    told = command(
        "keys", "officers", keys / "officers.signed", "--station", "VN-HN", "--number", 3,
        "--centre-key", keys / "centre.key", "--officer", f"officer-a:head-of-unit:{public}",
    )  # fmt: skip
    assert told.status == 0 and "officers file 3, 1 officers" in told.out

    trusted = Trusted.load(keys / "root.pub", keys / "centre.signed")
    now_ms = time.time_ns() // 1_000_000
    officers = read_officers((keys / "officers.signed").read_bytes(), trusted, "VN-HN", now_ms, newer_than=2)
    key = unseal(load_sealed(tmp_path / "a.key"), "a good password")
    assert not trusted.is_demo
    assert officers.by_key[key.key_id][1].actor == "officer-a"
    for name in ("root.key", "centre.key", "station.key"):
        assert (keys / name).stat().st_mode & 0o777 == 0o600
        assert load_key(keys / name).key_id


def test_a_key_is_never_replaced(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "station.key"
    assert command("keys", "station", file).status == 0
    before = file.read_bytes()
    told = command("keys", "station", file)
    assert told.status == 74 and "the file exists" in told.err and file.read_bytes() == before


def test_demo_keys_fill_only_an_empty_folder(demo_keys: Path, tmp_path: Path, command: Command) -> None:
    assert Trusted.load(demo_keys / "root.pub", demo_keys / "centre.signed").is_demo
    password = tmp_path / "password"
    password.write_text("x")
    password.chmod(0o600)
    told = command("keys", "make-demo", demo_keys, "--station", "VN-HN", "--password-file", password)
    assert told.status == 74 and "the file exists" in told.err


def test_an_officer_is_named_in_full(demo_keys: Path, tmp_path: Path, command: Command) -> None:
    out, centre_key = tmp_path / "officers.signed", demo_keys / "centre.key"
    for entry, status in (("officer-a:boss:00", 2), ("officer-a", 2), ("officer-a:officer:00", 77)):
        told = command(
            "keys", "officers", out, "--station", "VN-HN", "--number", 1, "--centre-key", centre_key, "--officer", entry
        )
        assert told.status == status, entry
    assert not out.exists()
