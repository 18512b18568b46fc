"""The barrier's worker with a wire that can stop in the middle of the frame that raises the boom."""

import os
import socket
from pathlib import Path
from typing import Any

from drivers import catalog
from drivers.barrier.pulses import CountedPulse, register
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.tools import Tools
from drivers.links.tcp_link import TcpLink
from station.hosting.child import main
from station.hosting.wire import Open
from tests.rig.stops import Stops

IN_FRAME = "in-frame"
_WRITES_REGISTERS = 16
_FUNCTION_AT = 7


class HalvingSocket(socket.socket):
    """A socket that, when armed, takes only half of the raising frame, and whose process then stops."""

    raise_at: int
    stops: Stops

    def send(self, data: Any, flags: int = 0, /) -> int:  # noqa: ANN401 - as in the library
        if not self._is_raise(bytes(data)):
            return super().send(data, flags)
        taken = super().send(data[: len(data) // 2], flags)
        self.stops.stop_here(IN_FRAME)
        return taken

    def _is_raise(self, data: bytes) -> bool:
        function, address = data[_FUNCTION_AT], int.from_bytes(data[_FUNCTION_AT + 1 : _FUNCTION_AT + 3], "big")
        return function == _WRITES_REGISTERS and address == self.raise_at


class HalvingLink(TcpLink):
    """The product's link on such a socket: what becomes of the other half is the product's business."""

    def open(self) -> None:
        super().open()
        self._socket = HalvingSocket(fileno=self._opened().detach())
        self._socket.setblocking(False)


def build(opening: Open) -> Driver:
    """The catalog's barrier on the rig's wire."""
    spec = catalog.find(opening.kind)
    settings = plain.decode(spec.settings, opening.settings.encode())
    pulse = settings.profile().pulse
    assert isinstance(pulse, CountedPulse)
    HalvingSocket.raise_at = register(pulse.counts_at, settings.raise_output)
    HalvingSocket.stops = Stops(Path(os.environ["RIG_STOPS"]))
    link = HalvingLink(settings.host, settings.port, deadline=settings.slowest_answer)
    return spec.build(opening.device, settings, Tools(clock=now, evidence=Path(opening.evidence), link=link))


if __name__ == "__main__":
    main(build)
