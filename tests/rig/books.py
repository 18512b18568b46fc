"""The lane's book against the centre's, byte for byte: plain SQL on both, nothing of the station's code.

What the edge acknowledged, what the courier counts as delivered and what signed receipts said are judged by it too.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.rig.tally import Tally

Key = tuple[int, int]
"""(epoch, seq)"""

_LANE = "epoch, seq, facts_to, facts_hash, type, tick, utc_ms, quality, body, hash"
_CENTRE = "epoch, seq, facts_to, facts_hash, type, version, tick, utc_ms, quality, body, hash, previous"
_FORK_CODES = frozenset({"fork", "chain-break", "hash-mismatch", "epoch-unlinked", "epoch-restart", "records-lost"})


@dataclass(frozen=True, slots=True)
class Row:
    """A record as one of the books has it, and the hash of the one before it."""

    key: Key
    content: tuple[object, ...]
    hash: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class Counts(Tally):
    """One column per promise; all must be 0.

    `undetected`: records that are missing or different at the centre while neither end has raised an alarm about it.
    `ahead`: receipts and deliveries that were believed before the centre's database had the record.
    """

    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    forks: int = 0
    undetected: int = 0
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """Both books in the end."""

    lane: Sequence[Row]
    centre: Sequence[Row]
    aside: int
    forks_at_the_lane: int
    alarms: frozenset[str]


def read_lane(data: Path) -> tuple[list[Row], int]:
    """The journal's records in order, and the forks that the courier noted."""
    with closing(sqlite3.connect(f"file:{data}/journal.db?mode=ro", uri=True, timeout=5)) as connection:
        found = connection.execute(f"SELECT {_LANE} FROM record ORDER BY seq").fetchall()
        parents = dict(connection.execute("SELECT number, parent FROM epoch").fetchall())
    rows: list[Row] = []
    for at, row in enumerate(found):
        starts = at == 0 or found[at - 1][0] != row[0]
        previous = parents[row[0]] if starts else found[at - 1][-1]
        rows.append(Row((row[0], row[1]), tuple(row[2:-1]), row[-1], previous))
    with closing(sqlite3.connect(f"file:{data}/courier.db?mode=ro", uri=True, timeout=5)) as connection:
        forks = connection.execute("SELECT count(*) FROM fork").fetchone()[0]
    return rows, forks


def read_cursor(data: Path) -> tuple[int, int, bytes] | None:
    """Epoch, seq and hash of the newest record that the courier counts as delivered."""
    if not (data / "courier.db").exists():
        return None
    with closing(sqlite3.connect(f"file:{data}/courier.db?mode=ro", uri=True, timeout=5)) as connection:
        try:
            found: tuple[int, int, bytes] | None = connection.execute("SELECT epoch, seq, hash FROM cursor").fetchone()
        except sqlite3.OperationalError:  # the courier is just making its tables
            return None
    return found


class CentreBook:
    """The centre's database, asked over a connection of our own. Raises psycopg.OperationalError while it is away."""

    def __init__(self, port: int, user: str) -> None:
        self._address = f"host=127.0.0.1 port={port} user={user} dbname=postgres connect_timeout=2"
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def has(self, epoch: int, seq: int, digest: bytes) -> bool:
        """Whether the record is committed."""
        wanted = "SELECT 1 FROM record WHERE epoch = %s AND seq = %s AND hash = %s"
        return bool(self._ask(wanted, (epoch, seq, digest)))

    def prefix(self) -> Key:
        """How far the centre says that it has everything."""
        found = self._ask("SELECT epoch, seq FROM prefix", ())
        return (int(str(found[0][0])), int(str(found[0][1]))) if found else (0, 0)

    def rows(self) -> tuple[list[Row], int, frozenset[str]]:
        """The records in order, how many were put aside, and the codes of all alarms."""
        rows = []
        for epoch, seq, facts_to, facts_hash, kind, version, *rest, digest, previous in self._ask(
            f"SELECT {_CENTRE} FROM record ORDER BY epoch, seq", ()
        ):
            hashed = kind if version == 1 else f"{kind}.v{version}"
            content = tuple(_plain(value) for value in (facts_to, facts_hash, hashed, *rest))
            rows.append(Row((_int(epoch), _int(seq)), content, _bytes(digest), _bytes(previous)))
        aside = _int(self._ask("SELECT count(*) FROM aside", ())[0][0])
        return rows, aside, frozenset(str(code) for (code,) in self._ask("SELECT DISTINCT code FROM alarm", ()))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, wanted: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._address, autocommit=True)
            return self._connection.execute(wanted.encode(), values).fetchall()
        except psycopg.OperationalError:
            self.close()
            raise
        except psycopg.errors.UndefinedTable:  # no receiver has been there yet
            return []


def judge(books: Books, acknowledged: Key, ahead: int) -> Counts:
    """Count every broken promise. `acknowledged`: the newest record that the edge said it had stored."""
    at_lane = {row.key: row for row in books.lane}
    at_centre = {row.key: row for row in books.centre}
    missing = sum(key not in at_centre for key in at_lane) + (acknowledged > max(at_lane, default=(0, 0)))
    altered = sum(row != at_lane.get(key) for key, row in at_centre.items())
    numbers, hashes = Counter(row.key for row in books.centre), Counter(row.hash for row in books.centre)
    doubled = sum(count - 1 for count in (*numbers.values(), *hashes.values()))
    forks = books.aside + books.forks_at_the_lane + len(books.alarms & _FORK_CODES)
    alarmed = bool(books.alarms) or books.forks_at_the_lane > 0
    return Counts(
        lost=missing,
        doubled=doubled,
        out_of_order=_breaks(books.lane) + _breaks(books.centre),
        forks=forks,
        undetected=altered + (0 if alarmed else missing),
        ahead=ahead,
    )


def _breaks(rows: Iterable[Row]) -> int:
    """Where a record does not follow the one before it, by number or by hash."""
    before, breaks = None, 0
    for row in rows:
        if before is not None:
            breaks += row.key[1] != before.key[1] + 1 or row.previous != before.hash
        before = row
    return breaks


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


def _int(value: object) -> int:
    return int(str(value))


def _bytes(value: object) -> bytes:
    found = _plain(value)
    assert isinstance(found, bytes)
    return found
