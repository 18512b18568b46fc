"""The officers of a station: who may act in which role with which key, and their own keys sealed by a password."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from drivers.contract.plain import canonical, decode, encode
from station.trust.chain import Trusted
from station.trust.keys import PrivateKey, PublicKey, read_secret, write_secret
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload
from station.trust.statements import Officer, OfficersFile

_PASSES = 3
_MEMORY_KIB = 65_536
_MOST_PASSES = 8
_MOST_MEMORY_KIB = 262_144
_MOST_FILE_BYTES = 4096
_SALT_BYTES = 16
_NONCE_BYTES = 12
_AES_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Officers:
    """A verified officers file, by key id."""

    number: int
    by_key: Mapping[str, tuple[PublicKey, Officer]]


def read_officers(data: bytes, trusted: Trusted, station: str, utc_ms: int, newer_than: int = -1) -> Officers:
    """The officers in a signed file (wire form). Raises Untrusted, also if two officers share a key."""
    payload = trusted.verify(Signed.from_wire(data), "officers", utc_ms)
    file = read_payload(OfficersFile, payload)
    if file.station != station:
        raise Untrusted("wrong-station", f"officers of {file.station!r}, this is {station!r}")
    if file.number <= newer_than:
        raise Untrusted("outdated", f"officers file {file.number}, in force is {newer_than}")
    by_key: dict[str, tuple[PublicKey, Officer]] = {}
    for officer in file.officers:
        key = PublicKey.from_text(officer.key)
        if key.key_id in by_key:
            raise Untrusted("malformed", f"{officer.actor} and {by_key[key.key_id][1].actor} share key {key.key_id}")
        by_key[key.key_id] = (key, officer)
    return Officers(file.number, by_key)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """An officer's private key under a password: argon2id gives the AES-256-GCM key; all else is authenticated. Hex."""

    public: str
    passes: int
    memory_kib: int
    salt: str
    nonce: str
    body: str


def seal(key: PrivateKey, password: str) -> bytes:
    """The sealed form of `key`, for `save_sealed` or any other place. `password` must not be empty (ValueError)."""
    if not password:
        raise ValueError("an officer's key needs a password")
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    head = SealedKey(key.public.text, _PASSES, _MEMORY_KIB, salt.hex(), nonce.hex(), "")
    body = AESGCM(_stretch(password, head)).encrypt(nonce, key.raw, canonical(head))
    return encode(SealedKey(head.public, head.passes, head.memory_kib, head.salt, head.nonce, body.hex()))


def unseal(data: bytes, password: str) -> PrivateKey:
    """The key in `data`. Raises Untrusted("wrong-password", "key-file-malformed")."""
    try:
        sealed: SealedKey = decode(SealedKey, data)
        nonce, body, _ = (bytes.fromhex(text) for text in (sealed.nonce, sealed.body, sealed.salt))
    except ValueError as error:
        raise Untrusted("key-file-malformed", f"sealed key: {str(error)[:200]}") from error
    costs_sane = 1 <= sealed.passes <= _MOST_PASSES and 8 <= sealed.memory_kib <= _MOST_MEMORY_KIB
    if not costs_sane or len(nonce) != _NONCE_BYTES or len(sealed.salt) != 2 * _SALT_BYTES:
        raise Untrusted("key-file-malformed", "sealed key: costs, salt or nonce outside what we write")
    head = SealedKey(sealed.public, sealed.passes, sealed.memory_kib, sealed.salt, sealed.nonce, "")
    try:
        raw = AESGCM(_stretch(password, head)).decrypt(nonce, body, canonical(head))
    except InvalidTag as error:
        raise Untrusted("wrong-password", f"key {sealed.public[:16]} does not open") from error
    return PrivateKey.from_raw(raw)


def save_sealed(data: bytes, path: Path) -> None:
    """Write a sealed key to a new file of mode 0600, durably. Raises FileExistsError."""
    write_secret(path, data)


def load_sealed(path: Path) -> bytes:
    """The bytes for `unseal`. Raises Untrusted naming the file: missing, or readable by others."""
    return read_secret(path, _MOST_FILE_BYTES)


def _stretch(password: str, head: SealedKey) -> bytes:
    return hash_secret_raw(
        password.encode("utf-8", "surrogatepass"),
        bytes.fromhex(head.salt),
        time_cost=head.passes,
        memory_cost=head.memory_kib,
        parallelism=1,
        hash_len=_AES_KEY_BYTES,
        type=Type.ID,
    )
