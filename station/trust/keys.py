"""Ed25519 keys: made, kept in files only their owner can read, named by the hash of their public half."""

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from station.trust.refusal import Untrusted

_RAW_BYTES = 32
_MOST_PEM_BYTES = 4096


@dataclass(frozen=True)
class PublicKey:
    """The public half; `raw` are its 32 bytes."""

    raw: bytes

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """The key that `text` (64 hex digits) states. Raises Untrusted("malformed")."""
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raw = b""
        if len(raw) != _RAW_BYTES or raw.hex() != text:
            raise Untrusted("malformed", f"public key {text[:80]!r} is not 64 lower-case hex digits")
        return cls(raw)

    @property
    def text(self) -> str:
        """64 hex digits; the inverse of `from_text`."""
        return self.raw.hex()

    @cached_property
    def key_id(self) -> str:
        """First 16 hex digits of the SHA-256 of the raw key."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """The whole SHA-256 in groups of four, for two persons to compare with a printed letter."""
        digest = hashlib.sha256(self.raw).hexdigest()
        return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """The secret half. It never shows itself: not in repr, not in a message."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def make(cls) -> "PrivateKey":
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_raw(cls, raw: bytes) -> "PrivateKey":
        """The key of these 32 secret bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(raw))

    @property
    def raw(self) -> bytes:
        """The 32 secret bytes, for sealing only."""
        return self._key.private_bytes_raw()

    @property
    def pem(self) -> bytes:
        """The secret as PKCS #8 PEM, for its own file only."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def key_id(self) -> str:
        """The id of the public half."""
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature over `message`."""
        return self._key.sign(message)


def save_key(key: PrivateKey, path: Path) -> None:
    """Write a new private key file (PEM, mode 0600), durably. Raises FileExistsError: a key is never replaced."""
    write_secret(path, key.pem)


def load_key(path: Path) -> PrivateKey:
    """Read a private key file. Raises Untrusted naming the file: missing, readable by others, or no Ed25519 key."""
    pem = read_secret(path, _MOST_PEM_BYTES)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Untrusted("key-file-malformed", f"{path}: no readable private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Untrusted("key-file-malformed", f"{path}: not an Ed25519 key")
    return PrivateKey(key)


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600 and make it and its name durable. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_secret(path: Path, most: int) -> bytes:
    """The bytes of a file that nobody but its owner may touch. Raises Untrusted naming the file."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(most + 1)
    except OSError as error:
        raise Untrusted("key-file-missing", f"{path}: {error.strerror}") from error
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise Untrusted("key-file-exposed", f"{path}: mode {stat.S_IMODE(mode):04o}, group or others have access")
    if len(data) > most:
        raise Untrusted("key-file-malformed", f"{path}: larger than {most} bytes")
    return data
