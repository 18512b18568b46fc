"""How a lane starts its courier: the settings of the link, and what the lane remembers of whom to believe."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drivers.contract.plain import encode
from station.courier.broker import Broker
from station.courier.settings import CourierSettings, command
from station.journal.folder import DataFolder
from station.lane.refusal import SettingsRefused
from station.lane.trust_files import TrustFiles
from station.settings.tables import Link, StationSettings
from station.trust.watching import WatchKey


def broker_of(link: Link) -> Broker:
    """The centre's broker as the settings name it."""

    def name(path: Path | None) -> str:
        return str(path) if path is not None else ""

    return Broker(
        link.host,
        link.port,
        link.version,
        link.keepalive,
        name(link.ca),
        name(link.cert),
        name(link.key),
        link.user,
        name(link.password),
    )


def courier_command(
    settings: StationSettings, trust: TrustFiles, marking: WatchKey | None = None
) -> Callable[[int], list[str]]:
    """The command line of this lane's courier, given its end of the wire; made anew for each start."""
    link = settings.link
    if link is None:
        raise SettingsRefused("link: a courier needs one; next: add a [link] table")

    broker = broker_of(link)
    data = str(settings.places.data)
    parameters, files = settings.parameters, settings.trust
    folder = DataFolder(settings.places.data)
    plain = CourierSettings(
        parameters.station,
        parameters.lane,
        data,
        data,
        str(files.root),
        str(files.centre),
        broker,
        arrived_file=str(folder.statement),
        arrived_officers=str(folder.officers),
        watch_key_id=marking.key_id if marking is not None else "",
        settings_sha256=settings.sha256,
    )

    def made(fileno: int) -> list[str]:
        seen = trust.memory
        known = replace(plain, revoked=seen.revoked, numbers=seen.statements, officers_number=seen.officers_number)
        return command(encode(replace(known, serial=seen.serial, statement_sha256=seen.statement_sha256)), fileno)

    return made
