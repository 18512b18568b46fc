"""What a settings file may say and should not go unsaid. `station check` tells it; nothing is refused for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from station.settings.bus_check import unused_buses
from station.settings.finding import Finding
from station.settings.port_check import port_cautions
from station.settings.sensor_check import sensor_cautions


def suspicions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Every caution about `document`, which has been accepted."""
    devices, buses = document.get("device", {}), document.get("bus", {})
    for name in unused_buses(devices, buses):
        yield Finding(("bus", name), "bus-unused", {})
    yield from sensor_cautions(document["lane"], devices)
    yield from port_cautions(document)
