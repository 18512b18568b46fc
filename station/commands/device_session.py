"""One configured device by itself, without its lane: opened, read, shown and closed again."""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drivers import catalog
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion
from drivers.contract.quantities import Millis
from drivers.contract.recording import Recorder
from drivers.contract.spec import DriverSpec
from drivers.contract.tools import Tools
from drivers.links.bus_settings import BusSettings, bus_port
from station.commands import exits
from station.commands.device_lines import DeviceLines
from station.commands.device_ports import busy
from station.commands.device_table import kind_of, wire_of
from station.commands.words import phrase

if TYPE_CHECKING:
    from station.settings.tables import StationSettings

_POLL = Millis(50)
_OPEN_AGAIN_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A device of a settings file; `bus` is what the file says of its bus, None if it has a wire of its own."""

    name: str
    spec: DriverSpec
    settings: object
    bus: BusSettings | None


def choose(settings: "StationSettings", name: str) -> Chosen:
    """The device `name`. Raises Refused, naming those that there are."""
    device = settings.devices.get(name)
    if device is None:
        known = ", ".join(sorted(settings.devices)) or phrase("none")
        raise exits.Refused(exits.USAGE, "no-such-device", name, phrase("devices-known", known=known))
    return Chosen(name, catalog.find(kind_of(device)), device, settings.buses.get(getattr(device, "bus", "")))


def lane_of(settings: "StationSettings") -> str:
    """The name of the lane if it runs now, "" if it does not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        runs = probe.connect_ex(str(settings.places.act_socket)) == 0
    return settings.parameters.lane if runs else ""


def require_free(settings: "StationSettings", chosen: Chosen, *, may_act: bool) -> None:
    """Refuse a device that a running lane drives, and one whose outputs drop at opening unless that is allowed.

    Raises Refused.
    """
    if lane := lane_of(settings):
        raise exits.Refused(exits.TRY_AGAIN, "lane-runs", chosen.name, lane)
    if DropMotion in chosen.spec.orders and not may_act:
        raise exits.Refused(exits.NOT_PERMITTED, "acts-when-opened", chosen.name, chosen.spec.protocol)


@contextmanager
def built(chosen: Chosen, record: Recorder | None) -> Iterator[Driver]:
    """The device's driver, closed at the end; its pictures go to a folder that does not stay."""
    with tempfile.TemporaryDirectory(prefix="station-devices-") as evidence:
        wire = bus_port(chosen.bus) if chosen.bus is not None else None
        driver = chosen.spec.build(chosen.name, chosen.settings, Tools(now, Path(evidence), wire, record))
        try:
            yield driver
        finally:
            driver.close()


def run(driver: Driver, chosen: Chosen, lines: DeviceLines, seconds: float, *, again: bool) -> bool:
    """Open and poll for `seconds` (0 = until interrupted), telling everything; whether there was no fault.

    After a fault the device is opened again if `again` is set. Raises Refused if the port is held.
    """
    end = time.monotonic() + seconds if seconds else float("inf")
    is_well, is_open = True, False
    while time.monotonic() < end:
        try:
            if not is_open:
                lines.identity(driver.open())
                is_open = True
            for reading in driver.poll(_POLL):
                lines.reading(reading)
        except DeviceFault as error:
            if error.fault.code == "port-busy":
                raise busy(wire_of(chosen.settings)) from error
            lines.fault(error.fault)
            driver.close()
            is_well = is_open = False
            if not again:
                break
            time.sleep(max(0.0, min(_OPEN_AGAIN_AFTER_S, end - time.monotonic())))
    return is_well
