"""A serial bus with several Modbus units: what a settings file says of it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.link import Link
from drivers.contract.quantities import Millis
from drivers.links.serial_link import Parity, SerialLink, StopBits
from drivers.links.tcp_link import TcpLink

_CONNECT_WITHIN = Millis(1000)


@dataclass(frozen=True, slots=True)
class SerialBusSettings:
    """Modbus RTU on a serial port. Its characters have 8 data bits.

    port: the serial port, best by its name under /dev/serial/by-id
    baud: bits per second; slower lines than 9600 would need longer gaps between frames than are kept
    parity: "none", "even" or "odd", as every unit of the bus has it
    stop_bits: 1 or 2
    """

    kind: Literal["modbus-rtu"]
    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600
    parity: Parity = "none"
    stop_bits: StopBits = 1


@dataclass(frozen=True, slots=True)
class TcpBusSettings:
    """Modbus RTU behind a raw serial server: its frames travel unchanged over one TCP connection.

    host: name or address of the serial server; baud and parity are set there
    port: the TCP port that the server gives to the bus
    """

    kind: Literal["modbus-rtu-over-tcp"]
    host: str
    port: Annotated[int, Interval(ge=1, le=65535)]


BusSettings = SerialBusSettings | TcpBusSettings

BUS_KINDS: dict[str, type[SerialBusSettings] | type[TcpBusSettings]] = {
    "modbus-rtu": SerialBusSettings,
    "modbus-rtu-over-tcp": TcpBusSettings,
}


def bus_port(settings: BusSettings) -> Link:
    """The wire that `settings` describe; opens nothing."""
    match settings:
        case SerialBusSettings(port=port, baud=baud, parity=parity, stop_bits=stop_bits):
            return SerialLink(port, baud=baud, parity=parity, stop_bits=stop_bits)
        case TcpBusSettings(host=host, port=number):
            return TcpLink(host, number, deadline=_CONNECT_WITHIN)
