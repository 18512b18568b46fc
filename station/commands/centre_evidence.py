"""`station centre evidence`: the pictures, scans and clips of a crossing, and whether each is at the centre."""

from typing import TYPE_CHECKING, Annotated

import typer

from station.commands.options import AsJson
from station.commands.output import put_json, say, table
from station.commands.words import helped, phrase
from station.words.files import FILE_REASONS, FILE_STATES
from station.words.language import spoken
from station.words.meanings import record_type

if TYPE_CHECKING:
    from station.centre.evidence_queries import NamedFile

Crossing = Annotated[str, typer.Argument(help=helped("explain-crossing"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("centre-station"), show_default=False)]
Lane = Annotated[str, typer.Option("--lane", help=helped("centre-lane"), show_default=False)]


def evidence(context: typer.Context, crossing: Crossing, station: Station, lane: Lane, as_json: AsJson = False) -> None:
    from station.centre.evidence_queries import files_of_crossing
    from station.centre.store import CentreStore

    store = CentreStore(context.obj)
    try:
        found = files_of_crossing(store, station, lane, crossing)
    finally:
        store.close()
    if as_json:
        for one in found:
            put_json(_plain(one))
        return
    if not found:
        say(phrase("files-none", crossing=crossing))
        return
    here = sum(one.state == "here" for one in found)
    headings = [phrase(key) for key in ("files-file", "files-named-by", "files-state", "files-size")]
    rows = [[one.sha256, _named_by(one), _state(one), _size(one)] for one in found]
    table(phrase("files-title", crossing=crossing, here=here, named=len(found)), headings, rows)


def _named_by(one: "NamedFile") -> str:
    by = phrase("files-frame", clip=one.clip[:16]) if one.clip else record_type(one.type)
    return f"{one.seq} {by}"


def _state(one: "NamedFile") -> str:
    reason = one.row.reason if one.row is not None else ""
    return spoken(FILE_STATES[one.state]).format(reason=spoken(FILE_REASONS.get(reason, FILE_REASONS["other"])))


def _size(one: "NamedFile") -> str:
    return str(one.row.size) if one.row is not None and one.row.size else "-"


def _plain(one: "NamedFile") -> dict[str, object]:
    """`path` counts from the evidence folder; "" for a file that is not here."""
    row = one.row
    is_here = row is not None and one.state == "here"
    return {
        "sha256": one.sha256,
        "epoch": one.epoch,
        "seq": one.seq,
        "type": one.type,
        "clip": one.clip,
        "state": one.state,
        "reason": row.reason if row is not None else "",
        "size": row.size if row is not None else 0,
        "path": f"{one.sha256[:2]}/{one.sha256}{row.ending}" if row is not None and is_here else "",
    }
