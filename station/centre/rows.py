"""Records as rows of the centre's tables, and the quickest way of a new one into the database."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Text, insert

from drivers.contract.plain import parse
from station.centre import tables
from station.messages.envelope import RecordEvent

_NAMES = (*RecordEvent._fields, "subject", "received_ms")
_COPY = f"COPY record ({', '.join(_NAMES)}) FROM STDIN (FORMAT BINARY)"
_COPIED = [
    {BigInteger: "int8", Integer: "int4", LargeBinary: "bytea", Text: "text"}[type(tables.record.c[name].type)]
    for name in _NAMES
]
_CROSSING_FIRST = re.compile(rb'\{(?:[^{\[]*?,)?"crossing":"([^"\\]*)"')
"""A body that names its crossing before anything nested. An unescaped quote cannot stand within a string."""


def row_of(event: RecordEvent, now_ms: int) -> dict[str, object]:
    """The row of a record that came at `now_ms`."""
    return dict(zip(_NAMES, _values(event, now_ms), strict=True))


def put_records(connection: Connection, events: Sequence[RecordEvent], now_ms: int) -> None:
    """New rows, none of which is stored. By COPY where the database has it: a third of the cost of INSERT."""
    if not events:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(insert(tables.record), [row_of(event, now_ms) for event in events])
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_COPIED)
        for event in events:
            copy.write_row(_values(event, now_ms))


def _values(event: RecordEvent, now_ms: int) -> tuple[object, ...]:
    return (*event, _subject(event.body), now_ms)


def storable(text: str) -> str:
    """Short text that every database takes: no NUL, no half characters."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:300]


def _subject(body: bytes) -> str:
    """The crossing that a body names; "" if it names none or is of a form unknown here."""
    if b'"crossing"' not in body:
        return ""
    try:
        if plain := _CROSSING_FIRST.match(body):
            return storable(plain[1].decode())
        data = parse(body)
    except (ValueError, RecursionError):
        return ""
    crossing = data.get("crossing") if isinstance(data, dict) else None
    return storable(crossing) if isinstance(crossing, str) else ""
