"""Builds a lane from its settings: the only place that does. Nothing here decides anything about a truck."""

import hashlib
import ipaddress
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from drivers.contract.clock import now
from drivers.contract.plain import NotPlain, encode
from drivers.contract.quantities import Millis
from drivers.links.pass_through import address_of
from station.core.facts import Fact, InputRefused, LaneStarted, SettingsApplied
from station.core.state import CORE_VERSION, LaneState
from station.core.step import step
from station.courier.courier import command
from station.courier.database import CourierFileUnusable, delivered
from station.courier.eligible import EligibleTable
from station.courier.mqtt_link import Broker
from station.courier.settings import CourierSettings
from station.health.notify import Notifier, notifier_from, watchdog_from
from station.health.report import status_line, watch_for
from station.hosting.host import CATALOG_WORKER, BusSpec, Host, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.journal.folder import DataFolder, Mark
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.journal.recovery import Rebuilt, begin_afresh, rebuild
from station.journal.seal import Signer
from station.journal.store import Journal
from station.lane.act_socket import ActSocket
from station.lane.courier_process import CourierProcess
from station.lane.loop import LaneLoop
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.lane.ticket_stamp import TicketStamp
from station.lane.trust_files import TrustFiles, TrustPaths
from station.lane.wall_clock import SOURCES, WallClock
from station.settings.tables import Link, StationSettings
from station.trust.chain import Trusted
from station.trust.keys import PrivateKey, load_key
from station.trust.officers import Officers, read_officers
from station.trust.refusal import Untrusted
from station.vision import second_file
from station.vision.manifest import model_hashes
from station.vision.worker import PlateReaderSettings

VISION_WORKER = "station.vision.worker"
VISION_NICE = 5
"""Reading plates may wait; the boom may not."""

TURN_PATIENCE = Millis(200)


class SettingsRefused(Exception):
    """The settings are well-formed but this lane must not run with them; names the thing and the next step."""


@dataclass(slots=True)
class Lane:
    """A lane that runs: call `loop.turn` until `close`."""

    settings: StationSettings
    loop: LaneLoop
    host: Host
    journal: Journal
    close: Callable[[], None]


LoopClass = type[LaneLoop]


def utc_now_ms() -> int:
    """The wall clock in ms; whether it is right is `WallClock`'s question."""
    return time.time_ns() // 1_000_000


def build(settings: StationSettings, loop_class: LoopClass = LaneLoop, *, with_courier: bool = True) -> Lane:
    """Open journal, trust and sockets, start the workers, tell the lane that it has started.

    Raises SettingsRefused, Untrusted (keys), JournalUnwritable. `loop_class` lets a proof break a stage on purpose.
    """
    trusted = Trusted.load(settings.trust.root, settings.trust.centre)
    if trusted.is_demo:
        refuse_real_ports(settings)
    elif settings.clock == "assumed":
        raise SettingsRefused('lane.clock: "assumed" is for a bench with a demo root; next: set it to "kernel"')
    settings.places.run.mkdir(parents=True, exist_ok=True)
    folder = DataFolder(settings.places.data)
    key, unsigned = _station_key(settings)
    station, lane = settings.parameters.station, settings.parameters.lane
    signer = Signer(station, lane, key, utc_now_ms) if key is not None else None
    journal = Journal.open(folder.root, _delivered(folder), signer)
    rebuilt = remember(journal)
    clock = WallClock(SOURCES[settings.clock])
    host = ProcessHost()
    paths = TrustPaths(settings.trust.centre, settings.trust.officers, station)
    trust = TrustFiles(trusted, paths, rebuilt.state.trust, utc_now_ms)
    acts = ActSocket(settings.places.act_socket, trust.officers, utc_now_ms)
    personal_data, ledger, eligible = (
        PersonalData(folder.personal),
        Ledger(settings.places.ledger),
        EligibleTable(folder.root),
    )
    personal = PersonalKeeping(personal_data, settings.personal_days)
    courier = CourierProcess(courier_command(settings, trust)) if with_courier and settings.link is not None else None
    loop = loop_class(
        state=rebuilt.state,
        journal=journal,
        host=host,
        performer=Performer(
            host,
            eligible,
            ledger,
            personal,
            now,
            TicketStamp(journal, station, lane, key, utc_now_ms) if key is not None else None,
        ),
        courier=courier,
        acts=acts,
        clock=clock,
        personal=personal,
        now=now,
        trust=trust,
    )

    def close() -> None:
        loop.close()
        for part in (eligible, ledger, personal_data, journal):
            part.close()

    known = trust.look(now()) or []
    loop.begin([*_beginning(settings, journal, clock), *known, *_found(journal, rebuilt.lost), *unsigned])
    for spec in worker_specs(settings, folder):
        host.start(spec)
    return Lane(settings, loop, host, journal, close)


