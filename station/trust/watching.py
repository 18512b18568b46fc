"""The key under which watchlists are hashed, and the marks that it makes. It lies in a file of its own at the centre
and at the stations (0600), and nowhere else: plates are few, and with the key anybody could try them all.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from station.core import plates
from station.trust.keys import read_secret, write_secret
from station.trust.refusal import Untrusted

_BYTES = 32
_PURPOSE = b"border-gate/watch/v1\n"


class WatchKey:
    """Makes marks. Never shown: neither its bytes nor what it hashed."""

    def __init__(self, raw: bytes) -> None:
        """Raises Untrusted("key-file-malformed")."""
        if len(raw) != _BYTES:
            raise Untrusted("key-file-malformed", f"a watch key has {_BYTES} bytes")
        self._raw = raw

    @classmethod
    def load(cls, path: Path) -> "WatchKey":
        """From its file. Raises Untrusted."""
        try:
            return cls(bytes.fromhex(read_secret(path, 3 * _BYTES).decode("ascii").strip()))
        except ValueError as error:
            raise Untrusted("key-file-malformed", f"{path}: no watch key") from error

    @property
    def key_id(self) -> str:
        """Tells the keys apart and says nothing of them: 16 hex digits."""
        return self._mac(b"key id")[:16]

    def mark(self, text: str) -> str:
        """The mark (64 hex digits) of a plate or a container number, however it is written."""
        return self._mac("".join(letter for letter in plates.normalise(text) if letter.isalnum()).encode())

    def _mac(self, message: bytes) -> str:
        return hmac.new(self._raw, _PURPOSE + message, hashlib.sha256).hexdigest()


def make_watch_key(path: Path) -> WatchKey:
    """A new key in a new file. Raises FileExistsError."""
    raw = secrets.token_bytes(_BYTES)
    write_secret(path, raw.hex().encode() + b"\n")
    return WatchKey(raw)
