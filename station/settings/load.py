"""From a TOML file to checked settings, or to every fault of the file at once, each at its line and column."""

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from drivers import catalog
from drivers.contract import plain
from drivers.contract.orders import KeepClip
from drivers.contract.quantities import Millis
from drivers.contract.readings import TagSeen
from drivers.links.bus_settings import BUS_KINDS
from station.core.parameters import ClipRules, LaneParameters, Limits, Parts, Patience, Sensors
from station.settings import crosscheck, here_check, schema
from station.settings.cautions import suspicions
from station.settings.faults import SettingsFault, SettingsFaulty, messages, unreadable
from station.settings.finding import Finding
from station.settings.positions import Position, Positions
from station.settings.refusals import refusals_of
from station.settings.tables import Keeping, Link, Places, Ring, StationSettings, Trust, Vision

_LARGEST_FILE = 1_000_000
_RING_SLACK = Millis(10_000)
"""A ring reaches further back than a clip: the order comes after the event, and the disk may be slow."""
_MOST_SYNTAX_FAULTS = 20
_KEY_LINE = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_REFUSED_TOO = ("secret", "host-and-bus", "no-address", "no-bus-kind")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(path: Path) -> StationSettings:
    """The settings in `path`; relative paths inside count from its folder. Raises SettingsFaulty with every fault."""
    return load_text(path, _read(path))


def load_text(path: Path, text: str) -> StationSettings:
    """The settings that `path` would hold with this text. Raises SettingsFaulty with every fault."""
    parsed = _parse(path, text.replace("\r\n", "\n"))
    positions = Positions(parsed.text)
    found = [*crosscheck.findings(parsed.document)]
    model, refusals = refusals_of(parsed.document)
    refusals = [finding for finding in refusals if not _is_told(finding, found, parsed.lost)]
    found = [finding for finding in found if not _is_moot(finding, refusals, parsed.lost)] + refusals
    faults = [*parsed.faults, *(_placed(path, positions, finding) for finding in found)]
    if faults or model is None:
        raise SettingsFaulty(tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.where))))
    return _settings(model, path.parent.absolute())


def cautions(path: Path) -> tuple[SettingsFault, ...]:
    """What a file that loads says and probably does not mean. Raises SettingsFaulty if it cannot be read."""
    parsed = _parse(path, _read(path))
    return _at_their_places(path, parsed, suspicions(parsed.document))


def absences(path: Path) -> tuple[SettingsFault, ...]:
    """What a file that loads names and this machine has not now: ports, folders, programs."""
    parsed = _parse(path, _read(path))
    return _at_their_places(path, parsed, here_check.absences(parsed.document))


def open_passwords(path: Path) -> tuple[SettingsFault, ...]:
    """The files of passwords, in a file that loads, that are not there or lie open."""
    parsed = _parse(path, _read(path))
    return _at_their_places(path, parsed, here_check.open_passwords(parsed.document, path.parent.absolute()))


def _at_their_places(path: Path, parsed: "_Parsed", found: Iterable[Finding]) -> tuple[SettingsFault, ...]:
    positions = Positions(parsed.text)
    return tuple(_placed(path, positions, finding) for finding in found)


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error.strerror or str(error)) from error
    if len(data) > _LARGEST_FILE:
        raise unreadable(path, f"{len(data)} bytes; at most {_LARGEST_FILE}")
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise unreadable(path, f"byte {error.start} is not UTF-8") from error


class _Parsed(NamedTuple):
    """`document` is what could be read, `lost` the keys whose lines could not and were blanked in `text`."""

    document: dict[str, Any]
    text: str
    lost: frozenset[str]
    faults: tuple[SettingsFault, ...]


def _parse(path: Path, text: str) -> _Parsed:
    """Parse; a line `key = nonsense` is noted and blanked, so that faults after it are found too.

    Any other syntax fault ends the search: what follows could not be understood. Raises SettingsFaulty then.
    """
    lines = text.split("\n")
    lost: set[str] = set()
    faults: list[SettingsFault] = []
    while True:
        try:
            return _Parsed(tomllib.loads("\n".join(lines)), "\n".join(lines), frozenset(lost), tuple(faults))
        except tomllib.TOMLDecodeError as error:
            position, seen = _syntax(str(error), lines)
        except RecursionError:
            position, seen = Position(1, 1), "nested too deeply"
        key = _KEY_LINE.match(lines[position.line - 1])
        where = key.group(1) if key else ""
        faults.append(SettingsFault(str(path), *position, where, "syntax", *messages("syntax", seen=seen)))
        if key is None or len(faults) >= _MOST_SYNTAX_FAULTS:
            raise SettingsFaulty(tuple(faults))
        lost.add(key.group(1))
        lines[position.line - 1] = ""


def _syntax(message: str, lines: list[str]) -> tuple[Position, str]:
    """Where the parser gave up, and what it said."""
    found = _AT.search(message)
    seen = _AT.sub("", message)
    if found is None or found.group(1) is None:
        return Position(len(lines), len(lines[-1]) + 1), seen
    return Position(int(found.group(1)), int(found.group(2))), seen


