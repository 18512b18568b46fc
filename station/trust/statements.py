"""What a root and a centre state about keys, as plain values. A statement of all keys in force carries everything, so
that a station which missed nine of them needs only the tenth.
"""

from dataclasses import dataclass
from typing import Literal

from station.core.facts import Role

Scope = Literal["receipt", "list", "decision", "suspension", "officers", "rules", "watchlist", "proposal", "update"]


@dataclass(frozen=True, slots=True)
class Root:
    """The root's own public key, signed by itself so that the demo mark cannot be taken off. `key` is hex."""

    key: str
    demo: bool


@dataclass(frozen=True, slots=True)
class CentreKey:
    """`key` (hex) may sign for `scopes` until `not_after_ms` UTC. The highest `number` of a key is the one in force."""

    key: str
    scopes: tuple[Scope, ...]
    not_after_ms: int
    number: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """The key with this id is revoked for good."""

    key_id: str
    number: int


@dataclass(frozen=True, slots=True)
class KeysInForce:
    """All centre keys and the ids of all revoked ones. A higher `serial` replaces a lower one, whole; purpose "trust".

    It has no end of its own: each key has one, and a revocation counts for ever. `issued_ms` is for people only.
    """

    serial: int
    issued_ms: int
    keys: tuple[CentreKey, ...]
    revoked: tuple[str, ...]


Statement = CentreKey | Revocation


@dataclass(frozen=True, slots=True)
class Officer:
    """`actor` acts as `role` with `key` (public, hex) until `not_after_ms` UTC. `actor` is an account."""

    actor: str
    role: Role
    key: str
    not_after_ms: int


@dataclass(frozen=True, slots=True)
class OfficersFile:
    """What a centre key with the scope "officers" signs. A higher `number` replaces a lower one."""

    station: str
    number: int
    officers: tuple[Officer, ...]
