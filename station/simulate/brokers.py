"""Which MQTT broker a demo uses: the embedded one, the installed mosquitto, or one that runs already."""

import shutil
import socket
import sys
from dataclasses import dataclass

from station.courier.broker import Version
from station.simulate.demo_folder import free_port


class NotABroker(ValueError):
    """What was asked for names no broker."""


class NotInstalled(Exception):
    """The broker that was asked for is not on this machine."""


@dataclass(frozen=True, slots=True)
class DemoBroker:
    """`command` starts it; () means that it is not ours to start or stop."""

    name: str
    host: str
    port: int
    version: Version
    command: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether the demo may stop it."""
        return bool(self.command)

    def answers(self) -> bool:
        """Whether somebody takes connections there now."""
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((self.host, self.port)) == 0


def broker_for(wanted: str) -> DemoBroker:
    """The broker that `wanted` names: amqtt, mosquitto or HOST:PORT. Raises NotABroker, NotInstalled."""
    if wanted == "amqtt":
        port = free_port()
        return DemoBroker(
            wanted, "127.0.0.1", port, "3.1.1", (sys.executable, "-m", "station.simulate.broker", str(port))
        )
    if wanted == "mosquitto":
        program = shutil.which(wanted) or shutil.which(wanted, path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise NotInstalled(wanted)
        port = free_port()
        return DemoBroker(wanted, "127.0.0.1", port, "5", (program, "-p", str(port)))
    host, _, number = wanted.rpartition(":")
    if not host or not number.isdecimal() or not 0 < int(number) < 65536:
        raise NotABroker(wanted)
    return DemoBroker(wanted, host, int(number), "5")
