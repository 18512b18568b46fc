"""Tamper evidence, measured: databases altered on purpose, and how many of the alterations the auditor finds."""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from station.audit.book import Book, CheckpointRow, Record
from station.audit.sources import open_books
from station.audit.tables import centre_books, journal_book
from station.audit.ticket_check import check_ticket
from station.audit.tickets import read_ticket
from station.audit.walk import Auditor, Finding
from station.centre.witness import Witnessing
from station.journal import seal
from station.journal.chain import record_hash
from station.journal.reader import JournalReader
from tests.audit.gate_book import GateBook, crossing_named
from tests.audit.mutations import KINDS, Kind, Mutation, mutated, rows_of
from tests.audit.rewriter import Deed, rewrite
from tests.audit.sealed import LANE, STATION, by_id

CROSSINGS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Of `n` alterations `found` were found, and in `same` cases both verifiers named the same row first."""

    n: int
    found: int
    same: int


@contextmanager
def made(count: int = CROSSINGS) -> Iterator[GateBook]:
    """A lane and its centre in a folder of its own, closed."""
    with tempfile.TemporaryDirectory(prefix="gate-audit-") as folder:
        with GateBook(Path(folder)) as book:
            book.cross(count)
        yield book


def mutations(book: GateBook, each: int, seed: int) -> dict[Kind, Found]:
    """`each` random alterations of a kind in journal.db, the auditor against the journal's own walk."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(book.lane / "journal.db")) as connection:
        sizes = {table: len(rows_of(connection, table)) for table in ("fact", "record")}
    return {kind: _mutated(book, kind, sizes, each, chance) for kind in KINDS}


def _mutated(book: GateBook, kind: Kind, sizes: dict[str, int], each: int, chance: random.Random) -> Found:
    found = same = 0
    for _ in range(each):
        table = chance.choice(("fact", "record"))
        at = chance.randrange(sizes[table] - (kind == "swap"))
        with _copy_of(book) as folder:
            mutated(folder / "lane", Mutation(kind, table, at, chance.randrange(10**6)))
            ours = _findings_of_journal(folder / "lane" / "journal.db", book)
            with JournalReader(folder / "lane") as reader:
                theirs = reader.first_broken()
        found += bool(ours)
        first = (ours[0].table, ours[0].row) if ours else None
        same += first == (None if theirs is None else (theirs.table, theirs.row)) or (
            theirs is None and bool(ours) and ours[0].cause == "truncated"
        )
    return Found(each, found, same)


def cut_off(book: GateBook) -> Found:
    """Every place where a journal may end, rows and checkpoints gone together, against the centre's checkpoints."""
    with centre_books(book.database) as (centre,):
        words = centre.checkpoints
    last = max(row.seq for row in words)
    found = 0
    for end in range(1, last):
        with _copy_of(book) as folder:
            with closing(sqlite3.connect(folder / "lane" / "journal.db")) as connection, connection:
                (fseq,) = connection.execute("SELECT facts_to FROM record WHERE seq = ?", (end,)).fetchone()
                connection.execute("DELETE FROM record WHERE seq > ?", (end,))
                connection.execute("DELETE FROM checkpoint WHERE seq > ?", (end,))
                connection.execute("DELETE FROM fact WHERE fseq > ?", (fseq,))
            found += bool(_findings_of_journal(folder / "lane" / "journal.db", book, words))
    return Found(last - 1, found, found)


@dataclass(frozen=True, slots=True)
class Exposed:
    """Of `n` deeds the chains alone betrayed `by_chain`, the crossing's ticket `by_own`, a later one `by_later`."""

    n: int
    by_chain: int
    by_own: int
    by_later: int
    later: int


