"""A symmetric key for data that lies on this machine alone: AES-256-GCM, in a file only its owner can read."""

import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.trust.keys import read_secret, write_secret
from station.trust.refusal import Untrusted

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_NAMED = b"key id of a data key"


class NotOpened(Exception):
    """What was sealed is damaged, cut short, moved under another name, or sealed by another key."""


class DataKey:
    """The secret never shows itself. `key_id` names it: 16 hex digits from which nothing of it follows."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._cipher = AESGCM(raw)
        self.key_id = self.mark(_NAMED)[:16]

    @classmethod
    def make(cls, path: Path) -> "DataKey":
        """A new key in a new file (hex, mode 0600), durably. Raises FileExistsError: a key is never replaced."""
        raw = secrets.token_bytes(_KEY_BYTES)
        write_secret(path, raw.hex().encode() + b"\n")
        return cls(raw)

    @classmethod
    def load(cls, path: Path) -> "DataKey":
        """The key in a file. Raises Untrusted naming the file: missing, readable by others, or no such key."""
        text = read_secret(path, 4 * _KEY_BYTES).strip()
        try:
            raw = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            raw = b""
        if len(raw) != _KEY_BYTES:
            raise Untrusted("key-file-malformed", f"{path}: not {2 * _KEY_BYTES} hex digits")
        return cls(raw)

    def seal(self, data: bytes, name: str) -> bytes:
        """`data` so that only this key opens it, and only under this `name`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """What `seal` was given. Raises NotOpened."""
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise NotOpened(f"{len(sealed)} bytes")
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise NotOpened(f"{len(sealed)} bytes do not open") from error

    def mark(self, data: bytes) -> str:
        """64 hex digits that stand for `data`: equal for equal data, and without the key nobody can try guesses."""
        return hmac.new(self._raw, data, hashlib.sha256).hexdigest()
