"""The far end of the boom's wire for measurements: `python -m station.simulate.lone_module`. Ends with its input.

Its first line is its port; then one line for each frame that moves the boom: CLOCK_MONOTONIC in ns, and what it says.
"""

import select
import sys
import time

from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_port_peer import ModbusPortPeer

_TRAVEL = Millis(100)
_LOOK_MS = 5


def main() -> None:
    """Serve one module with a boom that is quick, so that many orders fit into a minute."""

    def framed(_: Tick, text: str) -> None:
        _say(f"{time.monotonic_ns()} {text}")

    port = ModbusPortPeer(Adam60xxPeer(Adam6060Model(BoomModel(_TRAVEL)), on_frame=framed))
    _say(str(port.port))
    try:
        while True:
            port.service(now())
            poll = select.poll()
            poll.register(sys.stdin.fileno(), select.POLLIN)
            for wire in port.sockets():
                poll.register(wire.fileno(), select.POLLIN)
            if any(fileno == sys.stdin.fileno() for fileno, _ in poll.poll(_LOOK_MS)):
                return
    finally:
        port.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
