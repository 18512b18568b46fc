"""`station evidence`: a crossing as one file, that file checked anywhere, a legal weight read back by its number."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import kilograms, put_json, say, utc
from station.commands.words import helped, phrase
from station.words.evidence import FINDINGS, PARTS, VERDICTS
from station.words.language import spoken
from station.words.meanings import cause

if TYPE_CHECKING:
    from station.evidence.report import Item
    from station.journal.reader import JournalReader

group = typer.Typer(help=helped("evidence"), no_args_is_help=True)

NEARBY = 5
MOST_SHOWN = 400
"""Letters of a line: what a foreign file says may be long, and hold what a terminal would obey."""

CrossingName = Annotated[str, typer.Argument(help=helped("explain-crossing"), show_default=False)]
Settings = Annotated[Path | None, typer.Option("--settings", help=helped("settings"))]
JournalPath = Annotated[Path | None, typer.Option("--journal", help=helped("evidence-journal"))]
Pictures = Annotated[Path | None, typer.Option("--pictures", help=helped("evidence-pictures"))]
StationKey = Annotated[Path | None, typer.Option("--key", help=helped("evidence-key"))]
Out = Annotated[Path, typer.Option("--out", help=helped("evidence-out"), show_default=False)]
Bundle = Annotated[Path, typer.Argument(help=helped("evidence-file"), show_default=False)]
PublicText = Annotated[str, typer.Option("--key", help=helped("evidence-public"))]
RootFile = Annotated[Path | None, typer.Option("--root", help=helped("evidence-root"))]
WeightName = Annotated[str, typer.Argument(help=helped("evidence-weight-id"), show_default=False)]


@group.command(help=helped("evidence-bundle"))
def bundle(
    crossing: CrossingName,
    out: Out,
    settings: Settings = None,
    journal: JournalPath = None,
    pictures: Pictures = None,
    key: StationKey = None,
    as_json: AsJson = False,
) -> None:
    from station.evidence.bundle import make_bundle
    from station.evidence.manifest import OFFICERS, ROOT, STATEMENTS
    from station.journal.folder import DataFolder
    from station.settings.load import load
    from station.trust.keys import load_key

    lane = load(settings) if settings is not None else None
    signer = key or (lane.trust.station_key if lane else None)
    source = journal or (lane.places.data if lane else None)
    if signer is None or source is None:
        raise typer.BadParameter(phrase("evidence-needs-source"))
    trust = {}
    if lane is not None:
        named = {ROOT: lane.trust.root, STATEMENTS: lane.trust.centre, OFFICERS: lane.trust.officers}
        trust = {name: path.read_bytes() for name, path in named.items() if path.is_file()}
        arrived = DataFolder(lane.places.data).statement
        if STATEMENTS in trust and arrived.is_file():
            trust[STATEMENTS] += arrived.read_bytes()  # the reader takes the newest of both
    beside = DataFolder(source if source.is_dir() else source.parent).evidence
    station_key = load_key(signer)
    with _told_nearby(source, crossing) as reader:
        try:
            made = make_bundle(reader, crossing, pictures or beside, station_key, trust, out)
        except FileExistsError as error:
            raise exits.Refused(exits.IO, "file-exists", str(out)) from error
    manifest = made.manifest
    rows = {
        "records": sum(len(run.rows) for run in manifest.records),
        "facts": sum(len(r.rows) for r in manifest.facts),
    }
    absent = [line for line in manifest.files if line.state != "held"]
    held = len(manifest.files) - len(absent)
    if as_json:
        gone = [{"sha256": line.sha256, "state": line.state} for line in absent]
        told = {"file": str(out), "sha256": made.sha256, "size": made.size, "crossing": crossing, "gap": manifest.gap}
        put_json({**told, **rows, "pictures": held, "absent": gone})
        return
    say(phrase("evidence-bundled", file=out, held=held, size=made.size, sha256=made.sha256, **rows))
    for line in absent:
        say(phrase("evidence-absent", sha256=line.sha256, why=spoken(FINDINGS[f"file-{line.state}"])))
    if manifest.gap:
        say(phrase("evidence-gap", why=spoken(FINDINGS[manifest.gap])))


@group.command(help=helped("evidence-verify"))
def verify(file: Bundle, key: PublicText = "", root: RootFile = None, as_json: AsJson = False) -> None:
    from station.evidence.verify import verify_bundle
    from station.trust.chain import Trusted
    from station.trust.keys import PublicKey

    report = verify_bundle(file, PublicKey.from_text(key) if key else None, Trusted.load(root) if root else None)
    if as_json:
        items = [_plain(item) for item in report.items]
        put_json({"file": str(file), "crossing": report.crossing, "sound": report.is_sound, "items": items})
    else:
        for item in report.items:
            say(_line(item))
        if report.is_sound:
            counts = {"holds": report.count("holds"), "missing": report.count("missing")}
            say(phrase("evidence-sound", unchecked=report.count("not-checked"), **counts))
        else:
            say(phrase("evidence-unsound", fails=report.count("fails")))
    if not report.is_sound:
        finish(exits.FINDING)


@group.command(help=helped("evidence-weight"))
def weight(
    weight_id: WeightName, settings: Settings = None, journal: JournalPath = None, as_json: AsJson = False
) -> None:
    from station.evidence.weight_memory import stored_weight
    from station.settings.load import load

    source = journal or (load(settings).places.data if settings is not None else None)
    if source is None:
        raise typer.BadParameter(phrase("evidence-needs-source"))
    with _told_nearby(source, weight_id) as reader:
        found = stored_weight(reader, weight_id)
    record, fact, window = found.record, found.fact, found.window
    if as_json:
        told = {
            "weight_id": weight_id,
            "gross": window.mass,
            "spread": window.spread,
            "crossing": found.weight.crossing,
        }
        rows = {"record": record.seq, "record_hash": record.hash.hex(), "fact": fact.fseq, "fact_hash": fact.hash.hex()}
        when = {"utc_ms": record.utc_ms, "quality": record.quality}
        put_json({**told, **when, **rows, "zero": window.zero, "raw": window.raw, "whole": found.is_whole})
    else:
        mass = {"gross": kilograms(window.mass), "spread": kilograms(window.spread), "frames": window.frames}
        moment = f"{utc(record.utc_ms)} ({record.quality})"
        say(phrase("evidence-weight", weight=weight_id, time=moment, crossing=found.weight.crossing, **mass))
        for number, raw in enumerate(window.raw, start=1):
            say("  " + phrase("evidence-frame", number=number, raw=raw))
        hashes = {"record_hash": record.hash.hex(), "fact_hash": fact.hash.hex()}
        say(phrase("evidence-weight-rows", record=record.seq, fact=fact.fseq, **hashes))
        if not found.is_whole:
            say(phrase("evidence-weight-altered"))
    if not found.is_whole:
        finish(exits.FINDING)


@contextmanager
def _told_nearby(source: Path, thing: str) -> "Iterator[JournalReader]":
    """A reader of the journal; a refusal of what is not in it names the newest crossings that are."""
    from station.evidence.gather import newest_crossings
    from station.evidence.journal_source import opened
    from station.evidence.refusal import NotBundled

    with opened(source) as reader:
        try:
            yield reader
        except NotBundled as refused:
            seen = refused.seen
            if refused.cause.startswith("no-such"):
                seen = ", ".join(newest_crossings(reader, NEARBY))
            raise exits.Refused(exits.FINDING, refused.cause, thing, seen) from refused


def _plain(item: "Item") -> dict[str, str]:
    return {
        "part": item.part,
        "thing": item.thing,
        "verdict": item.verdict,
        "code": item.code,
        "seen": item.seen,
    }


def _line(item: "Item") -> str:
    why = spoken(FINDINGS[item.code]) if item.code in FINDINGS else cause(item.code)
    told = phrase(
        "evidence-item", verdict=spoken(VERDICTS[item.verdict]), part=spoken(PARTS[item.part]), thing=item.thing
    )
    line = ": ".join(part for part in (told, why, item.seen) if part)
    return "".join(letter if letter.isprintable() else "?" for letter in line[:MOST_SHOWN])
