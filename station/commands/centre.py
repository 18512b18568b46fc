"""`station centre`: the receiving centre, and what its people ask and publish."""

import signal
import threading
import time
import tomllib
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from station.commands import exits
from station.commands.centre_evidence import evidence as evidence_files
from station.commands.decide import decide
from station.commands.options import AsJson, finish
from station.commands.output import put_json, say, table, utc
from station.commands.propose import propose
from station.commands.words import helped, phrase
from station.words.meanings import record_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from station.centre.settings import CentreSettings
    from station.centre.store import CentreStore

Settings = Annotated[Path | None, typer.Option("--settings", help=helped("centre-settings"))]
Database = Annotated[str, typer.Option("--database", help=helped("centre-database"))]
KeyFile = Annotated[Path | None, typer.Option("--key", help=helped("centre-key"))]
Stations = Annotated[list[str] | None, typer.Option("--station", help=helped("centre-stations"))]
StationKeys = Annotated[list[str] | None, typer.Option("--station-key", help=helped("centre-station-keys"))]
Evidence = Annotated[Path | None, typer.Option("--evidence", help=helped("centre-evidence-folder"))]
Host = Annotated[str, typer.Option("--host", help=helped("broker-host"))]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=helped("broker-port"))]
Version = Annotated[Literal["5", "3.1.1"], typer.Option("--mqtt", help=helped("broker-version"))]
Station = Annotated[str, typer.Option("--station", help=helped("centre-station"), show_default=False)]
Lane = Annotated[str, typer.Option("--lane", help=helped("centre-lane"), show_default=False)]
Office = Annotated[str, typer.Option("--office", help=helped("centre-office"), show_default=False)]

_KEYS = "station.centre.keys"

group = typer.Typer(help=helped("centre"), invoke_without_command=True)


group.command("decide", help=helped("centre-decide"))(decide)
group.command("propose-settings", help=helped("centre-propose"))(propose)
group.command("evidence", help=helped("centre-evidence"))(evidence_files)


@group.callback()
def centre(
    context: typer.Context,
    settings: Settings = None,
    database: Database = "sqlite:///centre.db",
    key: KeyFile = None,
    station: Stations = None,
    station_key: StationKeys = None,
    evidence: Evidence = None,
    host: Host = "127.0.0.1",
    port: Port = 1883,
    mqtt: Version = "5",
) -> None:
    given = read_settings(settings) if settings is not None else None
    context.obj = given.database if given is not None else database
    context.meta[_KEYS] = given.station_keys if given is not None else tuple(map(_station_key, station_key or ()))
    if context.invoked_subcommand is not None:
        return
    from station.centre.settings import CentreSettings
    from station.courier.broker import Broker

    if given is not None:
        run(given)
    elif key is None or not station:
        raise typer.BadParameter(phrase("centre-needs"))
    else:
        keys = context.meta[_KEYS]
        folder = "" if evidence is None else str(evidence)
        broker = Broker(host, port, mqtt)
        run(CentreSettings(database, str(key), tuple(station), broker, station_keys=keys, evidence=folder))


def _station_key(text: str) -> tuple[str, str]:
    """`STATION:KEY` as CentreSettings takes it. Raises Untrusted for what is no public key."""
    from station.trust.keys import PublicKey

    station, _, key = text.partition(":")
    return station, PublicKey.from_text(key).text


def run(settings: "CentreSettings") -> None:
    """Receive and answer until SIGTERM or SIGINT."""
    from station.centre.running import run_centre
    from station.health.log_lines import log_as_json

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log_as_json()
    run_centre(settings, stop)


def read_settings(file: Path) -> "CentreSettings":
    """CentreSettings as TOML: their fields, and a table [broker]. Paths count from the file. Raises Refused."""
    from drivers.contract.plain import NotPlain, read_as
    from station.centre.settings import CentreSettings

    try:
        body: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        broker = {**body.pop("broker", {}), "is": "Broker"}
        settings = read_as(CentreSettings, {**body, "broker": broker, "is": "CentreSettings"})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, NotPlain, TypeError) as error:
        raise exits.Refused(exits.CONFIGURATION, "settings-refused", str(file), str(error)) from error
    folder = file.parent.absolute()
    evidence = str(folder / settings.evidence) if settings.evidence else ""
    return replace(settings, key_file=str(folder / settings.key_file), evidence=evidence)


