"""A radiation portal that sends lines, over TCP (as its own controller does) or over a serial line. Listens only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire, tcp_wire
from drivers.portal.occupancy import Occupancy
from drivers.portal.rpm_codec import BadLine, RpmDecoder

_REPORT_EVERY = Millis(10_000)


@dataclass(frozen=True, slots=True)
class RpmTcpSettings:
    """A radiation portal whose lines come over TCP.

    kind: "rpm-lines".
    host: the portal's address, or that of the serial server before it.
    port: its TCP port; each lane of a portal has one of its own.
    silence: milliseconds without a line after which it counts as lost; empty, it tells its background every 5 s or so.
    """

    kind: Literal["rpm-lines"]
    host: str
    port: Annotated[int, Interval(ge=1, le=65535)]
    silence: Annotated[Millis, Interval(ge=1_000, le=600_000)] = Millis(20_000)


@dataclass(frozen=True, slots=True)
class RpmSerialSettings:
    """A radiation portal whose lines come over a serial line.

    kind: "rpm-lines-serial".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the portal; no open source names the usual ones.
    silence: milliseconds without a line after which it counts as lost; empty, it tells its background every 5 s or so.
    """

    kind: Literal["rpm-lines-serial"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    silence: Annotated[Millis, Interval(ge=1_000, le=600_000)] = Millis(20_000)


class RpmDriver:
    """Driver of one portal. Gives PortalOccupied, PortalAlarm (at once), PortalPassed, PortalTrouble, BytesRefused."""

    def __init__(self, device: str, kind: str, link: Link, silence: Millis, clock: Clock) -> None:
        self._device = device
        self._kind = kind
        self._link = link
        self._silence = silence
        self._clock = clock
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._begin_anew()

    def open(self) -> Identity:
        self._link.open()
        self._begin_anew()
        return Identity(self._kind, f"listening on {self._link}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until a line says something or `patience` is over. DeviceFault("silent" | "garbled") without lines."""
        ends = Tick(self._clock() + patience)
        while True:
            before = self._clock()
            data = self._link.read(Millis(max(0, ends - before)))
            now = self._clock()
            readings = self._readings(data, now)
            if readings or now >= ends or (not data and now == before):
                return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        return Answer("refused", f"{self._device} is a portal and does not obey {type(order).__name__}")

    def close(self) -> None:
        self._link.close()

    def _begin_anew(self) -> None:
        self._decoder, self._occupancy = RpmDecoder(), Occupancy()
        self._heard = self._clock()
        self._garbled = False

    def _readings(self, data: bytes, now: Tick) -> list[Reading]:
        readings: list[Reading] = []
        for line in self._decoder.feed(data):
            if isinstance(line, BadLine):
                self._refused.add(line.raw)
                self._garbled = True
            else:
                self._heard, self._garbled = now, False
                readings += self._occupancy.hear(line)
        refused = self._refused.report(now)
        if refused is None and not readings and now - self._heard >= self._silence:
            raise self._deaf()
        return [*readings, refused] if refused else readings

    def _deaf(self) -> DeviceFault:
        if self._garbled:
            seen, next_step = f"bytes came for {self._silence} ms but no line", "check baud, parity and protocol"
            return DeviceFault("garbled", str(self._link), seen, next_step)
        seen = f"no line for {self._silence} ms"
        return DeviceFault("silent", str(self._link), seen, "check the portal's power and its cable")


def tcp_portal(device: str, settings: RpmTcpSettings, tools: Tools) -> RpmDriver:
    """The portal that `settings` describe."""
    wire = tcp_wire(settings.host, settings.port, tools)
    return RpmDriver(device, settings.kind, wire, settings.silence, tools.clock)


def serial_portal(device: str, settings: RpmSerialSettings, tools: Tools) -> RpmDriver:
    """The portal that `settings` describe."""
    return RpmDriver(device, settings.kind, serial_wire(settings, tools), settings.silence, tools.clock)
