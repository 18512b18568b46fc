"""Devices and the buses they are on: what one table cannot know of the other."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from drivers import catalog
from drivers.contract.spec import DriverSpec
from station.settings.finding import Finding

MOST_UNITS = 16
"""More could not be asked twice a second at 9600: one exchange takes some 35 ms. A segment of RS-485 bears 32."""


def bus_findings(devices: Mapping[str, Any], buses: Mapping[str, Any]) -> Iterator[Finding]:
    """Every fault between `[device.x]` and `[bus.y]`."""
    owners: dict[tuple[str, int], str] = {}
    for name, table in devices.items():
        kind = table.get("kind") if isinstance(table, dict) else None
        spec = catalog.DRIVERS.get(kind) if isinstance(kind, str) else None
        if spec is None:
            continue
        defaults = {field.name: field.default for field in fields(spec.settings)}
        yield from _address(name, table, spec)
        bus, unit = table.get("bus"), table.get("unit", defaults.get("unit"))
        if not _can_be_on_a_bus(spec.settings) or not isinstance(bus, str) or not bus:
            continue
        if bus not in buses:
            close = difflib.get_close_matches(bus, buses, 1)
            details: dict[str, object] = {"name": bus, "known": ", ".join(sorted(buses)) or "-"}
            yield Finding(("device", name, "bus"), "no-such-bus", details, close[0] if close else "")
        elif isinstance(unit, int) and owners.setdefault((bus, unit), name) != name:
            details = {"seen": unit, "bus": bus, "name": owners[bus, unit]}
            yield Finding(("device", name, "unit" if "unit" in table else "bus"), "unit-twice", details)
    for bus, count in Counter(bus for bus, _ in owners).items():
        if count > MOST_UNITS:
            yield Finding(("bus", bus), "bus-crowded", {"bus": bus, "seen": count, "most": MOST_UNITS})


def unused_buses(devices: Mapping[str, Any], buses: Mapping[str, Any]) -> Iterator[str]:
    """The buses that no device names."""
    used = {table.get("bus") for table in devices.values() if isinstance(table, dict)}
    yield from (name for name in buses if name not in used)


def _address(name: str, table: Mapping[str, Any], spec: DriverSpec) -> Iterator[Finding]:
    """One address and no more, and a bus only for a kind that can be on one."""
    has_host, has_bus = bool(table.get("host")), bool(table.get("bus"))
    if not _can_be_on_a_bus(spec.settings):
        if has_bus:
            on_buses = (kind for kind, other in catalog.DRIVERS.items() if _can_be_on_a_bus(other.settings))
            details: dict[str, object] = {"kind": spec.kind, "known": ", ".join(sorted(on_buses))}
            yield Finding(("device", name, "bus"), "no-bus-kind", details)
    elif has_host and has_bus:
        yield Finding(("device", name, "bus"), "host-and-bus", {})
    elif not has_host and not has_bus:
        yield Finding(("device", name, "kind"), "no-address", {})


def _can_be_on_a_bus(settings: type) -> bool:
    """Whether it has a bus, and may do without a host."""
    given = {field.name: field.default for field in fields(settings)}
    return "bus" in given and given["host"] is not MISSING
