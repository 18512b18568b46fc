"""`station events`: the records of a journal, one line each, and those to come."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands.options import AsJson, SettingsFile
from station.commands.output import put_json, say, utc
from station.commands.words import helped
from station.words.meanings import coded, record_type

if TYPE_CHECKING:
    from station.journal.chain import RecordRow
    from station.journal.reader import JournalReader

CHUNK = 500
LOOK_S = 0.2

Follow = Annotated[bool, typer.Option("--follow", "-f", help=helped("follow"))]
Since = Annotated[int, typer.Option("--since", min=0, help=helped("since"))]
OfType = Annotated[str, typer.Option("--type", help=helped("type"))]


def events(
    settings: SettingsFile, follow: Follow = False, since: Since = 0, of_type: OfType = "", as_json: AsJson = False
) -> None:
    from station.core.records import TYPES
    from station.journal.reader import JournalReader
    from station.settings.load import load

    known = sorted(TYPES.values())
    if of_type and of_type not in known:
        raise typer.BadParameter(", ".join(known), param_hint="--type")
    with JournalReader(load(settings).places.data) as reader:
        for row in _rows(reader, since, follow=follow):
            if of_type in ("", row.type):
                if as_json:
                    put_json(as_plain(row))
                else:
                    say(as_line(row))


def _rows(reader: "JournalReader", after: int, *, follow: bool) -> Iterator["RecordRow"]:
    """Records behind `after`; with `follow` for ever."""
    while True:
        rows = reader.records(after, CHUNK)
        yield from rows
        if rows:
            after = rows[-1].seq
        elif follow:
            time.sleep(LOOK_S)
        else:
            return


def as_plain(row: "RecordRow") -> dict[str, Any]:
    """A record for programs: its columns, the body as JSON."""
    from drivers.contract.plain import parse

    return {
        "seq": row.seq,
        "epoch": row.epoch,
        "type": row.type,
        "tick": row.tick,
        "utc_ms": row.utc_ms,
        "quality": row.quality,
        "facts_to": row.facts_to,
        "hash": row.hash.hex(),
        "body": parse(row.body),
    }


def as_line(row: "RecordRow") -> str:
    """A record for a person: number, time, type and every field that says something."""
    from drivers.contract.plain import parse

    body = {name: value for name, value in parse(row.body).items() if name != "is"}
    told = "  ".join(f"{name}={_shown(value)}" for name, value in body.items() if value not in ("", None, [], False))
    return f"{row.seq:>6}  {utc(row.utc_ms)}  {row.type:<20} {record_type(row.type)}: {told}"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return coded(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_shown(inner)}" for name, inner in value.items() if name != "is") + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return str(value)
