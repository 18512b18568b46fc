"""`station audit`: is a journal, a centre's database or an export what was written, and is it what a ticket says?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands import exits
from station.commands.audit_phrases import CAUSES
from station.commands.options import AsJson, finish
from station.commands.output import put_json, say, utc
from station.commands.words import helped, phrase
from station.words.language import spoken

if TYPE_CHECKING:
    from station.audit.book import Book, CheckpointRow, Start
    from station.audit.walk import Finding
    from station.trust.keys import PublicKey

MOST_TOLD = 20

group = typer.Typer(help=helped("audit"), no_args_is_help=True)

Source = Annotated[str, typer.Argument(help=helped("audit-source"), show_default=False)]
Database = Annotated[str, typer.Option("--database", help=helped("audit-source"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("audit-station"))]
Lane = Annotated[str, typer.Option("--lane", help=helped("audit-lane"))]
StationKeys = Annotated[list[str] | None, typer.Option("--station-key", help=helped("audit-station-key"))]
CentreKeys = Annotated[list[str] | None, typer.Option("--centre-key", help=helped("audit-centre-key"))]


@group.command("verify", help=helped("audit-verify"), epilog=helped("exit-codes"))
def verify(
    source: Source,
    begin: Annotated[int, typer.Option("--from", min=0, help=helped("audit-from"))] = 0,
    against: Annotated[str, typer.Option("--against", help=helped("audit-against"))] = "",
    station: Station = "",
    lane: Lane = "",
    station_key: StationKeys = None,
    centre_key: CentreKeys = None,
    as_json: AsJson = False,
) -> None:
    keys = _keys(station_key), _keys(centre_key)
    is_whole = True
    with _books(source, station, lane) as books:
        for book in books:
            elsewhere = _checkpoints(against, book) if against else ()
            start = _start(book, begin, elsewhere) if begin else None
            report = _examine(book, keys, elsewhere, start)
            is_whole &= not report["findings"]
            _tell(report, as_json=as_json)
    if not is_whole:
        finish(exits.FINDING)


@group.command("export", help=helped("audit-export"), epilog=helped("exit-codes"))
def export(
    source: Source,
    file: Annotated[Path, typer.Argument(help=helped("audit-file"), show_default=False)],
    station: Station = "",
    lane: Lane = "",
    as_json: AsJson = False,
) -> None:
    from station.audit.export import write_export

    with _books(source, station, lane) as books:
        if len(books) > 1:
            names = ", ".join(f"{book.station}/{book.lane}" for book in books)
            raise exits.Refused(exits.USAGE, "audit-one-lane", source, names)
        try:
            counts = write_export(books[0], file)
        except FileExistsError as error:
            raise exits.Refused(exits.IO, "file-exists", str(file)) from error
    if as_json:
        put_json({"file": str(file), **counts})
    else:
        say(phrase("audit-exported", file=file, facts=counts["fact"], records=counts["record"]))


@group.command("ticket", help=helped("audit-ticket"), epilog=helped("exit-codes"))
def ticket(
    text: Annotated[str, typer.Argument(help=helped("audit-text"), show_default=False)],
    database: Database,
    station_key: StationKeys = None,
    centre_key: CentreKeys = None,
    as_json: AsJson = False,
) -> None:
    from station.audit.ticket_check import check_ticket
    from station.audit.tickets import BadTicket, read_ticket

    try:
        read = read_ticket(text)
    except BadTicket as error:
        raise exits.Refused(exits.FINDING, "ticket-malformed", text[:40], str(error)) from error
    printed = read.printed
    with _books(database, printed.station, printed.lane) as books:
        checked = check_ticket(books[0], read, _keys(station_key), _keys(centre_key))
    rows = [{"seq": row.seq, "type": row.type, "utc_ms": row.utc_ms} for row in checked.rows]
    if as_json:
        stated = {**asdict(printed), "hash": printed.hash.hex(), "crossing": printed.crossing}
        put_json(
            {"agrees": not checked.findings, "printed": stated, "rows": rows, "findings": _plain(checked.findings)}
        )
    else:
        at = {"utc": utc(printed.utc_ms), "seq": printed.seq, "epoch": printed.epoch}
        say(phrase("audit-ticket", crossing=printed.crossing, **at))
        for row in checked.rows:
            say(f"{row.seq:>6}  {utc(row.utc_ms)}  {row.type}")
        _tell_findings(checked.findings)
        if not station_key or not centre_key:
            say(phrase("audit-no-keys"))
        say(phrase("audit-disagrees" if checked.findings else "audit-agrees"))
    if checked.findings:
        finish(exits.FINDING)


def _examine(
    book: "Book",
    keys: "tuple[Mapping[str, PublicKey], Mapping[str, PublicKey]]",
    against: "Sequence[CheckpointRow]",
    start: "Start | None",
) -> dict[str, Any]:
    """One book: every finding, and what the audit has seen."""
    from station.audit.walk import Auditor

    auditor = Auditor(book, *keys, against, start)
    found = list(auditor.findings())
    return {
        "kind": book.kind,
        "station": book.station,
        "lane": book.lane,
        **asdict(auditor.walked),
        "behind_witness": auditor.behind_witness,
        "has_checkpoints": book.has_checkpoints,
        "signatures_checked": bool(keys[0] and keys[1]),
        "findings": found,
    }


def _tell(report: dict[str, Any], *, as_json: bool) -> None:
    findings: list[Finding] = report["findings"]
    if as_json:
        put_json({**report, "whole": not findings, "findings": _plain(findings)})
        return
    kind = phrase("audit-journal") if report["kind"] == "journal" else phrase("audit-centre")
    name = f"{report['station']}/{report['lane']}" if report["station"] else ""
    say(phrase("audit-lane", kind=kind, name=name, facts=report["facts"], records=report["records"]))
    say(phrase("audit-range", first=report["first_seq"], last=report["last"][1]))
    count, behind = report["checkpoints"], report["behind_witness"]
    if report["has_checkpoints"]:
        say(phrase("audit-checkpoints", count=count, witnessed=report["witnessed"], behind=behind))
    else:
        say(phrase("audit-no-checkpoints"))
    if report["older"]:
        say(phrase("audit-older", count=report["older"]))
    for first, last in report["gaps"]:
        say(phrase("audit-gap", first=first, last=last))
    _tell_findings(findings)
    if not report["signatures_checked"]:
        say(phrase("audit-no-keys"))
    if not findings:
        say(phrase("audit-whole"))


def _tell_findings(findings: "Sequence[Finding]") -> None:
    for finding in findings[:MOST_TOLD]:
        where = {"table": finding.table, "row": finding.row, "detail": finding.detail}
        say(phrase("audit-broken", cause=spoken(CAUSES[finding.cause]), **where))
    if len(findings) > MOST_TOLD:
        say(phrase("audit-more", count=len(findings) - MOST_TOLD))


def _plain(findings: "Sequence[Finding]") -> list[dict[str, object]]:
    return [asdict(finding) for finding in findings]


def _keys(texts: list[str] | None) -> "dict[str, PublicKey]":
    """Public keys by id. Raises Untrusted for what is none."""
    from station.trust.keys import PublicKey

    keys = [PublicKey.from_text(text) for text in texts or ()]
    return {key.key_id: key for key in keys}


@contextmanager
def _books(source: str, station: str, lane: str) -> "Iterator[list[Book]]":
    """At least one book. Raises Refused."""
    from station.audit.book import Unreadable
    from station.audit.sources import open_books

    try:
        with open_books(source, station, lane) as books:
            if not books:
                raise exits.Refused(exits.FINDING, "audit-no-lane", source, f"{station}/{lane}")
            yield books
    except Unreadable as error:
        status = exits.FINDING if error.row else exits.IO
        raise exits.Refused(status, "audit-unreadable", source, str(error)) from error


def _checkpoints(source: str, book: "Book") -> "tuple[CheckpointRow, ...]":
    """The checkpoints that another source holds of this lane; a journal does not say whose it is."""
    with _books(source, book.station, book.lane) as others:
        if len(others) > 1:
            names = ", ".join(f"{other.station}/{other.lane}" for other in others)
            raise exits.Refused(exits.USAGE, "audit-one-lane", source, names)
        return others[0].checkpoints


def _start(book: "Book", seq: int, elsewhere: "Sequence[CheckpointRow]") -> "Start":
    """Behind the checkpoint at record `seq`, of the newest epoch that has one. Raises Refused."""
    from station.audit.book import Start
    from station.audit.statements import BadStatement, read_head

    rows = [row for row in (*book.checkpoints, *elsewhere) if row.seq == seq]
    if not rows:
        raise exits.Refused(exits.FINDING, "no-such-checkpoint", str(seq))
    try:
        head = read_head(max(rows, key=lambda row: row.epoch), {}, {})
    except BadStatement as error:
        raise exits.Refused(exits.FINDING, "no-such-checkpoint", str(seq), str(error)) from error
    return Start(head.epoch, head.seq, head.hash, head.fseq, head.fact_hash)
