"""What the centre sends to a lane, each signed for its own purpose, numbered and expiring; never retained.

Numbers grow by station and kind. Times are UTC milliseconds.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from drivers.contract.plain import encode
from station.core.facts import EligibleEntry


@dataclass(frozen=True, slots=True)
class EligibleList:
    """Every declaration that may pass, in full: what is not in it may not. Purpose "list".

    It is accepted until `valid_until_ms`; how old the list in force may be is the lane's own limit.
    """

    station: str
    office: str
    number: int
    issued_ms: int
    valid_until_ms: int
    entries: tuple[EligibleEntry, ...]


@dataclass(frozen=True, slots=True)
class ListDelta:
    """What makes list `base_number` into list `number`: entries that are new or other, declarations that are gone.

    `base_sha256` and `sha256` (hex) are `entries_sha256` of both lists: it is applied on exactly that base, and must
    lead to exactly that list. Purpose "list".
    """

    station: str
    office: str
    number: int
    base_number: int
    base_sha256: str
    issued_ms: int
    valid_until_ms: int
    put: tuple[EligibleEntry, ...]
    removed: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Watchlist:
    """What the centre looks for, in full: HMAC-SHA256 (hex) of plates and container numbers. Purpose "watchlist".

    The key of the HMAC never travels; `key_id` tells which one it was.
    """

    station: str
    number: int
    key_id: str
    marks: tuple[str, ...]
    issued_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits that the centre narrows, in full, by the name of the limit; units as there. Purpose "rules"."""

    station: str
    number: int
    values: tuple[tuple[str, int], ...]
    issued_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class Suspension:
    """A declaration is suspended or, with `lifted`, no longer suspended. Purpose "suspension"."""

    station: str
    declaration: str
    lifted: bool
    number: int
    issued_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a central officer decided about one held crossing. Purpose "decision".

    `act` is the OfficerAct in wire form, signed with the officer's own key: the lane judges it.
    """

    station: str
    lane: str
    act: str
    number: int
    issued_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class SettingsProposal:
    """What the centre would have changed in one lane's settings file, and why; a person there decides. Purpose
    "proposal".

    `settings_sha256` (hex) names the settings that it is meant for, as `settings.applied` tells them. `changes` are
    dotted keys and their new values as TOML; which ones are taken says `settings.proposable`.
    """

    station: str
    lane: str
    number: int
    settings_sha256: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    issued_ms: int
    valid_until_ms: int


Downlink = EligibleList | ListDelta | Suspension | Watchlist | Rules | Decision | SettingsProposal
DownlinkKind = Literal["list", "suspension", "watchlist", "rules", "decision", "proposal"]


KINDS: dict[type, DownlinkKind] = {
    EligibleList: "list",
    ListDelta: "list",
    Suspension: "suspension",
    Watchlist: "watchlist",
    Rules: "rules",
    Decision: "decision",
    SettingsProposal: "proposal",
}
"""The purpose for which each is signed, and the last part of its topic."""


def entries_sha256(entries: Iterable[EligibleEntry]) -> str:
    """What tells two lists apart, in any order: SHA-256 (hex) over each entry's canonical JSON, by declaration."""
    return encoded_sha256(encode(entry) for entry in sorted(entries, key=lambda entry: entry.declaration))


def encoded_sha256(encoded: Iterable[bytes]) -> str:
    """The same of entries that are encoded already and in order: each with its length (8 bytes, big-endian) before."""
    digest = hashlib.sha256()
    for entry in encoded:
        digest.update(len(entry).to_bytes(8, "big") + entry)
    return digest.hexdigest()
