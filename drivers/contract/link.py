"""A byte wire: what a codec-and-driver needs from a serial port, a TCP socket or a peer in the same process."""

from typing import Protocol

from drivers.contract.quantities import Millis


class Link(Protocol):
    """Bytes in, bytes out, with a time-out on everything. Raises DeviceFault when the wire is gone."""

    def open(self) -> None:
        """Take the wire exclusively. Raises DeviceFault("port-missing" | "port-busy")."""

    def read(self, patience: Millis) -> bytes:
        """Whatever has arrived, waiting at most `patience` for the first byte; b"" if nothing came."""

    def write(self, data: bytes, patience: Millis) -> None:
        """Send all of `data` within `patience` or raise DeviceFault("silent")."""

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read."""

    def close(self) -> None:
        """Give the wire back. Never raises."""
