"""Key files: written for the owner alone, refused by name when exposed, missing or damaged."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from station.trust.keys import PrivateKey, load_key, save_key
from station.trust.officers import load_sealed, save_sealed, seal, unseal
from station.trust.refusal import Untrusted


def refused(path: Path, reason: str) -> None:
    with pytest.raises(Untrusted) as caught:
        load_key(path)
    assert caught.value.reason == reason
    assert str(path) in caught.value.seen


def test_a_key_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    key = PrivateKey.make()
    save_key(key, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path).public == key.public


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    save_key(PrivateKey.make(), path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        save_key(PrivateKey.make(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "station.key"
    save_key(PrivateKey.make(), path)
    path.chmod(mode)
    refused(path, "key-file-exposed")


def test_a_missing_a_damaged_and_a_foreign_key_are_named(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    refused(path, "key-file-missing")
    path.touch(0o600)
    refused(path, "key-file-malformed")
    path.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    refused(path, "key-file-malformed")
    path.write_bytes(b"x" * 100_000)
    refused(path, "key-file-malformed")


def test_a_key_does_not_show_itself() -> None:
    key = PrivateKey.make()
    assert key.raw.hex() not in repr(key) + str(vars(key))


def test_a_sealed_key_opens_with_its_password_only(tmp_path: Path) -> None:
    key = PrivateKey.make()
    path = tmp_path / "officer.sealed"
    save_sealed(seal(key, "mật khẩu dài"), path)
    data = load_sealed(path)
    assert key.raw.hex().encode() not in data
    assert unseal(data, "mật khẩu dài").raw == key.raw
    with pytest.raises(Untrusted) as caught:
        unseal(data, "mat khau dai")
    assert caught.value.reason == "wrong-password"
    path.chmod(0o644)
    with pytest.raises(Untrusted, match="key-file-exposed"):
        load_sealed(path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"passes":3', b'"passes":4', "wrong-password"),
        (b'"memory_kib":65536', b'"memory_kib":999999999', "key-file-malformed"),
        (b'"passes":3', b'"passes":0', "key-file-malformed"),
        (b'"nonce":"', b'"nonce":"00', "key-file-malformed"),
        (b'"salt":"', b'"salt":"zz', "key-file-malformed"),
        (b"SealedKey", b"Other", "key-file-malformed"),
    ],
)
def test_a_changed_sealed_key_is_refused(old: bytes, new: bytes, reason: str) -> None:
    data = seal(PrivateKey.make(), "password")
    assert old in data
    with pytest.raises(Untrusted) as caught:
        unseal(data.replace(old, new), "password")
    assert caught.value.reason == reason


def test_an_empty_password_seals_nothing() -> None:
    with pytest.raises(ValueError, match="password"):
        seal(PrivateKey.make(), "")
