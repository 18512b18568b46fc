"""Flips single bits in the rows of a journal's copy; each must be found, and the row named."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from station.journal.chain import Broken
from station.journal.reader import JournalReader
from station.journal.refusals import Unreadable

KEYS = {"fact": "fseq", "record": "seq"}


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit of one column, and what the journal says of it; `found` is None if it noticed nothing."""

    table: str
    row: int
    column: str
    found: Broken | None

    @property
    def is_named(self) -> bool:
        return self.found is not None and (self.found.table, self.found.row) == (self.table, self.row)


def flip_bits(journal: Path, copy: Path, count: int, seed: int = 1) -> list[Flip]:
    """`count` flips in each chain, one after the other, each undone. `journal` is a data folder at rest."""
    shutil.copytree(journal, copy)
    chance = random.Random(seed)
    database = sqlite.connect(copy / "journal.db", isolation_level=None)
    try:
        with JournalReader(copy) as reader:
            if reader.first_broken() is not None:
                raise ValueError(f"{journal} is broken before anything is flipped")
            return [_flip(database, reader, table, chance) for table in KEYS for _ in range(count)]
    finally:
        database.close()


def _flip(database: Any, reader: JournalReader, table: str, chance: random.Random) -> Flip:  # noqa: ANN401 - sqlite's connection has no type
    key = KEYS[table]
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != key]
    rows = [row[0] for row in database.execute(f"SELECT {key} FROM {table} ORDER BY {key}")]
    while True:
        row, column = chance.choice(rows), chance.choice(columns)
        (before,) = database.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (row,)).fetchone()
        if before not in (b"", ""):
            break
    database.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (_flipped(before, chance), row))
    try:
        found = reader.first_broken()
    except Unreadable as refusal:
        raise AssertionError(f"{table} {row} {column}: not named, only refused: {refusal}") from refusal
    finally:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (before, row))
    return Flip(table, row, column, found)


def _flipped(value: bytes | str | int, chance: random.Random) -> bytes | str | int:
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(40)
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(7 if isinstance(value, str) else 8)
    return bytes(data) if isinstance(value, bytes) else data.decode()
