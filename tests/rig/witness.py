"""What is known after a run, from three sources that know nothing of each other: yard, journal, centre's database.

The databases are read with Python's own sqlite3, plain SQL and JSON; nothing of the station's code is used here.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the physical log."""

    tick: int
    what: str
    seen: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the journal."""

    seq: int
    epoch: int
    type: str
    tick: int
    body: dict[str, Any]
    hash: bytes


class PhysicalReader:
    """Follows physical.jsonl."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._rest = b""
        self.entries: list[Entry] = []

    def follow(self) -> list[Entry]:
        """Every entry so far."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in lines:
            seen = json.loads(line)
            self.entries.append(Entry(seen.pop("tick"), seen.pop("what"), seen))
        return self.entries

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A record as the centre holds it."""

    epoch: int
    seq: int
    hash: bytes
    body: bytes


def read_journal(data: Path, after_seq: int = 0) -> list[Row]:
    """The journal's records behind `after_seq`."""
    with _reading(data / "journal.db") as connection:
        rows = connection.execute(
            "SELECT seq, epoch, type, tick, body, hash FROM record WHERE seq > ? ORDER BY seq", (after_seq,)
        ).fetchall()
    return [Row(seq, epoch, kind, tick, json.loads(body), digest) for seq, epoch, kind, tick, body, digest in rows]


def read_centre(database: Path, after_seq: int = 0) -> tuple[list[CentreRow], int]:
    """What the centre holds behind `after_seq`, and how many records it had to put aside."""
    with _reading(database) as connection:
        rows = connection.execute(
            "SELECT epoch, seq, hash, body FROM record WHERE seq > ? ORDER BY epoch, seq", (after_seq,)
        ).fetchall()
        aside = connection.execute("SELECT count(*) FROM aside").fetchone()[0]
    return [CentreRow(*row) for row in rows], aside


def read_cursor(data: Path) -> int:
    """The newest record that the courier counts as delivered; 0 if none."""
    if not (data / "courier.db").exists():
        return 0
    with _reading(data / "courier.db") as connection:
        try:
            row = connection.execute("SELECT seq FROM cursor").fetchone()
        except sqlite3.OperationalError:  # the courier is just making its tables
            return 0
    return int(row[0]) if row else 0


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        yield connection
    finally:
        connection.close()