def _is_told(finding: Finding, told: list[Finding], lost: frozenset[str]) -> bool:
    """Whether `told` says the same already: a secret or an address its driver refuses too, a key on a lost line."""
    if finding.code == "missing":
        return finding.path[-1] in lost
    return any(
        (other.path == finding.path and other.code in ("secret", "no-bus-kind"))
        or (finding.code == "refused" and other.path[:2] == finding.path[:2] and other.code in _REFUSED_TOO)
        for other in told
    )


def _is_moot(finding: Finding, refusals: list[Finding], lost: frozenset[str]) -> bool:
    """Whether an address that seems to be missing is one that could not be read."""
    if finding.code != "no-address":
        return False
    return bool(lost & {"host", "bus"}) or any(other.path[:2] == finding.path[:2] for other in refusals)


def _placed(file: Path, positions: Positions, finding: Finding) -> SettingsFault:
    place = positions.of_key(finding.path) if finding.code == "unknown-key" else positions.of_value(finding.path)
    where = ".".join(map(str, finding.path))
    words = messages(finding.code, **finding.details)
    return SettingsFault(str(file), *place, where, finding.code, *words, hint=finding.hint)


def _settings(model: Any, folder: Path) -> StationSettings:  # noqa: ANN401 - the schema's root model
    lane, link = model.lane, model.link
    return StationSettings(
        parameters=LaneParameters(
            station=lane.station,
            lane=lane.lane,
            office=lane.office,
            mode=lane.mode,
            plate_region=lane.plate_region,
            seal_regions=lane.seal_regions,
            parts=_as(Parts, lane.parts),
            limits=_as(Limits, lane.limits),
            patience=_as(Patience, lane.patience),
            sensors=_as(Sensors, lane.sensors),
            triggered=tuple(_triggered(model)),
            tag_readers=tuple(_tag_readers(model)),
            view_epoch=model.vision.view_epoch if model.vision is not None else 0,
            assess_scans=model.vision is not None and model.vision.xray_template != "",
            clips=ClipRules(tuple(_clip_cameras(model)), lane.clips.before, lane.clips.after),
        ),
        ring=Ring(lane.clips.period, Millis(lane.clips.before + _RING_SLACK), lane.clips.ring_mib << 20),
        clock=lane.clock,
        flight_recorder=lane.flight_recorder_size if lane.flight_recorder else 0,
        personal_days=lane.personal_days,
        keeping=_as(Keeping, lane),
        places=_places(lane, folder),
        devices=MappingProxyType(dict(_devices(model))),
        buses=MappingProxyType({name: _as(BUS_KINDS[table.kind], table) for name, table in model.bus.items()}),
        vision=model.vision and _vision(model.vision, folder),
        link=link and _link(link, folder),
        trust=_trust(model.trust, folder),
        sha256=hashlib.sha256(plain.canonical(model.model_dump(by_alias=True))).hexdigest(),
    )


def _places(lane: Any, folder: Path) -> Places:  # noqa: ANN401 - the schema's lane model
    data = folder / lane.data_folder
    ledger = folder / lane.ledger_file if lane.ledger_file else data / "ledger.db"
    second = folder / lane.copy_folder if lane.copy_folder else None
    return Places(data, folder / lane.run_folder, folder / lane.act_socket, ledger, second)


def _vision(table: schema.VisionTable, folder: Path) -> Vision:
    template = folder / table.xray_template if table.xray_template else None
    return Vision(table.device, folder / table.manifest, table.second_reader, table.ceiling_mib, template)


def _trust(table: schema.TrustTable, folder: Path) -> Trust:
    watch_key = folder / table.watch_key if table.watch_key else None
    return Trust(
        folder / table.root, folder / table.station_key, folder / table.officers, folder / table.centre, watch_key
    )


def _devices(model: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - the schema's root model
    for name, table in model.device.items():
        yield name, _as(catalog.DRIVERS[table.kind].settings, table)


def _clip_cameras(model: Any) -> list[str]:  # noqa: ANN401 - the schema's root model
    """Those that are named, else each that plays a part and can keep clips."""
    clips, parts = model.lane.clips, model.lane.parts
    if not clips.on:
        return []
    playing = (parts.camera, parts.trailer_camera, *parts.container_cameras, *parts.seal_cameras)
    able = [
        name
        for name in dict.fromkeys(clips.cameras or playing)
        if name in model.device and KeepClip in catalog.DRIVERS[model.device[name].kind].orders
    ]
    return able[: schema.MOST_CLIP_CAMERAS]


def _triggered(model: Any) -> Iterator[str]:  # noqa: ANN401 - the schema's root model
    """The code readers whose settings name a trigger."""
    for name, table in model.device.items():
        if getattr(table, "trigger", "none") != "none":
            yield name


def _tag_readers(model: Any) -> Iterator[str]:  # noqa: ANN401 - the schema's root model
    for name, table in model.device.items():
        if TagSeen in catalog.DRIVERS[table.kind].readings:
            yield name


def _link(table: schema.LinkTable, folder: Path) -> Link:
    def file(name: str) -> Path | None:
        return folder / name if name else None

    return Link(
        host=table.host,
        port=table.port,
        version=table.version,
        keepalive=table.keepalive,
        ca=file(table.ca),
        cert=file(table.cert),
        key=file(table.key),
        user=table.user,
        password=file(table.password_file),
    )


def _as(cls: Any, table: object) -> Any:  # noqa: ANN401 - a dataclass of the same fields
    return cls(**{field.name: getattr(table, field.name) for field in dataclasses.fields(cls)})
