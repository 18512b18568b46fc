"""What the courier must not forget: how far the centre has receipted, and which downlinks came and what became of them.

A downlink is a row of the inbox before anything acts on it; its effect and its outcome are one transaction.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.contract.plain import canonical, encode
from station.courier import in_force
from station.courier.database import open_for_writing
from station.courier.file_ledger import FileLedger
from station.courier.talk import (
    DecisionArrived,
    ListArrived,
    News,
    ProposalCame,
    RulesCame,
    SuspensionArrived,
    WatchlistArrived,
)
from station.journal.folder import make_folder, sync_folder
from station.messages.downlinks import (
    Decision,
    Downlink,
    DownlinkKind,
    EligibleList,
    ListDelta,
    Rules,
    SettingsProposal,
    Suspension,
    Watchlist,
    entries_sha256,
)
from station.messages.envelope import NO_HASH

if TYPE_CHECKING:
    from sqlite3 import Connection

_MOST_IN_ROW = 64 * 1024
_INBOX_ROWS = 500

MOST_AHEAD = 1_000
"""Suspension numbers remembered beyond a gap, and as many behind it; what is forgotten beyond it comes again."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The centre has stored every record up to `seq`, whose hash is `hash`. `seq` 0: none yet."""

    epoch: int = 0
    seq: int = 0
    hash: bytes = NO_HASH


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A downlink that has been received and not yet judged."""

    id: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """What has come; numbers are 0 before the first.

    Every suspension up to `suspension_number` has been applied: the centre sends again what is above it.
    `suspensions` are the digests of those near that number, also of the ones beyond a gap. `list_content` is
    `entries_sha256` of the list, `watchlist` and `rules` are each a number and a digest.
    """

    list_number: int
    list_sha256: str
    suspensions: Mapping[int, str]
    suspension_number: int = 0
    list_content: str = ""
    watchlist: tuple[int, str] = (0, "")
    rules: tuple[int, str] = (0, "")
    decision: tuple[int, str] = (0, "")
    proposal: tuple[int, str] = (0, "")

    @property
    def base(self) -> tuple[int, str]:
        """The list on which a delta may be applied."""
        return self.list_number, self.list_content

    def of(self, kind: DownlinkKind) -> tuple[int, Mapping[int, str]]:
        """The number in force of a kind, and the digests of what is known near it."""
        match kind:
            case "suspension":
                return self.suspension_number, self.suspensions
            case "watchlist":
                return self.watchlist[0], dict([self.watchlist])
            case "rules":
                return self.rules[0], dict([self.rules])
            case "decision":
                return self.decision[0], dict([self.decision])
            case "proposal":
                return self.proposal[0], dict([self.proposal])
            case "list":
                return self.list_number, {self.list_number: self.list_sha256}


class CourierStore:
    """courier.db, held by its only writer. Every method that changes something returns after the commit is on disk."""

    def __init__(self, folder: Path) -> None:
        """Raises CourierFileUnusable."""
        self._connection: Connection = open_for_writing(folder)
        self.files = FileLedger(self._connection)
        self._spool = folder / "spool"
        make_folder(self._spool)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ------------------------------------------------------------------ the record stream
    def cursor(self) -> Cursor:
        """How far the centre has receipted."""
        row = self._connection.execute("SELECT epoch, seq, hash FROM cursor").fetchone()
        return Cursor(*row) if row else Cursor()

    def move_cursor(self, cursor: Cursor) -> None:
        """The centre has receipted this much."""
        self._connection.execute(
            "INSERT OR REPLACE INTO cursor VALUES (1, ?, ?, ?)", (cursor.epoch, cursor.seq, cursor.hash)
        )

    def note_fork(self, ours: Cursor, theirs: bytes, utc_ms: int) -> None:
        """The centre's chain and ours differ at `ours`; `theirs` is the centre's hash there."""
        self._connection.execute(
            "INSERT OR REPLACE INTO fork VALUES (?, ?, ?, ?, ?)", (ours.epoch, ours.seq, ours.hash, theirs, utc_ms)
        )

    def has_fork(self) -> bool:
        """Whether a fork has been seen and nobody has cleared it."""
        return bool(self._connection.execute("SELECT EXISTS (SELECT 1 FROM fork)").fetchone()[0])

    def clear_forks(self) -> None:
        """A person has found out why the chains differ."""
        self._connection.execute("DELETE FROM fork")

    # ------------------------------------------------------------------ the inbox
    def receive(self, topic: str, payload: bytes, utc_ms: int) -> InboxRow:
        """Keep a downlink before anybody looks at it. Large ones lie in the spool folder under their SHA-256."""
        sha256 = hashlib.sha256(payload).hexdigest()
        is_large = len(payload) > _MOST_IN_ROW
        if is_large:
            self._spool_file(sha256, payload)
        row = self._connection.execute(
            "INSERT INTO inbox (topic, sha256, utc_ms, size, payload, path, outcome, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, 'received', '') RETURNING id",
            (topic, sha256, utc_ms, len(payload), None if is_large else payload, sha256 if is_large else ""),
        ).fetchone()
        return InboxRow(row[0], topic, payload)

    def unjudged(self) -> list[InboxRow]:
        """What was received before the courier last ended and has no outcome yet, in order."""
        rows = self._connection.execute(
            "SELECT id, topic, payload, path FROM inbox WHERE outcome = 'received' ORDER BY id"
        ).fetchall()
        return [InboxRow(row[0], row[1], self._payload(row[2], row[3])) for row in rows]

    def refuse(self, row: InboxRow, reason: str) -> None:
        """The downlink came to nothing; `reason` is a code ("repeated" for a second copy)."""
        with self._transaction():
            self._settle(row, "refused", reason)
        self._prune()

    def apply(self, row: InboxRow, thing: Downlink) -> None:
        """The downlink is in force, and its row says so. Raises OtherResult for a delta: then nothing has changed."""
        match thing:
            case EligibleList():
                self.apply_list(row, thing)
            case Suspension():
                self.apply_suspension(row, thing)
            case _:
                with self._transaction() as connection:
                    self._put(connection, thing)
                    self._settle(row, "applied", "")
                self._prune()

    def pass_over(self, proposal: SettingsProposal) -> None:
        """It can never be taken up here: held by its number, so that it is not sent again; the lane is not told."""
        with self._transaction() as connection:
            in_force.put_proposal(connection, proposal, digest(proposal), in_force.PASSED_OVER)

    def apply_list(self, row: InboxRow, eligible: EligibleList) -> None:
        """The list replaces the one in force, entirely."""
        with self._transaction() as connection:
            in_force.put_list(connection, eligible)
            self._name_list(connection, eligible, len(eligible.entries))
            self._settle(row, "applied", "")
        self._prune()

    def apply_suspension(self, row: InboxRow, suspension: Suspension) -> None:
        """The declaration is (no longer) suspended, unless a higher number has said otherwise before."""
        sha256 = digest(suspension)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO suspension VALUES (?, ?, ?, ?, 0) ON CONFLICT (declaration) DO UPDATE SET"
                " lifted = excluded.lifted, number = excluded.number, sha256 = excluded.sha256, told = 0"
                " WHERE excluded.number > suspension.number",
                (suspension.declaration, int(suspension.lifted), suspension.number, sha256),
            )
            connection.execute("INSERT OR REPLACE INTO suspension_seen VALUES (?, ?)", (suspension.number, sha256))
            self._move_prefix()
            self._settle(row, "applied", "")
        self._prune()

    def held(self) -> Held:
        """What is in force."""
        newest = self._connection.execute("SELECT number, sha256 FROM list_in_force").fetchone() or (0, "")
        suspensions = self._connection.execute("SELECT number, sha256 FROM suspension_seen").fetchall()
        watchlist, rules = in_force.numbers(self._connection)
        content = in_force.list_content(self._connection)
        decision = in_force.newest_decision(self._connection)
        proposal = in_force.newest_proposal(self._connection)
        seen = dict(suspensions)
        return Held(newest[0], newest[1], seen, self._prefix(), content, watchlist, rules, decision, proposal)

    def untold(self) -> list[News]:
        """What the lane has not been told yet, suspensions first."""
        suspensions = self._connection.execute(
            "SELECT declaration, lifted, number FROM suspension WHERE NOT told ORDER BY number"
        ).fetchall()
        lists = self._connection.execute("SELECT number, issued_ms, entries FROM list_in_force WHERE NOT told")
        return [
            *(SuspensionArrived(row[0], bool(row[1]), row[2]) for row in suspensions),
            *(ListArrived(*row) for row in lists.fetchall()),
            *in_force.untold(self._connection),
        ]

    def told(self, thing: News) -> None:
        """The lane has been told."""
        table = _TOLD[type(thing)]
        self._connection.execute(f"UPDATE {table} SET told = 1 WHERE number = ?", (thing.number,))  # noqa: S608 - names of ours

    def tell_again(self) -> None:
        """The lane may have begun a new journal, which knows of no rules and of no proposals."""
        self._connection.execute("UPDATE rules_in_force SET told = 0")
        self._connection.execute("UPDATE proposal SET told = 0 WHERE told = 1")

    # ------------------------------------------------------------------ within
    def _put(
        self, connection: "Connection", thing: ListDelta | Watchlist | Rules | Decision | SettingsProposal
    ) -> None:
        match thing:
            case ListDelta():
                self._name_list(connection, thing, in_force.put_delta(connection, thing))
            case Watchlist():
                in_force.put_watchlist(connection, thing, digest(thing))
            case Rules():
                in_force.put_rules(connection, thing, digest(thing))
            case Decision():
                in_force.put_decision(connection, thing, digest(thing))
            case SettingsProposal():
                in_force.put_proposal(connection, thing, digest(thing))

    def _name_list(self, connection: "Connection", thing: EligibleList | ListDelta, entries: int) -> None:
        row = (thing.number, thing.issued_ms, entries, digest(thing))
        connection.execute("INSERT OR REPLACE INTO list_in_force VALUES (1, ?, ?, ?, ?, 0)", row)

    def _prefix(self) -> int:
        """Up to which number every suspension has been applied."""
        row = self._connection.execute("SELECT number FROM suspension_prefix").fetchone()
        return int(row[0]) if row else 0

    def _move_prefix(self) -> None:
        """Close the gap as far as it is closed; forget what lies far from it."""
        before = self._prefix()
        ahead = self._connection.execute(
            "SELECT number FROM suspension_seen WHERE number > ? ORDER BY number", (before,)
        ).fetchall()
        prefix = before
        for (number,) in ahead:
            if number != prefix + 1:
                break
            prefix = number
        self._connection.execute("INSERT OR REPLACE INTO suspension_prefix VALUES (1, ?)", (prefix,))
        kept = "SELECT number FROM suspension_seen WHERE number > ? ORDER BY number LIMIT ?"
        self._connection.execute(
            f"DELETE FROM suspension_seen WHERE number <= ? OR (number > ? AND number NOT IN ({kept}))",  # noqa: S608
            (prefix - MOST_AHEAD, prefix, prefix, MOST_AHEAD),
        )

    @contextmanager
    def _transaction(self) -> Iterator["Connection"]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _settle(self, row: InboxRow, outcome: str, reason: str) -> None:
        self._connection.execute("UPDATE inbox SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, row.id))

    def _payload(self, payload: bytes | None, path: str) -> bytes:
        if payload is not None:
            return payload
        try:
            return (self._spool / path).read_bytes()
        except FileNotFoundError:  # judged before under another row, or removed by hand: refused as not JSON
            return b""

    def _spool_file(self, sha256: str, payload: bytes) -> None:
        """Durable before its row: file, then name, then folder."""
        temporary = self._spool / f"{sha256}.part"
        with temporary.open("wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self._spool / sha256)
        sync_folder(self._spool)

    def _prune(self) -> None:
        """Keep the newest judged rows, and spool files only of rows that wait to be judged."""
        self._connection.execute(
            "DELETE FROM inbox WHERE outcome <> 'received' AND id <= (SELECT MAX(id) FROM inbox) - ?", (_INBOX_ROWS,)
        )
        wanted = {
            row[0] for row in self._connection.execute("SELECT path FROM inbox WHERE outcome = 'received'").fetchall()
        }
        for file in self._spool.iterdir():
            if file.name not in wanted:
                file.unlink()


def digest(thing: Downlink) -> str:
    """What tells a second copy of a downlink from another one with the same number; when it was signed is no matter.

    A list and a delta that leads to it are the same.
    """
    match thing:
        case EligibleList() | ListDelta():
            content = entries_sha256(thing.entries) if isinstance(thing, EligibleList) else thing.sha256
            told = canonical([thing.station, thing.office, thing.number, thing.issued_ms, content])
        case _:
            told = encode(replace(thing, valid_until_ms=0))
    return hashlib.sha256(told).hexdigest()


_TOLD: dict[type, str] = {
    ListArrived: "list_in_force",
    SuspensionArrived: "suspension",
    WatchlistArrived: "watch_in_force",
    RulesCame: "rules_in_force",
    DecisionArrived: "decision",
    ProposalCame: "proposal",
}
