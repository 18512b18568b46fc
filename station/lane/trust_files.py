"""Whom the lane believes now: the files of trust, read again when they change, and never older than what was seen.

A signature says who wrote a file, not that it is the newest one. So the lane's journal remembers the highest numbers
and every revocation, and a file that goes back behind them is refused: else an officer who was removed, or a key that
was revoked, would return with yesterday's file. While a file is refused, no act is accepted.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.contract.quantities import Tick
from station.core.facts import Fact, InputRefused, TrustApplied
from station.core.trust_records import TrustInForce
from station.core.trusting import MOST_KEYS
from station.lane.refusal_limit import RefusalLimit
from station.trust.chain import Trusted
from station.trust.officers import Officers, read_officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed

Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class TrustPaths:
    """The centre keys' statements and the officers' file, and the station they must name.

    `arrived` is the root's newest whole statement as the courier or `station trust import` has kept it, and
    `arrived_officers` the newest officers' file, if any; the higher number counts.
    """

    statements: Path
    officers: Path
    station: str
    arrived: Path | None = None
    arrived_officers: Path | None = None


class TrustFiles:
    """The root stays the one of the start; the two files may be replaced at any time."""

    def __init__(self, root: Trusted, paths: TrustPaths, memory: TrustInForce, utc_ms: Callable[[], int]) -> None:
        """`memory` is what the journal remembers at the start; from there on this object is ahead of it."""
        self._root = root
        self._paths = paths
        self._utc_ms = utc_ms
        self._seen: tuple[Stamp, ...] | None = None
        self._trusted = root
        self._officers = b""
        self._memory = memory
        self._refusal: Untrusted | None = None
        self._limit = RefusalLimit()

    @property
    def memory(self) -> TrustInForce:
        """The newest that the station has believed, these files included."""
        return self._memory

    def look(self, now: Tick) -> list[Fact] | None:
        """What is new since the last look, as facts; None while no file has changed."""
        paths = self._paths
        files = (paths.statements, paths.officers, paths.arrived, paths.arrived_officers)
        stamps = tuple(_stamp(path) for path in files if path)
        if stamps == self._seen:
            return None
        self._seen = stamps
        self._refusal = None
        facts: list[Fact] = []
        seen = self._memory
        for path, take in (
            (self._paths.statements, self._take_statements),
            (self._paths.officers, self._take_officers),
        ):
            try:
                seen = take(seen)
            except Untrusted as error:
                self._refusal = self._refusal or error
                seen_there = f"{error.reason}: {error.seen}"[:300]
                facts += self._limit.pass_on(InputRefused(now, "trust", str(path), seen_there, error.next_step))
        if seen != self._memory:
            self._memory = seen
            officers = (seen.officers_number, seen.officers_sha256)
            statement = (seen.serial, seen.statement_sha256)
            facts.append(TrustApplied(now, *officers, seen.revoked, seen.statements, *statement))
        return facts

    def officers(self) -> Officers:
        """The officers who may act at this moment. Raises Untrusted, also while a file of trust is refused."""
        if self._refusal is not None:
            raise self._refusal
        return read_officers(self._officers, self._trusted, self._paths.station, self._utc_ms())

    def _take_statements(self, memory: TrustInForce) -> TrustInForce:
        trusted = self._root.reloaded(self._paths.statements, self._paths.arrived)
        trusted.refuse_going_back(memory.revoked, dict(memory.statements), memory.serial, memory.statement_sha256)
        numbers = dict(memory.statements) | trusted.numbers
        if max(len(trusted.revoked), len(numbers)) > MOST_KEYS:
            raise Untrusted("malformed", f"{self._paths.statements}: more than {MOST_KEYS} keys")
        self._trusted = trusted
        revoked = tuple(sorted(trusted.revoked))
        return replace(
            memory,
            revoked=revoked,
            statements=tuple(sorted(numbers.items())),
            serial=trusted.serial,
            statement_sha256=trusted.sha256,
        )

    def _take_officers(self, memory: TrustInForce) -> TrustInForce:
        """The newest of both files; one of them may be outdated, unreadable or signed by a key that is gone."""
        arrived = self._paths.arrived_officers
        found: list[tuple[int, str, bytes]] = []
        refusal: Untrusted | None = None
        for path in (self._paths.officers, *([arrived] if arrived and arrived.exists() else [])):
            try:
                found.append(self._read_officers(path, memory))
            except Untrusted as error:
                refusal = error
        if not found and refusal is not None:
            raise refusal
        number, sha256, self._officers = max(found, key=lambda one: one[0])
        return replace(memory, officers_number=number, officers_sha256=sha256)

    def _read_officers(self, path: Path, memory: TrustInForce) -> tuple[int, str, bytes]:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Untrusted("key-file-missing", f"{path}: {error.strerror}") from error
        sha256 = hashlib.sha256(Signed.from_wire(data).payload.encode()).hexdigest()
        is_known = sha256 == memory.officers_sha256
        newer_than = memory.officers_number - (1 if is_known else 0)
        officers = read_officers(data, self._trusted, self._paths.station, self._utc_ms(), newer_than)
        return officers.number, sha256, data


def _stamp(path: Path) -> Stamp:
    """What changes when the file is replaced or written to; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)
