"""How many rows, commits and bytes a lane writes: measured on a whole lane under a fake clock."""

import random
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.quantities import Grams, Millis
from station.audit.tables import journal_book
from station.courier import talk
from station.journal.reader import JournalReader
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, Gate

MOST_FACTS, MOST_RECORDS, MOST_BYTES = 400, 40, 256 * 1024
MOST_IDLE_ROWS, MOST_IDLE_COMMITS = 120, 60
IDLE_STEP = Millis(250)
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Written:
    """What was added to the journal: rows of each table, transactions, and bytes of the file with its log merged."""

    facts: int
    records: int
    commits: int
    size: int

    def __sub__(self, before: "Written") -> "Written":
        return Written(
            self.facts - before.facts,
            self.records - before.records,
            self.commits - before.commits,
            self.size - before.size,
        )


def written(gate: Gate) -> Written:
    """All that the lane has written so far; a snapshot is a row of its own and a commit.

    So is a checkpoint, counted as if none had come with a turn.
    """
    with JournalReader(gate.data.root) as reader:
        facts = reader.facts(0, _BATCH)
        records = reader.records(0, _BATCH)
        turns = sum(bool(row.outcome) for row in facts)
    with journal_book(gate.data.journal) as book:
        turns += len(book.checkpoints)
    assert len(facts) < _BATCH and len(records) < _BATCH
    return Written(len(facts), len(records), turns, gate.data.journal.stat().st_size)


def crossings(folder: Path, count: int) -> list[Written]:
    """What each of `count` ordinary crossings adds. Every truck swings the deck and reads its code twice.

    The file grows by whole pages and at snapshots: its size counts over all crossings, evenly.
    """
    each: list[Written] = []
    with Gate(folder, seed=count) as gate:
        gate.show_plate(gate_picture(None, seed=3, condition="clear", lines=2))
        gate.ready()
        for number in range(count):  # no camera that sees shows the same twice
            gate.show_plate(gate_picture("12C-045.67", seed=3, condition="clear", lines=2, moment=1 + number))
            before = written(gate)
            gate.ledger.release_booking(DECLARATION, gate.ledger.holder(DECLARATION) or "none")
            gate.arrive(42_140 + 20 * number, lambda truck: gate.yard.passes(truck, DECLARATION))
            gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the truck is through")
            gate.run(5_000)
            each.append(written(gate) - before)
        ends = [completed.end for completed in gate.completed()]
        assert ends == ["DEPARTED"] * count, ends
    return each


def idle_hour(folder: Path) -> Written:
    """What an hour without a truck adds: wind on the deck, the link up, beats of the courier, one new list."""
    chance = random.Random(1)
    with Gate(folder) as gate:
        gate.show_plate(gate_picture(None, seed=3, condition="clear", lines=2))
        gate.ready()
        gate.courier.said.append(talk.LinkIs(up=True))
        gate.run(10_000)
        before = written(gate)
        for second in range(3_600):
            if second % 5 == 0:  # the indicator's zero wanders by up to two divisions
                gate.yard.deck.set_zero_error(Grams(chance.randint(-40_000, 40_000)))
            gate.courier.said.append(talk.CourierBeat(gate.clock()))
            if second == 1_800:
                gate.courier.said.append(talk.ListArrived(2, gate.utc_ms(), 1))
            gate.run(1_000, IDLE_STEP)
        return written(gate) - before