@group.command("publish-list", help=helped("centre-publish-list"))
def publish_list(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=helped("centre-list-files"), show_default=False)],
    station: Station,
    office: Office,
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher

    try:
        entries = tuple(entry for file in files for entry in publisher.read_entries(file.read_bytes(), str(file)))
    except publisher.ListFaulty as error:
        raise exits.Refused(exits.FINDING, "list-faulty", "", str(error)) from error
    with _store(context) as store:
        number = publisher.publish_list(store, station, office, entries, _now_ms())
    if as_json:
        put_json({"station": station, "list": number, "entries": len(entries)})
    else:
        say(phrase("list-published", number=number, entries=len(entries), station=station))


@group.command("suspend", help=helped("centre-suspend"))
def suspend(
    context: typer.Context,
    declaration: Annotated[str, typer.Argument(help=helped("centre-declaration"), show_default=False)],
    station: Station,
    lift: Annotated[bool, typer.Option("--lift", help=helped("centre-lift"))] = False,
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher

    with _store(context) as store:
        number = publisher.publish_suspension(store, station, declaration, _now_ms(), lifted=lift)
    if as_json:
        put_json({"station": station, "declaration": declaration, "lifted": lift, "number": number})
    else:
        say(phrase("suspension-published", number=number, declaration=declaration, station=station))


@group.command("publish-watchlist", help=helped("centre-publish-watchlist"))
def publish_watchlist(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=helped("centre-watchlist-file"), show_default=False)],
    station: Station,
    watch_key: Annotated[Path, typer.Option("--watch-key", help=helped("centre-watch-key"), show_default=False)],
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher
    from station.trust.watching import WatchKey

    key = WatchKey.load(watch_key)
    marks = [key.mark(line) for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    with _store(context) as store:
        number = publisher.publish_watchlist(store, station, key.key_id, marks, _now_ms())
    if as_json:
        put_json({"station": station, "watchlist": number})
    else:
        say(phrase("watchlist-published", number=number, station=station))


@group.command("publish-rules", help=helped("centre-publish-rules"))
def publish_rules(
    context: typer.Context,
    values: Annotated[list[str], typer.Argument(help=helped("centre-rules"), show_default=False)],
    station: Station,
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher
    from station.core.ruling import fault_of

    named = [(name, int(text)) for name, _, text in (value.partition("=") for value in values) if text.isdecimal()]
    fault = fault_of(named) if len(dict(named)) == len(values) else "malformed"
    if fault:
        raise exits.Refused(exits.FINDING, fault, " ".join(values))
    with _store(context) as store:
        number = publisher.publish_rules(store, station, named, _now_ms())
    if as_json:
        put_json({"station": station, "rules": number, "values": dict(named)})
    else:
        say(phrase("rules-published", number=number, station=station, count=len(named)))


@group.command("make-watch-key", help=helped("centre-make-watch-key"))
def make_watch_key(
    file: Annotated[Path, typer.Argument(help=helped("keys-new-file"), show_default=False)], as_json: AsJson = False
) -> None:
    from station.trust import watching

    try:
        key_id = watching.make_watch_key(file).key_id
    except FileExistsError as error:
        raise exits.Refused(exits.NOT_PERMITTED, "file-exists", str(file)) from error
    if as_json:
        put_json({"file": str(file), "key_id": key_id})
    else:
        say(phrase("watch-key-written", file=file, key_id=key_id))


@group.command("export", help=helped("centre-export"))
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=helped("centre-export-file"), show_default=False)],
    station: Station,
    key: Annotated[Path, typer.Option("--key", help=helped("centre-key"), show_default=False)],
    valid_hours: Annotated[int, typer.Option("--valid-hours", min=1, max=168, help=helped("centre-valid-hours"))] = 24,
    lane: Annotated[str, typer.Option("--lane", help=helped("centre-export-lane"))] = "",
    as_json: AsJson = False,
) -> None:
    import hashlib

    from station.centre.export import signed_lines
    from station.trust.keys import load_key

    with _store(context) as store:
        lines = signed_lines(store, station, load_key(key), _now_ms(), valid_hours * 3_600_000, lane)
    data = b"".join(line + b"\n" for line in lines)
    with file.open("xb") as opened:
        opened.write(data)
    sha256 = hashlib.sha256(data).hexdigest()
    if as_json:
        put_json({"file": str(file), "items": len(lines), "sha256": sha256})
    else:
        say(phrase("exported", file=file, count=len(lines), sha256=sha256))


