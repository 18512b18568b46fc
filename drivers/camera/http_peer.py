"""HTTP as simulated cameras speak it: heads, and Digest from both ends (RFC 7616). Shares nothing with the drivers."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

Algorithm = Literal["MD5", "SHA-256"]
_REALM = "IP Camera(B7231)"

Head = tuple[str, dict[str, str]]
"""The first line and the headers, names in lower case."""


@dataclass(frozen=True, slots=True)
class Account:
    """Name and password of a simulated camera."""

    user: str
    password: str


def read_head(data: bytes) -> tuple[Head, bytes] | None:
    """The head at the start of `data` and what follows it; None while it is not whole."""
    head, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return (first, {name.strip().lower(): value.strip() for name, _, value in pairs}), rest


def _hash(algorithm: Algorithm, text: str) -> str:
    return hashlib.new(algorithm.replace("-", ""), text.encode(), usedforsecurity=False).hexdigest()


def _fields(header: str) -> dict[str, str]:
    return {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)}


def digest_answer(challenge: str, account: Account, method: str, uri: str, count: int = 1) -> str:
    """The Authorization header of a client that was asked by `challenge` (one WWW-Authenticate header)."""
    asked = _fields(challenge)
    algorithm: Algorithm = "SHA-256" if asked.get("algorithm") == "SHA-256" else "MD5"
    nc, cnonce = f"{count:08x}", "0a4f113b"
    ha1 = _hash(algorithm, f"{account.user}:{asked['realm']}:{account.password}")
    ha2 = _hash(algorithm, f"{method}:{uri}")
    response = _hash(algorithm, f"{ha1}:{asked['nonce']}:{nc}:{cnonce}:auth:{ha2}")
    return (
        f'Digest username="{account.user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'algorithm={algorithm}, response="{response}", qop=auth, nc={nc}, cnonce="{cnonce}"'
    )


@dataclass(slots=True)
class DigestLock:
    """The server's end: a camera that opens only to its account. `forget` makes every nonce given so far too old."""

    account: Account
    algorithm: Algorithm = "MD5"
    has_qop: bool = True
    refused: int = 0
    _given: int = 0
    _oldest: int = 1
    _used: set[tuple[str, str]] = field(default_factory=set)

    def forget(self) -> None:
        self._oldest = self._given + 1

    def challenge(self, *, is_stale: bool = False) -> str:
        """The value of WWW-Authenticate, with a nonce of its own."""
        self._given += 1
        qop = ', qop="auth"' if self.has_qop else ""
        stale = ", stale=true" if is_stale else ""
        return f'Digest realm="{_REALM}", nonce="{self._given:032x}", algorithm={self.algorithm}{qop}{stale}'

    def judge(self, header: str, method: str) -> Literal["open", "stale", "shut"]:
        """What an Authorization header is worth; each count of a nonce opens once."""
        given = _fields(header)
        ha1 = _hash(self.algorithm, f"{self.account.user}:{_REALM}:{self.account.password}")
        ha2 = _hash(self.algorithm, f"{method}:{given.get('uri', '')}")
        nonce, nc = given.get("nonce", ""), given.get("nc", "")
        middle = f"{nonce}:{nc}:{given.get('cnonce', '')}:auth" if self.has_qop else nonce
        is_right = given.get("response") == _hash(self.algorithm, f"{ha1}:{middle}:{ha2}")
        if not is_right or given.get("username") != self.account.user or (nc and (nonce, nc) in self._used):
            self.refused += bool(header)
            return "shut"
        if not self._oldest <= int(nonce, 16) <= self._given:
            return "stale"
        self._used.add((nonce, nc))
        return "open"