def _station_key(settings: StationSettings) -> tuple[PrivateKey | None, list[Fact]]:
    """The key that signs checkpoints and tickets. Without it the lane works on, unsigned, and says so."""
    try:
        return load_key(settings.trust.station_key), []
    except Untrusted as error:
        seen = f"no checkpoints, {error.reason}: {error.seen}"[:300]
        return None, [InputRefused(now(), "trust", str(settings.trust.station_key), seen, error.next_step)]


def remember(journal: Journal) -> Rebuilt:
    """The lane's memory. Facts that only another release can read, after going back to this one, are no reason to
    stay closed: the lane begins afresh, says so, and keeps every row.
    """
    try:
        return rebuild(journal.recover(), step)
    except NotPlain as error:
        return begin_afresh(journal.next_seq - 1, f"fact: {error}")


def worker_specs(settings: StationSettings, folder: DataFolder) -> list[WorkerSpec | BusSpec]:
    """One worker per link, that is per device or per bus with devices, and one for the eyes."""
    specs: list[WorkerSpec | BusSpec] = []
    for name, device in settings.devices.items():
        if not getattr(device, "bus", ""):
            specs.append(_device_spec(name, settings, folder))
    for bus, table in settings.buses.items():
        units = [name for name, device in settings.devices.items() if getattr(device, "bus", "") == bus]
        if units:
            specs.append(BusSpec(bus, table, tuple(_device_spec(name, settings, folder) for name in units)))
    if settings.vision is not None:
        vision = settings.vision
        template = str(vision.xray_template or "")
        reader = PlateReaderSettings(
            "plate-reader", str(vision.manifest), vision.ceiling_mib, vision.second_reader, template
        )
        specs.append(WorkerSpec(vision.device, VISION_WORKER, reader.kind, reader, folder.evidence, VISION_NICE))
    return specs


def _device_spec(name: str, settings: StationSettings, folder: DataFolder) -> WorkerSpec:
    device = settings.devices[name]
    return WorkerSpec(
        name,
        CATALOG_WORKER,
        str(getattr(device, "kind", "")),
        device,
        folder.evidence,
        record=folder.recording(name) if settings.flight_recorder else None,
        record_size=settings.flight_recorder,
    )


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


def courier_command(settings: StationSettings, trust: TrustFiles) -> Callable[[int], list[str]]:
    """The command line of this lane's courier, given its end of the wire; made anew for each start."""
    link = settings.link
    if link is None:
        raise SettingsRefused("link: a courier needs one; next: add a [link] table")

    broker = broker_of(link)
    data = str(settings.places.data)
    parameters, files = settings.parameters, settings.trust
    plain = CourierSettings(parameters.station, parameters.lane, data, data, str(files.root), str(files.centre), broker)

    def made(fileno: int) -> list[str]:
        seen = trust.memory
        return command(encode(replace(plain, revoked=seen.revoked, numbers=seen.statements)), fileno)

    return made


def refuse_real_ports(settings: StationSettings) -> None:
    """A demo root drives pseudo-terminals and loopback addresses only. Raises SettingsRefused."""
    tables = (("device", settings.devices), ("bus", settings.buses))
    for where, table in ((f"{kind}.{name}", table) for kind, named in tables for name, table in named.items()):
        ports = _texts(table, "port", "pass_to_port")
        for port in (port for port in ports if "://" not in port):
            if _is_real_port(port):
                raise SettingsRefused(f"{where}: {port} is a real port; next: provision a real root first")
        urls = [*_texts(table, "url"), *(port for port in ports if "://" in port)]
        hosts = [*_texts(table, "host"), *(urlsplit(url).hostname or "no host" for url in urls)]
        for host in [*hosts, *(address_of(repeated)[0] for repeated in _texts(table, "pass_to_tcp"))]:
            if not _is_loopback(host):
                raise SettingsRefused(f"{where}: {host} is no loopback address; next: provision a real root first")


