"""What a turn costs: its syncs, as the kernel counts them, and its time beside bare sqlite3 with the same rows.

The bare one is the same SQLite with the same pragmas, and is handed rows that are ready: columns, hashes and all; ours
is handed facts and records. Both are timed turn by turn, one after the other, so that the disk's mood is the same for
both, and each right behind the same reads, so that neither finds a processor that has just waited for the disk.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station.journal import tables
from station.journal.store import Journal
from tests.journal.made import append_turn, made_facts, made_records, outcome
from tests.support import needs

TURNS_TO_A_SNAPSHOT = 80
"""About a crossing's."""
_STORED = re.compile(r'\bwrite\(1[^,]*, "stored ')
_SYNCED = re.compile(r"\b(?:fsync|fdatasync)\(.*\) += 0")
_PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "mmap_size": 0, "wal_autocheckpoint": 1000}


@dataclass(frozen=True, slots=True)
class Appended:
    """Medians in microseconds over `n` turns of two facts and two records."""

    n: int
    ours_us: float
    bare_us: float

    @property
    def ratio(self) -> float:
        """Ours to bare."""
        return self.ours_us / self.bare_us


def syncs_per_turn(folder: Path, turns: int, snapshot_after: int) -> float:
    """fsync and fdatasync of an unmodified journal's process between its first turn and its last, by strace. It keeps a
    snapshot, and merges the log, after each `snapshot_after` turns.
    """
    log = folder / f"strace-{snapshot_after}.log"
    strace = [str(needs("strace")), "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync,write", "-o", str(log)]
    journal = folder / f"journal-{snapshot_after}"
    writer = ["-m", "tests.powercut.journal_writer", str(journal), str(turns), str(snapshot_after)]
    subprocess.run([*strace, sys.executable, *writer], check=True, stdout=subprocess.DEVNULL, timeout=300)
    lines = log.read_text().splitlines()
    stored = [at for at, line in enumerate(lines) if _STORED.search(line)]
    if len(stored) != turns:
        raise RuntimeError(f"{len(stored)} of {turns} turns are in the trace")
    between = lines[stored[0] : stored[-1]]
    return sum(bool(_SYNCED.search(line)) for line in between) / (turns - 1)


def appended(folder: Path, turns: int) -> Appended:
    """Turn by turn: ours, then the same rows by bare sqlite3."""
    import pysqlite3.dbapi2 as sqlite

    Journal.open(folder / "bare").close()  # the same tables
    ours: list[int] = []
    bare: list[int] = []
    with (
        Journal.open(folder / "ours") as journal,
        closing(sqlite.connect(str(folder / "ours" / "journal.db"))) as read,
        closing(sqlite.connect(str(folder / "bare" / "journal.db"), isolation_level=None)) as other,
    ):
        for name, value in _PRAGMAS.items():
            other.execute(f"PRAGMA {name} = {value}").fetchall()
        append_turn(journal, 0)
        for number in range(1, turns + 1):
            tick = 10 * number
            turn = made_facts(tick), made_records(journal.next_seq, tick), outcome(tick)
            _newest_turn(read, journal)
            began = time.perf_counter_ns()
            journal.append(*turn)
            ours.append(time.perf_counter_ns() - began)
            facts, records = _newest_turn(read, journal)
            began = time.perf_counter_ns()
            _insert(other, facts, records)
            bare.append(time.perf_counter_ns() - began)
    return Appended(turns, statistics.median(ours) / 1000, statistics.median(bare) / 1000)


def _newest_turn(read: Any, journal: Journal) -> tuple[list[Any], list[Any]]:  # noqa: ANN401 - a DBAPI connection
    facts = read.execute("SELECT * FROM fact WHERE fseq >= ?", (journal.next_fseq - 2,)).fetchall()
    return facts, read.execute("SELECT * FROM record WHERE seq >= ?", (journal.next_seq - 2,)).fetchall()


def _insert(connection: Any, facts: Sequence[Sequence[Any]], records: Sequence[Sequence[Any]]) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_FACT, facts)
    connection.executemany(_RECORD, records)
    connection.execute("COMMIT")


def _statement(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"


_FACT = _statement("fact", len(tables.fact.c))
_RECORD = _statement("record", len(tables.record.c))
