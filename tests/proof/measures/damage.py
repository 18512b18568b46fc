"""Damage to a journal at rest: bits, pages, a log that was cut off, a file of zeros. What is said of it, and how soon.

Undetected is what nobody is told of: a fact or record that differs from what was written, or one that is gone and not
named, while both the start and the walk along the chains find nothing. A bit that changes no row is harmless.

The lane had delivered its newest record, as a lane with a link has: a log that is cut off behind the newest delivered
record cannot be told from one that never was.
"""

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from drivers.contract.plain import encode
from station.core.state import LaneState
from station.journal.folder import Mark
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable, Unreadable
from station.journal.store import Journal
from tests.journal.made import append_turn, append_turns
from tests.powercut.stories import scratch

SEED = 1
PAGE = 4096
NEW_EPOCH_S = 10.0
_TURNS, _IN_LOG = 560, 40
"""More rows than a start walks along, so that what lies further back is found by the walk along all of the chain."""

_SUSPECT = re.compile(r"records (\d+)\.\.(\d+) are suspect")
Rows = dict[int, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A journal with a log beside it, as a kill leaves it, and what is in it."""

    folder: Path
    facts: Rows
    records: Rows
    delivered: Mark


@dataclass(frozen=True, slots=True)
class Outcome:
    """`found`: "start", "chain", "harmless" or, if nobody is told, "undetected: ..."; processor time of the start."""

    damage: str
    found: str
    took_s: float

    @property
    def is_told(self) -> bool:
        return not self.found.startswith("undetected")


def made(folder: Path) -> Sample:
    """Write it."""
    with Journal.open(folder / "made") as journal:
        append_turns(journal, _TURNS)
        journal.snapshot(encode(LaneState(seq=2 * _TURNS)), 2 * _TURNS)
    with Journal.open(folder / "made") as journal:  # with a log of its own, all of which counts
        for number in range(_TURNS + 1, _TURNS + _IN_LOG + 1):
            append_turn(journal, 10 * number)
        shutil.copytree(folder / "made", folder / "sample")
        with JournalReader(folder / "made") as reader:
            assert reader.first_broken() is None
            row = reader.records(journal.next_seq - 2, 1)[0]
        facts, records = _rows(folder / "made")
    return Sample(folder / "sample", facts, records, Mark(row.epoch, row.seq, 0, row.hash.hex()))


def outcomes(flips: int, others: int) -> Iterator[Outcome]:
    """`flips` single bits anywhere in database and log; `others` pages, as many log lengths; one file of zeros."""
    chance = random.Random(SEED)
    with scratch() as folder:
        sample = made(folder)
        for _ in range(flips):
            yield _damaged(sample, "bit", lambda root: _flip(root, chance))
        for _ in range(others):
            yield _damaged(sample, "zeroed page", lambda root: _zero_page(root, chance))
        for _ in range(others):
            yield _damaged(sample, "log cut off", lambda root: _cut_log(root, chance))
        yield _damaged(sample, "file of zeros", _zero_file)


def _damaged(sample: Sample, what: str, damage: Callable[[Path], str]) -> Outcome:
    with scratch() as folder:
        root = folder / "data"
        shutil.copytree(sample.folder, root)
        where = damage(root)
        began = time.process_time()
        with Journal.open(root, sample.delivered) as journal:
            took_s = time.process_time() - began
            found = _judge(root, journal, sample)
        return Outcome(f"{what} {where}", found, took_s)


def _judge(root: Path, journal: Journal, sample: Sample) -> str:
    opening, begun = journal.opening, journal.next_seq
    try:
        facts, records = _rows(root)
        append_turn(journal, 1_000_000)
    except (sqlite.Error, JournalUnwritable) as error:
        return f"undetected: {opening} and then {error}"
    broken = _broken(root)
    if opening.kind == "continued" and broken:
        return "chain"
    gone = sorted(set(sample.records) - set(records))
    altered = [number for number, row in sample.records.items() if number in records and records[number] != row]
    altered += [number for number, row in sample.facts.items() if number in facts and facts[number] != row]
    if altered or broken:
        return f"undetected: {altered[:3]} differ after {opening}, {broken}"
    if opening.kind == "continued":
        lost = set(sample.facts) - set(facts)
        return f"undetected: {gone[:3]} or {sorted(lost)[:3]} are gone" if gone or lost else "harmless"
    return "start" if _is_named(gone, opening.detail) and begun > max(sample.records) else f"undetected: {opening}"


def _broken(root: Path) -> str:
    try:
        with JournalReader(root) as reader:
            return str(reader.first_broken() or "")
    except Unreadable as fault:
        return fault.seen


def _is_named(gone: list[int], detail: str) -> bool:
    """All that is gone lies in the gap that the opening names."""
    gap = _SUSPECT.search(detail)
    return not gone or (gap is not None and int(gap[1]) <= gone[0] and gone[-1] <= int(gap[2]))


def _rows(root: Path) -> tuple[Rows, Rows]:
    connection = sqlite.connect(f"file:{root / 'journal.db'}?mode=ro", uri=True)
    try:
        facts = connection.execute("SELECT * FROM fact").fetchall()
        records = connection.execute("SELECT * FROM record").fetchall()
    finally:
        connection.close()
    return {row[0]: row[1:] for row in facts}, {row[0]: row[1:] for row in records}


def _flip(root: Path, chance: random.Random) -> str:
    files = [root / "journal.db", root / "journal.db-wal"]
    at = chance.randrange(8 * sum(file.stat().st_size for file in files))
    path = files[0]
    if at >= 8 * path.stat().st_size:
        at, path = at - 8 * path.stat().st_size, files[1]
    content = bytearray(path.read_bytes())
    content[at // 8] ^= 1 << at % 8
    path.write_bytes(content)
    return f"{at % 8} of byte {at // 8} of {path.name}"


def _zero_page(root: Path, chance: random.Random) -> str:
    path = root / "journal.db"
    content = bytearray(path.read_bytes())
    number = chance.randrange(len(content) // PAGE)
    content[number * PAGE : (number + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    return str(number)


def _cut_log(root: Path, chance: random.Random) -> str:
    path = root / "journal.db-wal"
    size = chance.randrange(path.stat().st_size)
    path.write_bytes(path.read_bytes()[:size])
    return f"after {size} bytes"


def _zero_file(root: Path) -> str:
    path = root / "journal.db"
    path.write_bytes(bytes(path.stat().st_size))
    return ""
