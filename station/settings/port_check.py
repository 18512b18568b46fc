"""The serial ports that a settings file names: those whose name may move to another device."""

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.links.serial_ports import may_move
from station.settings.finding import Finding
from station.settings.positions import Path

_PORTS = ("port", "pass_to_port")


def port_cautions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Ports named by the order in which adapters are found, which another boot or another socket changes."""
    for path, port in named_ports(document):
        if may_move(port):
            yield Finding(path, "port-may-move", {"seen": port})


def named_ports(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every serial port of the devices and buses, and where the file names it."""
    for group in ("bus", "device"):
        tables = document.get(group)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            for key in _PORTS:
                port = table.get(key) if isinstance(table, dict) else None
                if isinstance(port, str) and port:
                    yield (group, name, key), port
