"""What no single table can know: parts that must exist, wires used twice, secrets written down.

Works on the raw tables, so that it finds its faults beside those of the schema; what the schema refuses
anyway is passed over here.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from drivers import catalog
from drivers.contract.orders import KeepClip, PlayPrompt, PrintTicket, RaiseBoom, ShowText, TakePicture, TakeWeight
from drivers.contract.readings import CodeScanned, PortalAlarm, ScanArrived
from station.core.parameters import Parts
from station.settings.bus_check import bus_findings
from station.settings.finding import Finding
from station.settings.host_check import host_findings
from station.settings.positions import Path
from station.settings.sensor_check import sensor_findings

_SECRET_KEY = re.compile(r"(^|_)(password|passphrase|secret|token|pin)$", re.IGNORECASE)
_CREDENTIALS_IN_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@\s]+@", re.IGNORECASE)
_WORK: dict[str, type] = {
    "barrier": RaiseBoom,
    "scale": TakeWeight,
    "scanner": CodeScanned,
    "camera": TakePicture,
    "trailer_camera": TakePicture,
    "sign": ShowText,
    "voice": PlayPrompt,
    "printer": PrintTicket,
    "portal": PortalAlarm,
    "xray": ScanArrived,
}


def findings(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Every fault between the tables of `document`."""
    devices = _table(document, "device")
    lane = _table(document, "lane")
    parts = {field.name: field.default for field in fields(Parts)} | _table(lane, "parts")
    yield from _parts(parts, devices)
    yield from sensor_findings(lane, devices)
    yield from _reader(str(parts["reader"]), document)
    yield from _seal_regions(lane, parts["seal_cameras"])
    yield from _clip_cameras(_table(lane, "clips").get("cameras"), devices)
    if _table(document, "vision").get("xray_template") and not parts["xray"]:
        yield Finding(("vision", "xray_template"), "no-xray", {})
    if parts["reader"] and parts["camera"]:
        yield from _region(lane)
    yield from _wires(devices, _table(document, "bus"))
    yield from bus_findings(devices, _table(document, "bus"))
    yield from host_findings(document)
    yield from _secrets((), document)
    yield from _link(_table(document, "link"))


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}


