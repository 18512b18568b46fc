"""The machines and serial ports that a settings file names: what can be none is refused before a lane waits for it."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from drivers import catalog
from drivers.contract.readings import TagSeen
from station.settings.finding import Finding

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*\.?")
_FIGURES = re.compile(r"[0-9.]+")
_OF_THIS_SYSTEM = re.compile(r"/|tcp://")
_IN_THE_NETWORK = re.compile(r"[^/\s]+:[0-9]+")


def host_findings(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Every host that is no name and no address, and every serial port that is no path."""
    for group in ("bus", "device"):
        tables = document.get(group)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            yield from _host((group, name, "host"), table)
            if isinstance(table, dict):
                yield from _port((group, name, "port"), table)
    yield from _host(("link", "host"), document.get("link"))


def _port(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[Finding]:
    """`port` of a kind on a serial line, unless it could be one; readers of tags may be in the network too."""
    spec = catalog.DRIVERS.get(str(table.get("kind"))) if path[0] == "device" else None
    seen = table.get("port")
    is_serial = path[0] == "bus" or (spec is not None and spec.wire == "serial")
    if is_serial and isinstance(seen, str) and not _OF_THIS_SYSTEM.match(seen):
        may_be_remote = spec is not None and TagSeen in spec.readings and _IN_THE_NETWORK.fullmatch(seen)
        yield Finding(path, "no-port", {"seen": seen}, f"tcp://{seen}" if may_be_remote else "")


def is_host(text: str) -> bool:
    """Whether `text` may be the name or the address of a machine."""
    if ":" in text or _FIGURES.fullmatch(text):
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return False
        return True
    return bool(_NAME.fullmatch(text))


def _host(path: tuple[str, ...], table: object) -> Iterator[Finding]:
    host = table.get(path[-1]) if isinstance(table, dict) else None
    if isinstance(host, str) and host and not is_host(host):
        yield Finding(path, "no-host", {"seen": host})
