"""`station devices`: what the station can drive, what is plugged in, and each device by itself."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, SettingsFile, finish
from station.commands.output import put_json, say, table
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from drivers.contract.recording import Recorder
    from station.commands.device_lines import DeviceLines
    from station.commands.device_session import Chosen

group = typer.Typer(help=helped("devices"), no_args_is_help=True)

MaySettings = Annotated[Path | None, typer.Option("--settings", help=helped("devices-settings"))]
Device = Annotated[str, typer.Argument(help=helped("devices-device"), show_default=False)]
Seconds = Annotated[float, typer.Option("--seconds", min=0, help=helped("devices-seconds"))]
MayAct = Annotated[bool, typer.Option("--may-act", help=helped("devices-may-act"))]
Markdown = Annotated[bool, typer.Option("--markdown", help=helped("devices-markdown"))]
Port = Annotated[str, typer.Argument(help=helped("devices-port"))]
Bauds = Annotated[list[int] | None, typer.Option("--baud", help=helped("devices-bauds"))]
NewFile = Annotated[Path, typer.Argument(help=helped("devices-new-file"), show_default=False)]
Recording = Annotated[Path, typer.Argument(help=helped("devices-recording"), show_default=False)]
Kind = Annotated[str, typer.Option("--kind", help=helped("devices-kind"))]
Changes = Annotated[list[str] | None, typer.Option("--set", help=helped("devices-set"))]
AtPace = Annotated[bool, typer.Option("--at-pace", help=helped("devices-at-pace"))]
WithBytes = Annotated[bool, typer.Option("--bytes", help=helped("devices-bytes"))]


@group.command("list", help=helped("devices-list"))
def list_devices(settings: MaySettings = None, markdown: Markdown = False, as_json: AsJson = False) -> None:
    from station.commands import device_table
    from station.settings.load import load

    configured = load(settings) if settings is not None else None
    if markdown:
        device_table.say_markdown()
    elif as_json:
        devices = device_table.devices_as_plain(configured) if configured else []
        put_json({"kinds": device_table.kinds_as_plain(), "devices": devices})
    else:
        device_table.tell_kinds()
        if configured:
            say()
            device_table.tell_devices(configured)


@group.command(help=helped("devices-scan"))
def scan(port: Port = "", seconds: Seconds = 1.5, baud: Bauds = None, as_json: AsJson = False) -> None:
    if port:
        _listen(port, baud or [], seconds, as_json=as_json)
    else:
        _ports(as_json=as_json)


@group.command("test", help=helped("devices-test"))
def try_out(
    device: Device, settings: SettingsFile, seconds: Seconds = 5, may_act: MayAct = False, as_json: AsJson = False
) -> None:
    from station.commands.device_session import built, run

    chosen = _free(settings, device, may_act=may_act)
    lines = _lines(chosen, as_json=as_json)
    with built(chosen, None) as driver:
        is_well = run(driver, chosen, lines, seconds, again=False)
    if not as_json:
        say(phrase("devices-well" if is_well else "devices-unwell", device=device))
    if not is_well:
        finish(exits.FINDING)


def _heed_interrupts() -> None:
    """Ctrl-C, or the signal of a script: a shell begins its background jobs with it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@group.command(help=helped("devices-watch"))
def watch(
    device: Device, settings: SettingsFile, seconds: Seconds = 0, may_act: MayAct = False, as_json: AsJson = False
) -> None:
    from station.commands.device_replay import follow
    from station.commands.device_session import built, choose, lane_of, require_free, run
    from station.journal.folder import DataFolder
    from station.settings.load import load

    known = load(settings)
    chosen = choose(known, device)
    lines = _lines(chosen, as_json=as_json)
    _heed_interrupts()
    try:
        if lane_of(known):
            folder = DataFolder(known.places.data).recording(device)
            if not (known.flight_recorder and chosen.spec.is_recordable and folder.is_dir()):
                raise exits.Refused(exits.NOT_PERMITTED, "not-recorded", device, lane_of(known))
            follow(chosen.spec, chosen.settings, folder, lines, seconds)
            return
        require_free(known, chosen, may_act=may_act)
        with built(chosen, lines) as driver:
            run(driver, chosen, lines, seconds, again=True)
    except KeyboardInterrupt:
        return


