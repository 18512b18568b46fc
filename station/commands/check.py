"""`station check`: everything that is wrong with a settings file and the files it names, at once; and what it lacks."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import complain, put_json, say
from station.commands.words import helped, phrase
from station.words import language

if TYPE_CHECKING:
    from station.settings.tables import StationSettings

File = Annotated[Path, typer.Argument(help=helped("check-file"), show_default=False)]


def check(file: File, as_json: AsJson = False) -> None:
    from station.commands.refusing import as_line, as_place, as_plain
    from station.settings.load import absences, cautions, load, open_passwords

    settings = load(file)
    faults = open_passwords(file)
    found = list(findings(file, settings))
    cautioned = (*cautions(file), *absences(file))
    if as_json:
        put_json(
            {
                "faults": [as_place(fault) for fault in faults],
                "refused": [as_plain(refused) for refused in found],
                "cautions": [as_place(caution) for caution in cautioned],
            }
        )
    else:
        for told in (*cautioned, *faults):
            complain(told.text(language.language()))
        for refused in found:
            complain(as_line(refused))
    if faults or found:
        finish(exits.CONFIGURATION)
    if not as_json:
        say(phrase("check-ok", file=file))


def findings(file: Path, settings: "StationSettings") -> Iterator[exits.Refused]:
    """What is wrong beyond the file itself: keys, officers, models, ports."""
    yield from _trust(file, settings)
    yield from _models(settings)
    yield from _second_reader(settings)
    yield from _xray_template(settings)


def _trust(file: Path, settings: "StationSettings") -> Iterator[exits.Refused]:
    from station.commands.trust_station import trusted_of
    from station.lane import assembly
    from station.lane.refusal import SettingsRefused
    from station.trust.ceremony import accepted_file, check, load_accepted
    from station.trust.keys import load_key
    from station.trust.refusal import Untrusted

    def untrusted(error: Untrusted) -> exits.Refused:
        return exits.Refused(exits.CONFIGURATION, error.reason, str(file), error.seen)

    try:
        load_key(settings.trust.station_key)
    except Untrusted as error:
        yield untrusted(error)
    try:
        trusted = trusted_of(settings)
    except Untrusted as error:
        yield untrusted(error)
        return
    try:
        assembly.read_current_officers(settings, trusted)
    except Untrusted as error:
        yield untrusted(error)
    try:
        if not trusted.is_demo:
            check(load_accepted(accepted_file(settings.trust.root)), trusted, settings.parameters.station)
    except Untrusted as error:
        yield untrusted(error)
    try:
        if trusted.is_demo:
            assembly.refuse_real_ports(settings)
    except SettingsRefused as error:
        seen, _, next_step = str(error).partition("; next: ")
        yield exits.Refused(exits.CONFIGURATION, "settings-refused", str(file), seen, next_step=next_step)
    if settings.clock == "assumed" and not trusted.is_demo:
        yield exits.Refused(exits.CONFIGURATION, "clock-assumed", str(file))


def _models(settings: "StationSettings") -> Iterator[exits.Refused]:
    from drivers.contract.faults import DeviceFault
    from station.vision.manifest import load_model_entry, model_hashes

    if settings.vision is None:
        return
    manifest = settings.vision.manifest
    try:
        for name, _ in model_hashes(manifest):
            load_model_entry(manifest, name)
    except DeviceFault as error:
        fault = error.fault
        yield exits.Refused(exits.CONFIGURATION, fault.code, fault.thing, fault.seen, fault.next_step)


def _second_reader(settings: "StationSettings") -> Iterator[exits.Refused]:
    from drivers.contract.faults import DeviceFault
    from station.vision import second_file

    if settings.vision is None or not settings.vision.second_reader:
        return
    try:
        second_file.installed_entry()
    except second_file.NotInstalled as error:
        yield exits.Refused(exits.CONFIGURATION, "second-reader-missing", "vision.second_reader", str(error))
    except DeviceFault as error:
        yield exits.Refused(exits.CONFIGURATION, "second-reader-altered", "vision.second_reader", error.fault.seen)


def _xray_template(settings: "StationSettings") -> Iterator[exits.Refused]:
    from station.vision.xray_template import TemplateRefused, read_template

    if settings.vision is None or settings.vision.xray_template is None:
        return
    template = settings.vision.xray_template
    try:
        read_template(template)
    except TemplateRefused as error:
        yield exits.Refused(exits.CONFIGURATION, error.cause, error.thing, error.seen)
    except OSError as error:
        yield exits.Refused(exits.CONFIGURATION, "template-missing", str(template), error.strerror or str(error))