def rewritten(book: GateBook, deed: Deed) -> Exposed:
    """Every crossing once rewritten with the station's key, in the lane and at the centre."""
    by_chain = by_own = by_later = later = 0
    count = len(book.tickets)
    for number in range(1, count + 1):
        with _copy_of(book) as folder:
            rewrite(folder / "lane", folder / "centre.db", crossing_named(number), deed, book.station_key)
            by_chain += bool(_findings_of_journal(folder / "lane" / "journal.db", book))
            by_own += _is_exposed(book, folder, number)
            if number < count:
                later += 1
                by_later += _is_exposed(book, folder, count)
    return Exposed(count, by_chain, by_own, by_later, later)


def tickets_that_verify(book: GateBook) -> Found:
    """Tickets of crossings that nobody touched, against lane and centre."""
    agree = sum(not _is_exposed(book, book.folder, number) for number in range(1, len(book.tickets) + 1))
    return Found(len(book.tickets), agree, agree)


def self_consistent_edits(book: GateBook, auditor: Callable[[Book], Auditor]) -> Found:
    """Each record but the last at the centre edited once and hashed anew: only the row behind it can tell."""
    with centre_books(book.database) as (centre,):
        rows = list(centre.records(0, 0))
        words = replace(centre, checkpoints=())
        found = 0
        for at in range(len(rows) - 1):
            edited = [*rows[:at], _hashed(replace(rows[at], tick=rows[at].tick + 1)), *rows[at + 1 :]]
            found += any(auditor(replace(words, records=_reading(edited))).findings())
    return Found(len(rows) - 1, found, found)


def _reading(rows: list[Record]) -> Callable[[int, int], Iterator[Record]]:
    return lambda _, __: iter(rows)


def _hashed(row: Record) -> Record:
    columns = (row.epoch, row.seq, row.facts_to, row.facts_hash, row.type, row.tick, row.utc_ms, row.quality, row.body)
    return replace(row, hash=record_hash(row.previous or b"", *columns))


class SkipsThePreviousHash(Auditor):
    """Mutant: takes each row's own word for what stood before it."""

    def _judge(self, row: Record, previous: bytes) -> Iterator[Finding]:
        return super()._judge(row, row.previous or previous)


class WitnessesWithoutLooking(Witnessing):
    """Mutant: a centre that signs whatever the station has signed."""

    def _agrees(self, checkpoint: object) -> bool:
        return True


def forks(book: GateBook, witnessing: type[Witnessing]) -> Found:
    """Checkpoints signed with the station's key on hashes that the centre does not hold: how many are refused."""
    refused = 0
    with GateBook(book.folder, book.station_key, book.centre_key) as opened:
        judge = witnessing(opened.store, lambda _: by_id(book.station_key), book.centre_key, lambda: 1)
        head = opened.journal.head
        signer = seal.Seal(seal.Signer(STATION, LANE, book.station_key, lambda: 1), opened.journal._connection)
        for seq in range(1, head.seq + 1):
            forged = signer.sign(replace(head, seq=seq, hash=bytes([seq % 256]) * 32))[2]
            refused += judge.judge((STATION, LANE), forged).finding == "fork"
    return Found(head.seq, refused, refused)


def _is_exposed(book: GateBook, folder: Path, number: int) -> bool:
    """By the ticket of this crossing, in the lane and at the centre both."""
    ticket = read_ticket(book.tickets[crossing_named(number)])
    exposed: list[bool] = []
    for source in (str(folder / "lane"), f"sqlite:///{folder}/centre.db"):
        with open_books(source) as (opened,):
            exposed.append(bool(check_ticket(opened, ticket, *book.keys).findings))
    return all(exposed)


def _findings_of_journal(file: Path, book: GateBook, against: tuple[CheckpointRow, ...] = ()) -> list[Finding]:
    with journal_book(file) as opened:
        return list(Auditor(opened, *book.keys, against).findings())


@contextmanager
def _copy_of(book: GateBook) -> Iterator[Path]:
    """A copy of both databases in a folder that goes again."""
    with tempfile.TemporaryDirectory(prefix="gate-audit-") as name:
        folder = Path(name)
        (folder / "lane").mkdir()
        shutil.copy(book.lane / "journal.db", folder / "lane")
        shutil.copy(book.folder / "centre.db", folder)
        yield folder
