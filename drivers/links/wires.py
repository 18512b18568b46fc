"""The wire of a device as its settings and its surroundings want it: the one place where drivers get their links."""

from typing import Any

from drivers.contract.link import Link
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools
from drivers.links.pass_through import Outlet, PassThrough, SerialOutlet, TcpOutlet, address_of
from drivers.links.recorded_link import recorded
from drivers.links.serial_link import SerialLink
from drivers.links.tcp_link import TcpLink

_LINE = ("baud", "data_bits", "parity", "stop_bits")


def serial_wire(settings: Any, tools: Tools) -> Link:  # noqa: ANN401 - any settings with a port
    """The serial port that `settings` describe, noted by the flight recorder; opens nothing.

    `settings` is a driver's settings dataclass: `port`, and as far as it has them `baud`, `data_bits`, `parity`,
    `stop_bits`; `pass_to_port` and `pass_to_tcp` name who else hears the device's bytes (see `pass_through`).
    """
    line = {name: getattr(settings, name) for name in _LINE if hasattr(settings, name)}
    link = recorded(tools.link or SerialLink(settings.port, **line), tools.record)
    outlets: list[Outlet] = []
    if port := getattr(settings, "pass_to_port", ""):
        outlets.append(SerialOutlet(SerialLink(port, **line)))
    if address := getattr(settings, "pass_to_tcp", ""):
        outlets.append(TcpOutlet(*address_of(address)))
    return PassThrough(link, outlets) if outlets else link


def tcp_wire(host: str, port: int, tools: Tools, *, deadline: Millis = Millis(1000)) -> Link:
    """A TCP connection as a wire, noted by the flight recorder; opens nothing."""
    return recorded(tools.link or TcpLink(host, port, deadline=deadline), tools.record)