def _parts(parts: Mapping[str, Any], devices: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _container_cameras(parts)
    yield from _seal_cameras(parts)
    yield from _trailer_camera(parts)
    for part, work, name in _named(parts):
        path: Path = ("lane", "parts", part)
        yield from _fits(path, part, work, name, devices)


def _fits(path: Path, part: str, work: type, name: str, devices: Mapping[str, Any]) -> Iterator[Finding]:
    """A device of that name is there, and its kind does the work."""
    if name not in devices:
        known = ", ".join(sorted(devices)) or "-"
        close = difflib.get_close_matches(name, devices, 1)
        yield Finding(path, "no-such-device", {"name": name, "known": known}, close[0] if close else "")
        return
    kind = _table(devices, name).get("kind")
    spec = catalog.DRIVERS.get(kind) if isinstance(kind, str) else None
    if spec is not None and work not in (*spec.orders, *spec.readings):
        fit = [kind for kind, other in catalog.DRIVERS.items() if work in (*other.orders, *other.readings)]
        details = {"name": name, "kind": kind, "part": part, "known": ", ".join(sorted(fit))}
        yield Finding(path, "unfit-device", details)


def _clip_cameras(cameras: object, devices: Mapping[str, Any]) -> Iterator[Finding]:
    """Each that is named to keep clips can."""
    for name in cameras if isinstance(cameras, list) else ():
        if isinstance(name, str) and name:
            yield from _fits(("lane", "clips", "cameras"), "clips", KeepClip, name, devices)


def _named(parts: Mapping[str, Any]) -> Iterator[tuple[str, type, str]]:
    """(part, the work it does, the device's name) of every part that a device plays."""
    lists = ((part, parts[part]) for part in ("container_cameras", "seal_cameras"))
    several = [(part, TakePicture, name) for part, names in lists if isinstance(names, list) for name in names]
    for part, work, name in (*((part, work, parts[part]) for part, work in _WORK.items()), *several):
        if isinstance(name, str) and name:
            yield part, work, name


def _container_cameras(parts: Mapping[str, Any]) -> Iterator[Finding]:
    """Each is a view of its own: two views of one camera would agree with themselves."""
    cameras = parts["container_cameras"]
    names = cameras if isinstance(cameras, list) else []
    path: Path = ("lane", "parts", "container_cameras")
    for place, name in enumerate(names):
        if name == "":
            yield Finding(path, "camera-unnamed", {})
        elif name in names[:place] or name == parts["camera"]:
            yield Finding(path, "camera-twice", {"name": str(name)})
    if names and not parts["reader"]:
        yield Finding(path, "no-container-reader", {})


def _seal_cameras(parts: Mapping[str, Any]) -> Iterator[Finding]:
    """One or two views of the door lock; a container camera may be one of them."""
    cameras = parts["seal_cameras"]
    names = cameras if isinstance(cameras, list) else []
    path: Path = ("lane", "parts", "seal_cameras")
    for place, name in enumerate(names):
        if name == "":
            yield Finding(path, "camera-unnamed", {})
        elif name in names[:place] or name == parts["camera"]:
            yield Finding(path, "camera-twice", {"name": str(name)})
    if names and not parts["reader"]:
        yield Finding(path, "no-seal-reader", {})


def _seal_regions(lane: Mapping[str, Any], cameras: object) -> Iterator[Finding]:
    """For each seal camera where the lock stands in its picture."""
    regions = lane.get("seal_regions", [])
    if not isinstance(regions, list) or not isinstance(cameras, list):
        return
    path: Path = ("lane", "seal_regions") if "seal_regions" in lane else ("lane", "parts", "seal_cameras")
    is_region = [isinstance(one, list) and len(one) == 4 and all(type(part) is int for part in one) for one in regions]
    if len(regions) != len(cameras):
        yield Finding(path, "seal-regions", {"number": len(cameras), "seen": len(regions)})
    elif all(is_region) and any(min(one[:2]) < 0 or min(one[2:]) <= 0 for one in regions):
        yield Finding(path, "no-seal-region", {})


def _trailer_camera(parts: Mapping[str, Any]) -> Iterator[Finding]:
    """The front does not show the rear; a view of the container's may."""
    camera, path = parts["trailer_camera"], ("lane", "parts", "trailer_camera")
    if camera and camera == parts["camera"]:
        yield Finding(path, "rear-is-front", {"name": str(camera)})
    if camera and not parts["reader"]:
        yield Finding(path, "no-trailer-reader", {})


def _reader(reader: str, document: Mapping[str, Any]) -> Iterator[Finding]:
    if "vision" not in document:
        if reader:
            yield Finding(("lane", "parts", "reader"), "no-vision", {"name": reader})
        return
    served = _table(document, "vision").get("device", "reader")
    if served != reader:
        yield Finding(("vision", "device"), "reader-mismatch", {"seen": served, "name": reader})


def _region(lane: Mapping[str, Any]) -> Iterator[Finding]:
    region = lane.get("plate_region", [0, 0, 0, 0])
    is_region = isinstance(region, list) and len(region) == 4 and all(type(part) is int for part in region)
    if is_region and (min(region[:2]) < 0 or min(region[2:]) <= 0):
        yield Finding(("lane", "plate_region"), "no-region", {})


def _wires(devices: Mapping[str, Any], buses: Mapping[str, Any]) -> Iterator[Finding]:
    """A serial port is taken exclusively, and so are a Modbus module, a bus and where a scale's bytes are repeated."""
    owners: dict[str, Path] = {}
    for path in (*(("bus", name) for name in buses), *(("device", name) for name in devices)):
        table = _table(buses if path[0] == "bus" else devices, path[1])
        for key, wire in _named_wires(path[0], table):
            if owners.setdefault(wire, path) != path:
                yield Finding((*path, key), "wire-twice", {"seen": wire, "name": ".".join(map(str, owners[wire]))})


def _named_wires(group: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The wires that a device or bus takes, by the key that names each."""
    given = _defaults(group, table.get("kind")) | dict(table)
    port, host = given.get("port"), given.get("host")
    if isinstance(port, str):
        yield "port", port
    elif isinstance(host, str) and host and port is not None:
        unit = f" unit {given['unit']}" if "unit" in given else ""
        yield "host", f"{host}:{port}{unit}"
    for key in ("pass_to_port", "pass_to_tcp"):
        second = table.get(key)
        if isinstance(second, str) and second:
            yield key, second


def _defaults(group: str, kind: object) -> dict[str, Any]:
    """What the settings of a kind say where the file says nothing; nothing for a kind that is not known."""
    spec = catalog.DRIVERS.get(kind) if group == "device" and isinstance(kind, str) else None
    if spec is None:
        return {}
    return {field.name: field.default for field in fields(spec.settings) if field.default is not MISSING}


def _secrets(path: Path, value: object) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and _SECRET_KEY.search(key):
                yield Finding((*path, key), "secret", {}, f"{key}_file")
            else:
                yield from _secrets((*path, key), inner)
    elif isinstance(value, str) and _CREDENTIALS_IN_URL.match(value):
        yield Finding(path, "secret", {})


def _link(link: Mapping[str, Any]) -> Iterator[Finding]:
    given = {key for key in ("ca", "cert", "key") if link.get(key)}
    if given not in (set(), {"ca"}, {"ca", "cert", "key"}):
        yield Finding(("link",), "half-a-key", {})
