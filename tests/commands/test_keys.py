"""From nothing to a station that trusts its officers, by commands alone; a key is never replaced."""

from collections.abc import Callable
from pathlib import Path

from station.trust.chain import Trusted
from tests.commands.premises import Told

Command = Callable[..., Told]


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
