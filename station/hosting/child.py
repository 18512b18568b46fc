"""A worker process: one link, with one device or with all devices of a bus.

The lane holds the other end of the wire. Whatever ends the lane ends the wire, and end of file makes the
worker drop its motion outputs, show red and exit. A DeviceFault of a device with a link of its own ends the worker in
the same way and is told to the lane, which judges when to start the next one (`restarts`).

`python -m station.hosting.child FD` serves devices of the catalog on an inherited socket.
"""

import socket
import sys
from collections.abc import Callable
from pathlib import Path

from drivers import catalog
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Clock, Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.tools import Tools
from drivers.links.bus_settings import BusSettings, bus_port
from drivers.links.bus_wire import BusWire
from drivers.links.flight_recorder import FlightRecorder, about
from station.hosting.bus_worker import BuildUnit, serve_bus
from station.hosting.device_worker import serve_device
from station.hosting.lane_talk import LaneTalk
from station.hosting.wire import Open, OpenBus, Wire

Build = Callable[[Open], Driver]


def build_from_catalog(opening: Open, link: Link | None = None) -> Driver:
    """The driver that the lane asked for; `link` is its end of a bus.

    Raises DeviceFault("unfit") for a kind or settings unknown here.
    """
    try:
        spec = catalog.find(opening.kind)
        settings = plain.decode(spec.settings, opening.settings.encode())
    except (catalog.UnknownKind, plain.NotPlain) as error:
        raise DeviceFault("unfit", opening.device, str(error), "run `station check` on the settings") from error
    return spec.build(
        opening.device, settings, Tools(now, Path(opening.evidence), link, _recorder(opening), opening.ring)
    )


def serve(sock: socket.socket, build: Build, clock: Clock = now, build_unit: BuildUnit = build_from_catalog) -> None:
    """Live the whole life of a worker on `sock`: returns when the lane said stop, went away, or the device faulted.

    `build` makes the driver of a device with a link of its own, `build_unit` that of a device on a bus.
    Takes over SIGTERM (leave in good order) and ignores SIGINT, so it runs in the main thread of its own process.
    """
    with Wire(sock) as wire:
        talk = LaneTalk(wire, clock)
        talk.heed_signals()
        opening = talk.await_opening()
        try:
            match opening:
                case Open():
                    serve_device(build(opening), talk, clock)
                case OpenBus():
                    serve_bus(opening.units, _bus(opening, clock), build_unit, talk, clock)
        except DeviceFault as error:
            talk.say_last(error.fault)


def main(build: Build = build_from_catalog, build_unit: BuildUnit = build_from_catalog) -> None:
    """Entry of a worker process: the only argument is the number of the inherited socket."""
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        serve(sock, build, build_unit=build_unit)


def _bus(opening: OpenBus, clock: Clock) -> BusWire:
    try:
        settings = plain.decode(BusSettings, opening.settings.encode())
    except plain.NotPlain as error:
        raise DeviceFault("unfit", f"bus {opening.bus}", str(error), "run `station check` on the settings") from error
    return BusWire(bus_port(settings), clock)


def _recorder(opening: Open) -> FlightRecorder | None:
    """The flight recorder, if the lane wants one and what the device reads may be kept."""
    if not opening.record or not catalog.find(opening.kind).is_recordable:
        return None
    return FlightRecorder(Path(opening.record), opening.record_size, now, about(opening.device, opening.settings))


if __name__ == "__main__":
    main()
