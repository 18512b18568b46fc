"""HTTP authentication: Digest (RFC 7616, RFC 2069 without qop) and Basic (RFC 7617), asked for and answered.

The standard library answers Digest only with MD5 and SHA-1 and asks for none. Digest keeps the password off the wire;
Basic does not, and is used only where the settings say so.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from drivers.camera.credentials import Credentials
from drivers.contract.quantities import Millis, Tick

Scheme = Literal["digest", "basic"]

_REALM = "border-gate"
_NONCE_LIFE = Millis(300_000)
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
_SCHEME = re.compile(r"(?:^|,)\s*(digest|basic)(?:\s+|$)", re.IGNORECASE)
_PARAMETER = re.compile(r'(?<![a-z])([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for. `algorithm` is as it wrote it ("" if it did not); `stale`: only the nonce is too old."""

    scheme: Scheme
    realm: str
    nonce: str = ""
    algorithm: str = ""
    has_qop: bool = False
    opaque: str = ""
    stale: bool = False


def best_challenge(header: str, allowed: Scheme) -> Challenge | None:
    """The strongest challenge of a WWW-Authenticate header that we can answer by the `allowed` scheme."""
    known = [challenge for challenge in _challenges(header) if challenge.scheme == allowed and _can_answer(challenge)]
    return max(known, key=lambda challenge: "256" in challenge.algorithm, default=None)


def authorization(
    challenge: Challenge, who: Credentials, method: str, target: str, count: int = 1, cnonce: str = ""
) -> str:
    """The Authorization header that answers `challenge`. `count` grows with each use of one nonce."""
    if challenge.scheme == "basic":
        return "Basic " + base64.b64encode(f"{who.user}:{who.password}".encode()).decode()
    cnonce = cnonce or secrets.token_hex(8)
    given = {"username": who.user, "realm": challenge.realm, "nonce": challenge.nonce, "uri": target}
    if challenge.opaque:
        given["opaque"] = challenge.opaque
    nc = f"{count:08x}" if challenge.has_qop else ""
    given["response"] = _response(challenge, who, method, target, nc, cnonce)
    bare = {"algorithm": challenge.algorithm} if challenge.algorithm else {}
    if challenge.has_qop:
        given["cnonce"] = cnonce
        bare |= {"qop": "auth", "nc": nc}
    quoted = [f'{name}="{_escaped(value)}"' for name, value in given.items()]
    return "Digest " + ", ".join(quoted + [f"{name}={value}" for name, value in bare.items()])


class Gate:
    """Asks for `who` by one scheme and judges what comes. Nonces are signed, so none has to be remembered.

    A request heard on the wire can be sent again while its nonce lives (5 minutes); it stays the same event.
    """

    def __init__(self, who: Credentials, scheme: Scheme) -> None:
        self._who = who
        self._scheme = scheme
        self._secret = secrets.token_bytes(16)

    def challenges(self, now: Tick, *, is_stale: bool = False) -> tuple[str, ...]:
        """The values of the WWW-Authenticate headers, the strongest first."""
        if self._scheme == "basic":
            return (f'Basic realm="{_REALM}", charset="UTF-8"',)
        rest = f'nonce="{self._nonce(now)}", qop="auth"' + (", stale=true" if is_stale else "")
        return tuple(f'Digest realm="{_REALM}", algorithm={name}, {rest}' for name in ("SHA-256", "MD5"))

    def judge(self, header: str, method: str, target: str, now: Tick) -> Literal["pass", "stale", "refused"]:
        """Whether the Authorization `header` of this request is right; "stale": right, but for an old nonce."""
        scheme, _, rest = header.strip().partition(" ")
        if scheme.lower() != self._scheme:
            return "refused"
        if self._scheme == "basic":
            return "pass" if self._is_basic(rest) else "refused"
        given = _parameters(rest)
        algorithm = given.get("algorithm", "MD5").upper()
        challenge = Challenge("digest", _REALM, given.get("nonce", ""), algorithm, "qop" in given)
        right_place = given.get("uri") == target and given.get("realm") == _REALM and given.get("qop", "auth") == "auth"
        if not right_place or algorithm not in _HASHES or given.get("username") != self._who.user:
            return "refused"
        expected = _response(challenge, self._who, method, target, given.get("nc", ""), given.get("cnonce", ""))
        if not hmac.compare_digest(expected.encode(), given.get("response", "").encode("utf-8", "replace")):
            return "refused"
        return "pass" if self._is_ours(challenge.nonce, now) else "stale"

    def _nonce(self, made: Tick) -> str:
        stamp = f"{made:x}"
        return f"{stamp}-{hmac.digest(self._secret, stamp.encode(), 'sha256').hex()[:32]}"

    def _is_ours(self, nonce: str, now: Tick) -> bool:
        stamp = nonce.partition("-")[0]
        if not re.fullmatch(r"[0-9a-f]{1,16}", stamp):
            return False
        made = Tick(int(stamp, 16))
        return hmac.compare_digest(self._nonce(made), nonce) and 0 <= now - made <= _NONCE_LIFE

    def _is_basic(self, rest: str) -> bool:
        try:
            given = base64.b64decode(rest.strip().encode("latin-1", "replace"), validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(given, f"{self._who.user}:{self._who.password}".encode())


def _response(challenge: Challenge, who: Credentials, method: str, target: str, nc: str, cnonce: str) -> str:
    """RFC 7616 section 3.4.1. The password never leaves this function but as a hash."""
    algorithm = challenge.algorithm.upper()
    hashed = _HASHES.get(algorithm.removesuffix("-SESS"), "md5")

    def digest(*words: str) -> str:
        return hashlib.new(hashed, ":".join(words).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    secret = digest(who.user, challenge.realm, who.password)
    if algorithm.endswith("-SESS"):
        secret = digest(secret, challenge.nonce, cnonce)
    act = digest(method, target)
    if challenge.has_qop:
        return digest(secret, challenge.nonce, nc, cnonce, "auth", act)
    return digest(secret, challenge.nonce, act)


def _can_answer(challenge: Challenge) -> bool:
    name = challenge.algorithm.upper().removesuffix("-SESS")
    return challenge.scheme == "basic" or (bool(challenge.nonce) and (not name or name in _HASHES))


def _challenges(header: str) -> list[Challenge]:
    marks = list(_SCHEME.finditer(header))
    begins = [mark.start() for mark in marks] + [len(header)]
    return [
        _challenge(mark.group(1).lower(), _parameters(header[mark.end() : end]))
        for mark, end in zip(marks, begins[1:], strict=True)
    ]


def _challenge(scheme: str, given: Mapping[str, str]) -> Challenge:
    qop = [word.strip() for word in given.get("qop", "").lower().split(",")]
    return Challenge(
        "basic" if scheme == "basic" else "digest",
        given.get("realm", ""),
        given.get("nonce", ""),
        given.get("algorithm", ""),
        "auth" in qop,
        given.get("opaque", ""),
        given.get("stale", "").lower() == "true",
    )


def _parameters(text: str) -> dict[str, str]:
    found = _PARAMETER.findall(text)
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for name, quoted, bare in found}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
