"""Where a Modbus device is: on the network by itself, or as a unit of a serial bus. The same keys for every kind."""

from typing import Protocol

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools
from drivers.links.modbus_link import ModbusLink
from drivers.links.recorded_link import recorded
from drivers.links.wires import tcp_wire

LAST_UNIT = 247
"""The highest unit id of a device on a serial bus (Modbus over Serial Line V1.02, section 2.2)."""


class ModbusAddress(Protocol):
    """The fields that every Modbus device's settings have: `host` and `port`, or `bus`; and the `unit` id there."""

    @property
    def host(self) -> str:
        """Name or address of a device that speaks Modbus TCP, "" if it is on a bus."""

    @property
    def port(self) -> int:
        """The TCP port at `host`."""

    @property
    def bus(self) -> str:
        """The id of the serial bus that the device is on, "" if it has a `host`."""

    @property
    def unit(self) -> int:
        """The unit id."""


def check_address(address: ModbusAddress) -> None:
    """Exactly one of `host` and `bus`. Raises ValueError; for the `__post_init__` of settings."""
    if bool(address.host) == bool(address.bus):
        given = "both are given" if address.host else "neither is given"
        raise ValueError(f"a Modbus device has a host or a bus: {given}")


def shown_address(address: ModbusAddress) -> str:
    """The address for people: `10.0.0.5:502 unit 1` or `bus yard unit 3`."""
    place = f"{address.host}:{address.port}" if address.host else f"bus {address.bus}"
    return f"{place} unit {address.unit}"


def modbus_link(address: ModbusAddress, tools: Tools, worst_answer: Millis) -> ModbusLink:
    """The link to the device at `address`: RTU on the wire that `tools` brings, or TCP to its host.

    Raises DeviceFault("unfit") for a device of a bus whose wire is not given: a bus is opened by whoever serves it.
    """
    if address.bus:
        if tools.link is None:
            raise DeviceFault("unfit", f"bus {address.bus}", "nobody serves it", "run `station check` on the settings")
        return ModbusLink(recorded(tools.link, tools.record), address.unit, worst_answer, tools.clock, "rtu")
    wire = tcp_wire(address.host, address.port, tools, deadline=worst_answer)
    return ModbusLink(wire, address.unit, worst_answer, tools.clock)
