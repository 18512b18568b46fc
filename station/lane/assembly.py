"""Builds a lane from its settings: the only place that does. Nothing here decides anything about a truck."""

import hashlib
import ipaddress
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from drivers.contract.clips import RingSettings
from drivers.contract.clock import now
from drivers.contract.plain import NotPlain
from drivers.contract.quantities import Millis
from drivers.links.pass_through import address_of
from station.core.facts import Fact, InputRefused, LaneStarted, SettingsApplied
from station.core.state import CORE_VERSION, LaneState
from station.core.step import step
from station.courier.database import CourierFileUnusable, delivered
from station.courier.eligible import EligibleTable
from station.health.notify import Notifier, notifier_from, watchdog_from
from station.health.report import status_line, watch_for
from station.hosting.host import CATALOG_WORKER, BusSpec, Host, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.journal.engine import translated
from station.journal.folder import DataFolder, Mark, make_folder
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.journal.recovery import Rebuilt, begin_afresh, rebuild
from station.journal.refusals import JournalUnwritable
from station.journal.seal import Signer
from station.journal.store import Journal
from station.lane.act_socket import ActSocket
from station.lane.copying import SecondCopies
from station.lane.courier_command import courier_command
from station.lane.courier_process import CourierProcess
from station.lane.disk_watch import DiskWatch
from station.lane.evidence_files import EvidenceFiles
from station.lane.evidence_keeping import EvidenceKeeping
from station.lane.loop import LaneLoop
from station.lane.own_keys import station_key, watch_key
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping, ordered_before
from station.lane.provisioned import root_facts, station_key_facts
from station.lane.refusal import SettingsRefused
from station.lane.second_copy import CopySettings
from station.lane.ticket_stamp import TicketStamp
from station.lane.trust_files import TrustFiles, TrustPaths
from station.lane.wall_clock import SOURCES, WallClock
from station.settings.tables import StationSettings
from station.trust.chain import Trusted
from station.trust.officers import Officers, read_officers
from station.trust.refusal import Untrusted
from station.vision import second_file
from station.vision.manifest import model_hashes
from station.vision.worker import PlateReaderSettings

VISION_WORKER = "station.vision.worker"
VISION_NICE = 5
"""Reading plates may wait; the boom may not."""

TURN_PATIENCE = Millis(200)


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
    trusted = Trusted.load(settings.trust.root)
    if trusted.is_demo:
        refuse_real_ports(settings)
    elif settings.clock == "assumed":
        raise SettingsRefused('lane.clock: "assumed" is for a bench with a demo root; next: set it to "kernel"')
    settings.places.run.mkdir(parents=True, exist_ok=True)
    folder = DataFolder(settings.places.data)
    key, unsigned = station_key(settings)
    station, lane = settings.parameters.station, settings.parameters.lane
    marking, unmarked = watch_key(settings)
    signer = Signer(station, lane, key, utc_now_ms) if key is not None else None
    with translated(JournalUnwritable, folder.journal):
        make_folder(folder.root)
        watch = DiskWatch(folder.root, settings.keeping.reserve_size)  # on a full disk the journal needs the reserve
    delivered_mark = _delivered(folder)
    journal = Journal.open(folder.root, delivered_mark, signer)
    rebuilt = remember(journal)
    files = EvidenceFiles(folder.root)
    watch.level = rebuilt.state.disk
    evidence = EvidenceKeeping(watch, files, settings.keeping, watch.level, _had_by_centre(settings, delivered_mark))
    accepted = _accepted(settings, trusted, rebuilt.state, journal)
    clock = WallClock(SOURCES[settings.clock])
    host = ProcessHost()
    paths = TrustPaths(settings.trust.centre, settings.trust.officers, station, folder.statement, folder.officers)
    trust = TrustFiles(trusted, paths, rebuilt.state.trust, utc_now_ms)
    acts = ActSocket(settings.places.act_socket, trust.officers, utc_now_ms)
    personal_data, ledger, eligible = (
        PersonalData(folder.personal),
        Ledger(settings.places.ledger),
        EligibleTable(folder.root),
    )
    personal = PersonalKeeping(personal_data, settings.personal_days, ordered_before(folder.root))
    with_courier = with_courier and settings.link is not None
    courier = CourierProcess(courier_command(settings, trust, marking)) if with_courier else None
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
            files,
            courier.say if courier is not None else None,
            marking.mark if marking is not None else None,
        ),
        courier=courier,
        acts=acts,
        clock=clock,
        personal=personal,
        now=now,
        trust=trust,
        evidence=evidence,
        copies=second_copies(settings),
    )

    def close() -> None:
        loop.close()
        for part in (eligible, ledger, personal_data, evidence, journal):
            part.close()

    known = trust.look(now()) or []
    keys = [*known, *accepted, *station_key_facts(settings, key, rebuilt.state)]
    found = [*_found(journal, rebuilt.lost), *unsigned, *unmarked]
    loop.begin([*_beginning(settings, journal, clock), *keys, *found])
    for spec in worker_specs(settings, folder):
        host.start(spec)
    return Lane(settings, loop, host, journal, close)


