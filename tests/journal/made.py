"""Turns for the tests of the journal: valid in form, without a lane behind them."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from drivers.contract.quantities import Grams, Tick
from drivers.contract.readings import DeckSample
from station.core.facts import DeviceRead, Fact, TimePassed
from station.core.records import AlarmRaised, CrossingOpened, Stamped
from station.journal.store import Appended, Journal

UTC = 1_760_000_000_000


def made_facts(tick: int) -> list[Fact]:
    return [
        DeviceRead(Tick(tick), "scale", DeckSample(Grams(1_000 * tick), moving=False, valid=True)),
        TimePassed(Tick(tick + 1)),
    ]


def made_records(first_seq: int, tick: int) -> list[Stamped]:
    crossing = f"C1.{tick}"
    return [
        Stamped(first_seq, Tick(tick), UTC + tick, "synced", 0, CrossingOpened(crossing, test=False, previous="")),
        Stamped(
            first_seq + 1,
            Tick(tick + 1),
            UTC + tick + 1,
            "holdover",
            1,
            AlarmRaised("GATE_OPEN", "barrier", "cần chắn chưa hạ", crossing),
        ),
    ]


def outcome(tick: int) -> bytes:
    return hashlib.sha256(str(tick).encode()).digest()


def append_turn(journal: Journal, tick: int) -> Appended:
    """Two facts and two records."""
    return journal.append(made_facts(tick), made_records(journal.next_seq, tick), outcome(tick))


def append_turns(journal: Journal, count: int) -> None:
    """So many turns at ticks 10, 20, ..."""
    for number in range(1, count + 1):
        append_turn(journal, 10 * number)


@contextmanager
def behind_its_back(root: Path) -> Iterator[sqlite3.Connection]:
    """Python's own sqlite3 on journal.db, while no journal of ours is open. Commits at the end."""
    with closing(sqlite3.connect(root / "journal.db")) as connection, connection:
        yield connection
