"""One serial port for the drivers of all units on it, who use it in turn."""

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick

_SETTLING = Millis(300)
"""How long a fresh port is listened to: an answer to whoever had it before may still come."""


class BusWire:
    """`port`, opened by the first that needs it and kept open until `close` or until it fails.

    Whoever had a port that failed is told "port-missing" at its next use and opens its own end again.
    """

    def __init__(self, port: Link, clock: Clock) -> None:
        self._port = port
        self._clock = clock
        self._is_open = False
        self._opened = 0

    def __str__(self) -> str:
        return str(self._port)

    def end(self) -> "BusEnd":
        """A new Link for one unit's driver."""
        return BusEnd(self)

    def close(self) -> None:
        """Give the port back. Never raises."""
        self._is_open = False
        self._port.close()

    def join(self) -> int:
        """Open the port if it is not open; the number of this opening. Raises DeviceFault."""
        if not self._is_open:
            self._port.open()
            self._is_open = True
            self._opened += 1
            self._settle()
        return self._opened

    def port(self, opening: int) -> Link:
        """The port of opening number `opening`. Raises DeviceFault("port-missing") if that is over."""
        if not self._is_open or opening != self._opened:
            raise DeviceFault("port-missing", str(self), "the port is not open", "open the device again")
        return self._port

    def failed(self, fault: DeviceFault) -> None:
        """What a unit met on the port; a port that is gone is gone for all."""
        if fault.fault.code == "port-missing":
            self.close()

    def _settle(self) -> None:
        end = Tick(self._clock() + _SETTLING)
        try:
            while (left := end - self._clock()) > 0:
                self._port.read(Millis(left))
        except DeviceFault:
            self.close()
            raise


class BusEnd:
    """One unit's end of a BusWire: a Link whose `close` leaves the port to the others."""

    def __init__(self, bus: BusWire) -> None:
        self._bus = bus
        self._opening = 0

    def __str__(self) -> str:
        return str(self._bus)

    def open(self) -> None:
        self._opening = self._bus.join()

    def read(self, patience: Millis) -> bytes:
        port = self._bus.port(self._opening)
        try:
            return port.read(patience)
        except DeviceFault as fault:
            self._bus.failed(fault)
            raise

    def write(self, data: bytes, patience: Millis) -> None:
        port = self._bus.port(self._opening)
        try:
            port.write(data, patience)
        except DeviceFault as fault:
            self._bus.failed(fault)
            raise

    def discard_input(self) -> None:
        port = self._bus.port(self._opening)
        try:
            port.discard_input()
        except DeviceFault as fault:
            self._bus.failed(fault)
            raise

    def close(self) -> None:
        self._opening = 0
