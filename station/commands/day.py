"""`station day`: what this lane states about a day that is over, signed; to a file, or to the centre."""

import select
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, SettingsFile
from station.commands.output import put_json, say
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.courier.broker import Broker
    from station.messages.days import DayStatement
    from station.messages.topics import LaneTopics

Day = Annotated[str, typer.Option("--day", help=helped("day-day"))]
Out = Annotated[Path | None, typer.Option("--out", help=helped("day-out"))]
Send = Annotated[bool, typer.Option("--send", help=helped("day-send"))]
PATIENCE_S = 15.0


def day(settings: SettingsFile, day: Day = "", out: Out = None, send: Send = False, as_json: AsJson = False) -> None:
    from station.lane.courier_command import broker_of
    from station.messages.days import day_before, is_day
    from station.messages.topics import LaneTopics
    from station.settings.load import load
    from station.trust.keys import load_key
    from station.trust.signed import sign

    found = load(settings)
    now_ms = time.time_ns() // 1_000_000
    day = day or day_before(now_ms)
    if not is_day(day) or day > day_before(now_ms):
        raise typer.BadParameter(phrase("day-not-over", day=day), param_hint="--day")
    if send and found.link is None:
        raise exits.Refused(exits.CONFIGURATION, "settings-refused", str(settings), "[link]")
    key = load_key(found.trust.station_key)
    statement = stated(found.places.data, found.parameters.station, found.parameters.lane, day)
    signed = sign("day", statement, key).to_wire()
    if out is not None:
        _write(out, signed)
    if send and found.link is not None:
        topics = LaneTopics(statement.station, statement.lane)
        _send(broker_of(found.link), topics, signed)
    if as_json:
        put_json({"station": statement.station, "lane": statement.lane, "day": day, "records": statement.records})
        return
    words = {"station": statement.station, "lane": statement.lane, "day": day, "records": statement.records}
    say(phrase("day-stated", crossings=sum(end.n for end in statement.ends), **words))
    if send:
        say(phrase("day-sent"))


def stated(journal: Path, station: str, lane: str, day: str) -> "DayStatement":
    """The statement that follows from a journal. Raises Unreadable."""
    from station.journal.reader import JournalReader
    from station.messages.days import DayRow, bounds, state_day

    with JournalReader(journal) as reader:
        rows = reader.between(*bounds(day))
    return state_day(station, lane, day, (DayRow(*row) for row in rows))


def _write(out: Path, signed: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(signed + b"\n")
    except FileExistsError as error:
        raise exits.Refused(exits.IO, "file-exists", str(out)) from error


def _send(broker: "Broker", topics: "LaneTopics", signed: bytes) -> None:
    """To the broker, and until it has taken it. What gets lost behind it is sent again by the next call."""
    from station.courier.mqtt_link import Acknowledged, Down, MqttLink, Up

    link = MqttLink(broker, f"{topics.station}-{topics.lane}-day", [topics.receipt])
    poll = select.poll()
    poll.register(link.fileno(), select.POLLIN)
    deadline, failure = time.monotonic() + PATIENCE_S, "no answer"
    try:
        link.connect(broker.version)
        while time.monotonic() < deadline:
            poll.poll(200)
            for event in link.take():
                match event:
                    case Up():
                        link.publish(topics.day, signed)
                    case Acknowledged(failure=""):
                        return
                    case Acknowledged(failure=failure) | Down(reason=failure):
                        raise exits.Refused(exits.UNAVAILABLE, "no-answer", f"{broker.host}:{broker.port}", failure)
        raise exits.Refused(exits.UNAVAILABLE, "no-answer", f"{broker.host}:{broker.port}", failure)
    finally:
        link.close()