@group.command("records", help=helped("centre-records"))
def records(
    context: typer.Context,
    station: Station,
    lane: Lane,
    since: Annotated[int, typer.Option("--since", min=0, help=helped("since"))] = 0,
    crossing: Annotated[str, typer.Option("--crossing", help=helped("centre-crossing"))] = "",
    test: Annotated[bool | None, typer.Option("--test/--no-test", help=helped("centre-test"))] = None,
    as_json: AsJson = False,
) -> None:
    with _store(context) as store:
        for row in _records(store, station, lane, since, crossing, test):
            if as_json:
                put_json(row)
            else:
                line = f"{row['seq']:>6}  {utc(row['utc_ms'])}  {row['type']:<20} {record_type(row['type'])}"
                say(f"{line}: {row['subject'] or '-'}  {row['hash'][:16]}")


@group.command("alarms", help=helped("centre-alarms"))
def alarms(context: typer.Context, as_json: AsJson = False) -> None:
    from station.centre import queries

    with _store(context) as store:
        found = queries.alarms(store)
    if as_json:
        for alarm in found:
            put_json(asdict(alarm))
        return
    rows = [
        [f"{alarm.station}/{alarm.lane}", f"{alarm.epoch}/{alarm.seq}", alarm.code, alarm.detail, str(alarm.times)]
        for alarm in found
    ]
    headings = [phrase(key) for key in ("lane", "record", "alarm", "detail", "times")]
    table(phrase("centre-alarms", count=len(rows)), headings, rows)


@group.command("lanes", help=helped("centre-lanes"))
def lanes(context: typer.Context, as_json: AsJson = False) -> None:
    from station.centre.lane_states import standings
    from station.commands.lane_states import tell_lanes

    with _store(context) as store:
        found = standings(store)
    tell_lanes(found, as_json=as_json)


@group.command("reconcile", help=helped("centre-reconcile"))
def reconcile(
    context: typer.Context,
    day: Annotated[str, typer.Option("--day", help=helped("centre-day"))] = "",
    statement: Annotated[list[Path] | None, typer.Option("--statement", help=helped("centre-statements"))] = None,
    as_json: AsJson = False,
) -> None:
    from station.centre.days import Days
    from station.centre.enrolled import Enrolled
    from station.centre.reconciling import reconcile as reconciled
    from station.commands.reconciling import tell
    from station.messages.days import day_before, is_day

    day = day or day_before(_now_ms())
    if not is_day(day) or day > day_before(_now_ms()):
        raise typer.BadParameter(phrase("day-not-over", day=day), param_hint="--day")
    with _store(context) as store:
        days = Days(store, Enrolled(store, (), context.meta[_KEYS]).keys_of)
        for file in statement or ():
            days.receive(file.read_bytes().strip(), _now_ms())
        found = reconciled(days, day, _now_ms())
    tell(day, found, as_json=as_json)
    if any(one.verdict != "agrees" for one in found):
        finish(exits.FINDING)


def _records(
    store: "CentreStore", station: str, lane: str, after: int, crossing: str, test: bool | None
) -> "Iterator[dict[str, Any]]":
    from drivers.contract.plain import NotPlain, parse
    from station.centre import queries

    while rows := queries.records(store, station, lane, after_seq=after, crossing=crossing, test=test):
        for row in rows:
            try:
                body = parse(row.body)
            except NotPlain:
                body = row.body.decode(errors="replace")
            yield {
                "epoch": row.epoch,
                "seq": row.seq,
                "type": row.type,
                "version": row.version,
                "utc_ms": row.utc_ms,
                "subject": row.subject,
                "hash": row.hash.hex(),
                "body": body,
            }
        after = rows[-1].seq


@contextmanager
def _store(context: typer.Context) -> "Iterator[CentreStore]":
    """The centre's database for one command."""
    from station.centre.store import CentreStore

    store = CentreStore(context.obj)
    try:
        yield store
    finally:
        store.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
