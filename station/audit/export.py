"""An export: one plain file with a lane's rows and checkpoints, which needs no station to be read.

Lines of JSON (docs/audit.md): a head, epochs, facts, records, checkpoints, and an end that counts them. Hashes in hex;
a body is a text if its bytes are UTF-8, else base64 under "body64".
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from station.audit.book import Book, CheckpointRow, Epoch, Fact, Record, Row, Start, Table, Unreadable, made

FORM = "border-gate-audit/1"
_HEX = {"hash", "outcome", "facts_hash", "previous", "parent", "facts_parent"}
_TEXT = {"body", "signed", "witness"}
_CLASSES: dict[str, type] = {"epoch": Epoch, "fact": Fact, "record": Record, "checkpoint": CheckpointRow}


def write_export(book: Book, file: Path) -> dict[str, int]:
    """Write all of a book; how many rows of each kind. Raises OSError (also if the file is there), Unreadable."""
    begin = book.begin
    counts = dict.fromkeys(_CLASSES, 0)
    with file.open("x", encoding="utf-8") as out:

        def put(name: str, body: Mapping[str, Any]) -> None:
            out.write(json.dumps({name: body}, ensure_ascii=True, separators=(",", ":")) + "\n")

        head = {"form": FORM, "kind": book.kind, "station": book.station, "lane": book.lane, "prefix": book.prefix}
        first = {"seq": begin.seq, "hash": begin.hash.hex(), "fseq": begin.fseq, "fact_hash": begin.fact_hash.hex()}
        put("head", {**head, "behind": first})
        for row in _all(book):
            name = next(name for name, cls in _CLASSES.items() if type(row) is cls)
            put(name, _plain(row))
            counts[name] += 1
        put("end", counts)
    return counts


def _plain(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any row of a book
    body: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in _HEX and value is not None:
            body[field.name] = value.hex()
        elif isinstance(value, bytes):
            body |= _text(field.name, value)
        elif value is not None:
            body[field.name] = value
    return body


def _text(name: str, value: bytes) -> dict[str, str]:
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}64": base64.b64encode(value).decode()}


def _all(book: Book) -> Iterator[Any]:
    yield from book.epochs
    yield from book.facts(book.begin.fseq)
    yield from book.records(book.begin.epoch, book.begin.seq)
    yield from book.checkpoints


def is_export(file: Path) -> bool:
    """Whether the file begins as an export does."""
    with file.open("rb") as opened:
        return opened.read(8) == b'{"head":'


def exported_book(file: Path) -> Book:
    """The book in an export. Raises Unreadable for a line that is none, and OSError."""
    head: dict[str, Any] = {}
    epochs: list[Epoch] = []
    checkpoints: list[CheckpointRow] = []
    counts = dict.fromkeys(_CLASSES, 0)
    end: object = None
    for number, name, body in _lines(file):
        if end is not None or (name == "head") != (number == 1):
            raise Unreadable("file", number, f"a line {name[:20]!r} where none may be")
        match name:
            case "head":
                head = body
            case "epoch":
                epochs.append(_row(Epoch, "epoch", number, body))
            case "checkpoint":
                checkpoints.append(_row(CheckpointRow, "checkpoint", number, body))
            case "end":
                end = body
        if name in counts:
            counts[name] += 1
    if end != counts:
        raise Unreadable("file", sum(counts.values()) + 2, f"its end counts {end}, there are {counts}")
    begin, prefix = _head(head)
    return Book(
        head["kind"],
        head["station"],
        head["lane"],
        begin,
        tuple(epochs),
        tuple(checkpoints),
        lambda after: (row for row in _walk(file, Fact, "fact") if row.fseq > after),
        lambda epoch, after: (
            row for row in _walk(file, Record, "record") if _is_after(head["kind"], row, epoch, after)
        ),
        prefix,
    )


def _is_after(kind: str, row: Record, epoch: int, after: int) -> bool:
    return row.seq > after if kind == "journal" else (row.epoch, row.seq) > (epoch, after)


def _walk(file: Path, cls: type[Row], name: Table) -> Iterator[Row]:
    return (_row(cls, name, number, body) for number, found, body in _lines(file) if found == name)


def _lines(file: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Number, name and body of each line. Raises Unreadable."""
    with file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            try:
                parsed = json.loads(line, object_pairs_hook=_once)
                ((name, body),) = parsed.items()
                known = (*_CLASSES, "head", "end")
            except (ValueError, AttributeError, RecursionError) as error:
                raise Unreadable("file", number, f"no line of an export: {str(error)[:100]}") from error
            if name not in known or not isinstance(body, dict):
                raise Unreadable("file", number, f"no line of an export: {str(name)[:40]!r}")
            yield number, name, body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _head(head: Mapping[str, Any]) -> tuple[Start, tuple[int, int] | None]:
    try:
        if head["form"] != FORM or head["kind"] not in ("journal", "centre"):
            raise ValueError(f"form {head['form']!r}, kind {head['kind']!r}")
        behind = head["behind"]
        hashes = _from_hex(behind["hash"]), _from_hex(behind["fact_hash"])
        numbers: list[Any] = [behind["seq"], behind["fseq"], *(head["prefix"] or (0, 0))]
        if not all(type(number) is int for number in numbers) or type(head["station"]) is not str:
            raise ValueError("its numbers are none")
        prefix = (numbers[2], numbers[3]) if head["prefix"] else None
        return Start(0, numbers[0], hashes[0], numbers[1], hashes[1]), prefix
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("file", 1, f"the head of the export: {str(error)[:100]}") from error


def _row(cls: type[Row], table: Table, number: int, body: Mapping[str, Any]) -> Row:
    """Raises Unreadable naming the line."""
    readers: dict[str, Callable[[str], bytes]] = {**dict.fromkeys(_HEX, _from_hex), **dict.fromkeys(_TEXT, str.encode)}
    values: list[object] = []
    try:
        for field in fields(cls):
            if field.name == "previous" and "previous" not in body:
                continue
            if f"{field.name}64" in body:
                values.append(base64.b64decode(body[f"{field.name}64"], validate=True))
            else:
                value = body[field.name]
                values.append(readers[field.name](value) if field.name in readers else value)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise Unreadable("file", number, f"{table}: {str(error)[:100]}") from error
    return made(cls, table, number, values)


def _from_hex(text: str) -> bytes:
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise ValueError("hex is written in small letters")
    return data
