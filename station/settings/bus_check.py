"""Devices and the buses they are on: what one table cannot know of the other."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from drivers import catalog
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
        yield from _address(name, table, str(kind), defaults)
        bus, unit = table.get("bus"), table.get("unit", defaults.get("unit"))
        if "bus" not in defaults or not isinstance(bus, str) or not bus:
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


def _address(name: str, table: Mapping[str, Any], kind: str, defaults: Mapping[str, Any]) -> Iterator[Finding]:
    """One address and no more, and a bus only for a kind that can be on one."""
    has_host, has_bus = bool(table.get("host")), bool(table.get("bus"))
    if "bus" not in defaults:
        if "bus" in table:
            on_buses = (kind for kind, spec in catalog.DRIVERS.items() if _can_be_on_a_bus(spec.settings))
            details: dict[str, object] = {"kind": kind, "known": ", ".join(sorted(on_buses))}
            yield Finding(("device", name, "bus"), "no-bus-kind", details)
    elif has_host and has_bus:
        yield Finding(("device", name, "bus"), "host-and-bus", {})
    elif not has_host and not has_bus and "host" in defaults:
        yield Finding(("device", name, "kind"), "no-address", {})


def _can_be_on_a_bus(settings: type) -> bool:
    return "bus" in {field.name for field in fields(settings)}