def _accepted(settings: StationSettings, trusted: Trusted, state: LaneState, journal: Journal) -> list[Fact]:
    """As `root_facts`; the journal is closed again if the lane must not start."""
    try:
        return root_facts(settings, trusted, state)
    except Untrusted:
        journal.close()
        raise


def second_copies(settings: StationSettings) -> SecondCopies | None:
    """Who has the copies made, if the settings name a place for them."""
    if settings.places.second is None:
        return None
    parameters, key = settings.parameters, str(settings.trust.station_key)
    places = str(settings.places.data), str(settings.places.second)
    return SecondCopies(CopySettings(parameters.station, parameters.lane, *places, key))


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
        ring=_ring(name, settings),
    )


def _ring(name: str, settings: StationSettings) -> RingSettings | None:
    """Where a camera that keeps clips has its newest frames."""
    ring = settings.ring
    if ring is None or name not in settings.parameters.clips.cameras:
        return None
    return RingSettings(str(settings.places.run / "ring" / name), ring.period, ring.span, ring.size)


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
    """The officers as the files say now, for commands; a lane also asks its memory (`TrustFiles`). Raises Untrusted."""
    read: list[Officers] = []
    refusal: Untrusted | None = None
    arrived = DataFolder(settings.places.data).officers
    for path in (settings.trust.officers, *([arrived] if arrived.exists() else [])):
        try:
            read.append(read_officers(path.read_bytes(), trusted, settings.parameters.station, utc_now_ms()))
        except OSError as error:
            refusal = Untrusted("key-file-missing", f"{path}: {error.strerror}")
        except Untrusted as error:
            refusal = error
    if not read and refusal is not None:
        raise refusal
    return max(read, key=lambda officers: officers.number)


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
        tell.ready(_status(lane.loop))
        said = ""
        while not stopping:
            turned = lane.loop.turn(TURN_PATIENCE)
            watch, feed = watch.after(turned)
            if feed:
                tell.watchdog()
            status = _status(lane.loop)
            if status != said:
                tell.status(status)
                said = status
    finally:
        tell.stopping("closing")
        lane.close()
    return 0


def _status(loop: LaneLoop) -> str:
    state, disk = loop.state, loop.disk
    unfit = [device.name for device in state.devices if not device.fit]
    return status_line(state.mode, state.phase, unfit, disk.level or "OK", disk.days_left)


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


def _had_by_centre(settings: StationSettings, delivered_mark: Mark | None) -> int:
    """The newest record that nobody waits for any more. A lane without a link has no centre that could wait."""
    if settings.link is None:
        return sys.maxsize
    return delivered_mark.seq if delivered_mark is not None else 0


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
