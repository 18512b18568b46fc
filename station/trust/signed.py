"""A signed thing: canonical JSON, the purpose it was signed for, the key's id and the signature.

The purpose is under the signature, so that a thing signed for one channel is worth nothing on another.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast, get_args

from drivers.contract.plain import NotPlain, canonical, parse, read_as
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted

Purpose = Literal[
    "receipt",
    "list",
    "decision",
    "suspension",
    "rules",
    "watchlist",
    "proposal",
    "act",
    "officers",
    "centre-key",
    "trust",
    "provision",
    "ceremony",
    "enrolment",
    "evidence",
    "checkpoint",
    "ticket",
    "copy",
    "day",
]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

_FIELDS = frozenset({"payload", "key", "purpose", "signature"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signed:
    """`payload` is canonical JSON text, `key` the signer's key id, `signature` base64. Nothing here is verified yet."""

    payload: str
    key: str
    purpose: Purpose
    signature: str

    def to_wire(self) -> bytes:
        """Canonical JSON of the four fields."""
        return canonical(
            {"payload": self.payload, "key": self.key, "purpose": self.purpose, "signature": self.signature}
        )

    @classmethod
    def from_wire(cls, data: bytes) -> "Signed":
        """Read what `to_wire` wrote. Never anything but Untrusted ("not-json", "unsigned", "wrong-purpose")."""
        try:
            body = parse(data)
        except ValueError as error:
            raise Untrusted("not-json", str(error)[:200]) from error
        if not isinstance(body, Mapping) or set(body) != _FIELDS or not all(isinstance(v, str) for v in body.values()):
            raise Untrusted("unsigned", f"expected the texts {', '.join(sorted(_FIELDS))}")
        if not body["signature"]:
            raise Untrusted("unsigned", "the signature is empty")
        if body["purpose"] not in PURPOSES:
            raise Untrusted("wrong-purpose", f"purpose {body['purpose'][:40]!r} is none of {', '.join(PURPOSES)}")
        return cls(**body)


def sign(purpose: Purpose, payload: object, key: PrivateKey) -> Signed:
    """Sign `payload` (a plain value or a dataclass, as `plain.canonical` takes it) for `purpose`."""
    text = canonical(payload).decode()
    signature = base64.b64encode(key.sign(_message(purpose, text.encode()))).decode()
    return Signed(text, key.key_id, purpose, signature)


def verify(signed: Signed, purpose: Purpose, keys: Mapping[str, PublicKey]) -> Any:  # noqa: ANN401 - JSON
    """The payload as plain JSON, if one of `keys` (by key id) signed it for `purpose`. Raises Untrusted."""
    if signed.purpose != purpose:
        raise Untrusted("wrong-purpose", f"signed for {signed.purpose}, needed {purpose}")
    key = keys.get(signed.key)
    if key is None:
        raise Untrusted("unknown-key", f"key {signed.key[:40]!r} for {purpose}")
    try:
        text = signed.payload.encode()
        signature = base64.b64decode(signed.signature, validate=True)
    except ValueError as error:
        raise Untrusted("bad-signature", f"payload or signature of key {signed.key} is no text of ours") from error
    has_one_form = base64.b64encode(signature).decode() == signed.signature  # base64 leaves unused bits at the end
    if not has_one_form or not key.has_signed(_message(purpose, text), signature):
        raise Untrusted("bad-signature", f"{purpose} of key {signed.key}")
    return _canonical_payload(text, purpose)


def unverified(signed: Signed) -> Any:  # noqa: ANN401 - JSON
    """The payload before anybody has checked it: only to learn which key must have signed it. Raises Untrusted."""
    try:
        return parse(signed.payload.encode())
    except (ValueError, RecursionError) as error:
        raise Untrusted("malformed", f"payload: {str(error)[:200]}") from error


def read_payload(cls: type[T], payload: object) -> T:
    """The verified payload as `cls`. Raises Untrusted("malformed")."""
    try:
        return read_as(cls, payload)
    except NotPlain as error:
        raise Untrusted("malformed", str(error)[:200]) from error


def _message(purpose: Purpose, text: bytes) -> bytes:
    return b"border-gate/" + purpose.encode() + b"/v1\n" + text


def _canonical_payload(text: bytes, purpose: Purpose) -> Any:  # noqa: ANN401 - JSON
    """One meaning, one form: a signer who writes other JSON than ours is refused."""
    try:
        payload = parse(text)
        if canonical(payload) == text:
            return cast(Any, payload)
    except (ValueError, RecursionError) as error:
        raise Untrusted("malformed", f"{purpose}: {str(error)[:200]}") from error
    raise Untrusted("malformed", f"{purpose}: the payload is not in canonical form")