@group.command(help=helped("devices-record"))
def record(
    device: Device,
    file: NewFile,
    settings: SettingsFile,
    seconds: Seconds = 0,
    may_act: MayAct = False,
    as_json: AsJson = False,
) -> None:
    from drivers.contract.clock import now
    from drivers.contract.plain import encode
    from drivers.links.flight_recorder import RecordingFile, about
    from station.commands.device_session import built, run

    chosen = _free(settings, device, may_act=may_act)
    if not chosen.spec.is_recordable:
        raise exits.Refused(exits.NOT_PERMITTED, "never-recorded", device, chosen.spec.protocol)
    if file.exists():
        raise exits.Refused(exits.IO, "recording-exists", str(file))
    kept = RecordingFile(file, now)
    _heed_interrupts()
    try:
        kept.note("#", about(device, encode(chosen.settings).decode()).encode())
        with built(chosen, kept) as driver:
            run(driver, chosen, _lines(chosen, as_json=as_json), seconds, again=True)
    except KeyboardInterrupt:
        pass
    finally:
        kept.close()
    if not as_json:
        say(phrase("devices-recorded-to", file=file, size=kept.size))


@group.command(help=helped("devices-play"))
def play(
    recording: Recording,
    kind: Kind = "",
    changes: Changes = None,
    at_pace: AtPace = False,
    with_bytes: WithBytes = False,
    as_json: AsJson = False,
) -> None:
    from drivers.links.played_link import PlayedLink
    from station.commands import device_replay
    from station.commands.device_lines import DeviceLines

    entries = device_replay.entries_of(recording)
    spec, settings = device_replay.device_of(entries, recording, kind, changes or [])
    link = PlayedLink(entries, recording.name, at_pace=at_pace)
    lines = DeviceLines(link.clock, spec, as_json=as_json)
    shown: Recorder | None = lines if with_bytes else None
    if not device_replay.play(spec, settings, link, lines, shown):
        finish(exits.FINDING)


def _free(settings: Path, device: str, *, may_act: bool) -> "Chosen":
    from station.commands.device_session import choose, require_free
    from station.settings.load import load

    known = load(settings)
    chosen = choose(known, device)
    require_free(known, chosen, may_act=may_act)
    return chosen


def _lines(chosen: "Chosen", *, as_json: bool) -> "DeviceLines":
    from drivers.contract.clock import now
    from station.commands.device_lines import DeviceLines

    return DeviceLines(now, chosen.spec, as_json=as_json)


def _ports(*, as_json: bool) -> None:
    from drivers.links.serial_ports import holders, may_move, serial_ports
    from station.commands.device_ports import told_holder

    found = [(port, [told_holder(holder) for holder in holders(port.name)]) for port in serial_ports()]
    if as_json:
        put_json(
            [
                {
                    "port": port.name,
                    "by_id": port.by_id,
                    "by_path": port.by_path,
                    "proposed": port.proposed,
                    "may_move": may_move(port.proposed),
                    "held_by": held,
                }
                for port, held in found
            ]
        )
        return
    heads = ("devices-port", "devices-by-id", "devices-by-path", "devices-proposed", "devices-held", "devices-advice")
    rows = [
        [
            port.name,
            port.by_id or "-",
            port.by_path or "-",
            port.proposed,
            ", ".join(held) or "-",
            phrase("devices-may-move") if may_move(port.proposed) else "",
        ]
        for port, held in found
    ]
    table(phrase("devices-ports", count=len(rows)), [phrase(head) for head in heads], rows)


def _listen(port: str, bauds: list[int], seconds: float, *, as_json: bool) -> None:
    from station.commands.device_lines import as_hex
    from station.commands.device_ports import USUAL_BAUDS, listen

    is_understood = False
    for heard in listen(port, bauds or USUAL_BAUDS, seconds):
        is_understood |= bool(heard.understood_by)
        if as_json:
            put_json(
                {
                    "baud": heard.baud,
                    "bytes": heard.count,
                    "sample": heard.sample.hex(),
                    "hint": heard.hint,
                    "understood_by": list(heard.understood_by),
                }
            )
            continue
        shown = as_hex(heard.sample) if heard.sample else phrase("devices-hidden-sample") if heard.count else ""
        say(phrase("devices-heard", baud=heard.baud, count=heard.count) + shown)
        for kind in heard.understood_by:
            say("  " + phrase("devices-understood", kind=kind))
    if not is_understood:
        if not as_json:
            say(phrase("devices-not-understood"))
        finish(exits.FINDING)
