"""Every way to tamper with a chained table: edit, delete, insert, swap, cut off the end."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["edit", "delete", "insert", "swap", "truncate"]
KINDS: tuple[Kind, ...] = ("edit", "delete", "insert", "swap", "truncate")
_KEY = {"fact": "fseq", "record": "seq"}


@dataclass(frozen=True, slots=True)
class Mutation:
    """`at` is the index of the first row it touches; `choice` any number, which settles the rest."""

    kind: Kind
    table: str
    at: int
    choice: int


def rows_of(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """All rows in order."""
    connection.row_factory = sqlite3.Row
    found = connection.execute(f"SELECT * FROM {table} ORDER BY {_KEY[table]}").fetchall()
    return [dict(row) for row in found]


def mutated(root: Path, mutation: Mutation) -> None:
    """Tamper with journal.db in `root` and leave everything else of it as it is."""
    with closing(sqlite3.connect(root / "journal.db")) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        rows = rows_of(connection, mutation.table)
        marks = ", ".join(f":{name}" for name in rows[0])
        after = _apply(rows, mutation, _KEY[mutation.table])
        connection.execute(f"DELETE FROM {mutation.table}")
        connection.executemany(f"INSERT INTO {mutation.table} VALUES ({marks})", after)


def _apply(rows: list[dict[str, Any]], mutation: Mutation, key: str) -> list[dict[str, Any]]:
    at, choice = mutation.at, mutation.choice
    match mutation.kind:
        case "edit":
            names = [name for name in rows[0] if name != key]
            name = names[choice % len(names)]
            rows[at][name] = _other(rows[at][name], choice)
        case "delete":
            del rows[at]
        case "insert":  # a copy of a row, with everything behind it moved up by one
            for row in rows[at:]:
                row[key] += 1
            rows.insert(at, {**rows[choice % len(rows)], key: rows[at][key] - 1})
        case "swap":
            rows[at], rows[at + 1] = {**rows[at + 1], key: rows[at][key]}, {**rows[at], key: rows[at + 1][key]}
        case "truncate":
            del rows[at:]
    return rows


def _other(value: Any, choice: int) -> Any:  # noqa: ANN401 - as any column
    match value:
        case int():
            return value + 1 + choice % 1_000
        case str():
            return value + "x" if choice % 2 else value[1:] + "y"
        case bytes() if value:
            bit = choice % (8 * len(value))
            return value[: bit // 8] + bytes([value[bit // 8] ^ 1 << bit % 8]) + value[bit // 8 + 1 :]
    return b"\0"
