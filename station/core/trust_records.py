"""Records of whom the lane believes, and with which key the station signs."""

from dataclasses import dataclass

from station.core.facts import Person


@dataclass(frozen=True, slots=True)
class TrustInForce:
    """trust.applied: whom the lane trusts from here on; also its memory, so that no older file is ever believed again.

    `officers_number` is -1 before the first officers' file, `officers_sha256` (hex) covers what was signed, `revoked`
    are key ids, `statements` the highest statement number of each centre key. `serial` and `statement_sha256` (hex) are
    those of the root's newest whole statement.
    """

    officers_number: int = -1
    officers_sha256: str = ""
    revoked: tuple[str, ...] = ()
    statements: tuple[tuple[str, int], ...] = ()
    serial: int = 0
    statement_sha256: str = ""


@dataclass(frozen=True, slots=True)
class RootInForce:
    """trust.root: the root with this fingerprint (hex) is believed: these two persons compared it with the letter.

    `signed` are their signed words, so that anybody can check them.
    """

    fingerprint: str
    persons: tuple[Person, ...]
    signed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StationKeyInForce:
    """trust.station-key: checkpoints from here on are signed by `key` (public, hex). `change`: what the key before it
    and this one have signed about the change; "" where there was none, or it was lost.
    """

    key: str
    change: str


Trust = TrustInForce | RootInForce | StationKeyInForce

TRUST: dict[type, str] = {
    TrustInForce: "trust.applied",
    RootInForce: "trust.root",
    StationKeyInForce: "trust.station-key",
}
