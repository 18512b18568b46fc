"""Radiation portals, empty most of the time."""

from pathlib import Path

from drivers.links.tcp_port import TcpPort
from drivers.portal.rpm_driver import RpmSerialSettings, RpmTcpSettings
from drivers.portal.rpm_peer import RpmPeer
from tests.drivers.harnesses.base import Harness, SerialHarness, Served


class RpmTcpHarness(Harness):
    """A portal with a network port of its own."""

    kind = "rpm-lines"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.peer = RpmPeer()
        self.peer.drive_through(hot=range(3, 5))
        self.port = TcpPort(self.peer)
        self._served = Served(self.port.service)
        self.settings = RpmTcpSettings("rpm-lines", "127.0.0.1", self.port.port)

    def acts(self) -> int:
        return len(self.peer.heard)

    def unplug(self) -> None:
        with self._served.lock:
            self.port.unplug()

    def plug_in(self) -> None:
        with self._served.lock:
            self.port.replug()

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.faults.add("noise")
            self.peer.drive_through(50)

    def close(self) -> None:
        self._served.close()
        self.port.close()


class RpmSerialHarness(SerialHarness):
    """A portal on a serial line."""

    kind = "rpm-lines-serial"

    def __init__(self, folder: Path) -> None:
        self.peer = RpmPeer()
        self.peer.drive_through(hot=range(3, 5))
        super().__init__(folder, self.peer, self.peer.heard)
        self.settings = RpmSerialSettings("rpm-lines-serial", str(self.port.name))

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.faults.add("noise")
            self.peer.drive_through(50)


HARNESSES: tuple[type[Harness], ...] = (RpmTcpHarness, RpmSerialHarness)
