"""What the newer kinds of downlink do to courier.db. Each function works inside a transaction of the store."""

from typing import TYPE_CHECKING, Any

from drivers.contract.plain import decode, encode
from station.core.proposing import MOST_PROPOSALS
from station.courier.talk import DecisionArrived, ProposalCame, RulesCame, WatchlistArrived
from station.messages.downlinks import (
    Decision,
    EligibleList,
    ListDelta,
    Rules,
    SettingsProposal,
    Watchlist,
    encoded_sha256,
    entries_sha256,
)

if TYPE_CHECKING:
    from sqlite3 import Connection
else:
    Connection = Any

TABLES = """
CREATE TABLE IF NOT EXISTS list_content (one INTEGER PRIMARY KEY CHECK (one = 1), sha256 TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS watch (mark TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watch_in_force (
  one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, sha256 TEXT NOT NULL, told INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS rules_in_force (
  one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, sha256 TEXT NOT NULL, told INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS decision (
  number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, act TEXT NOT NULL, told INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS proposal (
  number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, body BLOB NOT NULL, told INTEGER NOT NULL
) STRICT;
"""


_DECISIONS = 32
"""Decisions that are kept: each is void after minutes."""


class OtherResult(Exception):
    """A delta does not lead to the list that it says: nothing of it may stay."""


def put_list(connection: Connection, eligible: EligibleList) -> None:
    """All entries anew."""
    connection.execute("DELETE FROM eligible")
    _put_entries(connection, eligible)
    connection.execute("INSERT OR REPLACE INTO list_content VALUES (1, ?)", (entries_sha256(eligible.entries),))


def put_delta(connection: Connection, delta: ListDelta) -> int:
    """Change the entries; how many there are now. Raises OtherResult."""
    connection.executemany("DELETE FROM eligible WHERE declaration = ?", [(name,) for name in delta.removed])
    _put_entries(connection, delta)
    entries = [row[0] for row in connection.execute("SELECT entry FROM eligible ORDER BY declaration").fetchall()]
    if encoded_sha256(entries) != delta.sha256:
        raise OtherResult
    connection.execute("INSERT OR REPLACE INTO list_content VALUES (1, ?)", (delta.sha256,))
    return len(entries)


def put_watchlist(connection: Connection, watchlist: Watchlist, sha256: str) -> None:
    """All marks anew."""
    connection.execute("DELETE FROM watch")
    connection.executemany("INSERT OR IGNORE INTO watch VALUES (?)", [(mark,) for mark in watchlist.marks])
    connection.execute("INSERT OR REPLACE INTO watch_in_force VALUES (1, ?, ?, 0)", (watchlist.number, sha256))


def put_decision(connection: Connection, decision: Decision, sha256: str) -> None:
    """It waits for the lane, which alone judges it."""
    connection.execute("INSERT INTO decision VALUES (?, ?, ?, 0)", (decision.number, sha256, decision.act))
    _keep_newest(connection, "decision", _DECISIONS)


PASSED_OVER = 2
"""In the column `told` of a proposal: its number counts, and nobody is told of it."""


def put_proposal(connection: Connection, proposal: SettingsProposal, sha256: str, told: int = 0) -> None:
    """It waits for a person, whom only the lane tells of it."""
    row = proposal.number, sha256, encode(proposal), told
    connection.execute("INSERT INTO proposal VALUES (?, ?, ?, ?)", row)
    _keep_newest(connection, "proposal", MOST_PROPOSALS)


def newest_decision(connection: Connection) -> tuple[int, str]:
    """Number and digest of the newest; (0, "") before the first."""
    return _newest(connection, "decision")


def newest_proposal(connection: Connection) -> tuple[int, str]:
    """Number and digest of the newest; (0, "") before the first."""
    return _newest(connection, "proposal")


def put_rules(connection: Connection, rules: Rules, sha256: str) -> None:
    """Instead of the last ones."""
    row = (rules.number, sha256, encode(rules))
    connection.execute("INSERT OR REPLACE INTO rules_in_force VALUES (1, ?, ?, 0, ?)", row)


def list_content(connection: Connection) -> str:
    """`entries_sha256` of the list in force; "" without one, or if an older release put it there."""
    row = connection.execute("SELECT sha256 FROM list_content").fetchone()
    return row[0] if row else ""


def numbers(connection: Connection) -> tuple[tuple[int, str], tuple[int, str]]:
    """Number and digest of the watchlist and of the rules in force; 0 and "" before the first."""
    watchlist, rules = (
        connection.execute(f"SELECT number, sha256 FROM {table}").fetchone() or (0, "")  # noqa: S608 - two names of ours
        for table in ("watch_in_force", "rules_in_force")
    )
    return watchlist, rules


def untold(connection: Connection) -> list[WatchlistArrived | RulesCame | DecisionArrived | ProposalCame]:
    """What the lane has not been told yet."""
    watch = connection.execute("SELECT number FROM watch_in_force WHERE NOT told").fetchall()
    bodies = connection.execute("SELECT body FROM rules_in_force WHERE NOT told").fetchall()
    rules = [decode(Rules, row[0]) for row in bodies]
    decisions = connection.execute("SELECT number, act FROM decision WHERE NOT told ORDER BY number").fetchall()
    proposals = connection.execute("SELECT sha256, body FROM proposal WHERE NOT told ORDER BY number").fetchall()
    return [
        *(WatchlistArrived(row[0]) for row in watch),
        *(RulesCame(one.number, one.values) for one in rules),
        *(DecisionArrived(*row) for row in decisions),
        *(_as_told(sha256, decode(SettingsProposal, body)) for sha256, body in proposals),
    ]


def _as_told(sha256: str, one: SettingsProposal) -> ProposalCame:
    return ProposalCame(one.number, sha256, one.settings_sha256, one.changes, one.reason, one.valid_until_ms)


def _keep_newest(connection: Connection, table: str, most: int) -> None:
    newest = f"SELECT number FROM {table} ORDER BY number DESC LIMIT ?"  # noqa: S608 - a name of ours
    connection.execute(f"DELETE FROM {table} WHERE number NOT IN ({newest})", (most,))  # noqa: S608


def _newest(connection: Connection, table: str) -> tuple[int, str]:
    row = connection.execute(f"SELECT number, sha256 FROM {table} ORDER BY number DESC LIMIT 1").fetchone()  # noqa: S608
    return (row[0], row[1]) if row else (0, "")


def _put_entries(connection: Connection, thing: EligibleList | ListDelta) -> None:
    entries = thing.entries if isinstance(thing, EligibleList) else thing.put
    rows = [(entry.declaration, encode(entry)) for entry in entries]
    connection.executemany("INSERT OR REPLACE INTO eligible VALUES (?, ?)", rows)