def _texts(table: object, *keys: str) -> list[str]:
    """What a device's settings say under `keys`, as far as it is a text."""
    return [text for key in keys if isinstance(text := getattr(table, key, ""), str) and text]


def _is_real_port(port: str) -> bool:
    """Also one that is not plugged in yet."""
    real = os.path.realpath(port)
    return not real.startswith("/dev/pts/") and (real.startswith("/dev/") or Path(real).exists())


def read_current_officers(settings: StationSettings, trusted: Trusted) -> Officers:
    """The officers' file as it is now, for commands; a lane also asks its memory (`TrustFiles`). Raises Untrusted."""
    try:
        data = settings.trust.officers.read_bytes()
    except OSError as error:
        raise Untrusted("key-file-missing", f"{settings.trust.officers}: {error.strerror}") from error
    return read_officers(data, trusted, settings.parameters.station, utc_now_ms())


def rules_sha256() -> str:
    """The hash of the code that decides: every file of `station.core`, by name."""
    digest = hashlib.sha256()
    for file in sorted(resources.files("station.core").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".py"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def run(settings: StationSettings, notifier: Notifier | None = None) -> int:
    """Run a lane until SIGTERM or SIGINT. Returns the exit status."""
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    tell = notifier or notifier_from(os.environ)
    watch = watch_for(watchdog_from(os.environ))
    lane = build(settings)
    try:
        lane.loop.turn(Millis(0))
        tell.ready(_status(lane.loop.state))
        said = ""
        while not stopping:
            turned = lane.loop.turn(TURN_PATIENCE)
            watch, feed = watch.after(turned)
            if feed:
                tell.watchdog()
            status = _status(lane.loop.state)
            if status != said:
                tell.status(status)
                said = status
    finally:
        tell.stopping("closing")
        lane.close()
    return 0


def _status(state: LaneState) -> str:
    return status_line(state.mode, state.phase, [device.name for device in state.devices if not device.fit])


def _beginning(settings: StationSettings, journal: Journal, clock: WallClock) -> list[Fact]:
    tick = now()
    told = clock.fact(tick)
    if told is None:
        raise AssertionError("a wall clock that was never asked always has something to say")
    models = _models(settings)
    started = LaneStarted(
        tick, told.utc_ms, told.quality, CORE_VERSION, journal.epoch, rules_sha256(), settings.sha256, models
    )
    return [started, SettingsApplied(tick, settings.parameters)]


def _models(settings: StationSettings) -> tuple[tuple[str, str], ...]:
    """(name, sha256) of every model that the lane's eyes may use; whether the files fit, the worker says."""
    if settings.vision is None:
        return ()
    second = ((second_file.NAME, second_file.SHA256),) if settings.vision.second_reader else ()
    return (*model_hashes(settings.vision.manifest), *second)


def _delivered(folder: DataFolder) -> Mark | None:
    """How far the centre has the journal, as the courier knows; None if it cannot say (it names its own faults)."""
    try:
        found = delivered(folder.root)
    except CourierFileUnusable:
        return None
    if found is None:
        return None
    epoch, seq, digest = found
    return Mark(epoch, seq, 0, digest.hex())


def _found(journal: Journal, lost: str) -> list[Fact]:
    """What start-up found that somebody must know: a journal set aside, a memory that could not be rebuilt."""
    facts: list[Fact] = []
    opening = journal.opening
    if opening.kind in ("missing", "corrupt"):
        next_step = "keep the quarantined file for the centre's investigation"
        facts.append(
            InputRefused(now(), "journal", str(opening.quarantined or "journal.db"), opening.detail, next_step)
        )
    if lost:
        facts.append(InputRefused(now(), "journal", "snapshot", lost, "compare the software versions"))
    return facts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
