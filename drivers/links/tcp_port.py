"""A real TCP port that carries a peer's bytes: the far end of a device that is reached over the network.

Nothing here waits: whoever runs the peers calls `service` from their loop.
"""

import select
import socket
from contextlib import suppress

from drivers.contract.quantities import Millis, Tick
from drivers.links.peer import Peer

_READ_LIMIT = 4096
_QUEUE_LIMIT = 65536


class TcpPort:
    """Listens on a loopback port that keeps its number over `unplug` and `replug`; the newest connection counts.

    What the peer says while nobody is connected is lost, as on a serial server without a buffer.
    """

    def __init__(self, peer: Peer, port: int = 0) -> None:
        self._peer = peer
        self._last: Tick | None = None
        self._wire: socket.socket | None = None
        self._waiting = bytearray()
        self._server: socket.socket | None = None
        self.port = port
        self.replug()

    @property
    def plugged(self) -> bool:
        """Whether the port takes connections now."""
        return self._server is not None

    def service(self, now: Tick) -> None:
        """Take a new connection, let the peer hear and speak for the time since the last call."""
        elapsed = Millis(0 if self._last is None else max(0, now - self._last))
        self._last = now
        self._accept()
        self._say(self._peer.advance(elapsed) if elapsed else b"")
        self._say(self._hear())

    def drop(self) -> None:
        """Close the connection; the port stays."""
        wire, self._wire = self._wire, None
        self._waiting.clear()
        if wire is not None:
            wire.close()

    def unplug(self) -> None:
        """The device is gone: connections end, new ones are refused."""
        self.drop()
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def replug(self) -> None:
        """The device is back on the same port."""
        if self._server is None:
            self._server = socket.create_server(("127.0.0.1", self.port), backlog=4)
            self._server.setblocking(False)
            self.port = self._server.getsockname()[1]

    def close(self) -> None:
        """Close for good. May be called twice."""
        self.unplug()

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while self._server is not None:
                wire, _ = self._server.accept()
                self.drop()
                wire.setblocking(False)
                self._wire = wire

    def _hear(self) -> bytes:
        if self._wire is None or not select.select([self._wire], [], [], 0)[0]:
            return b""
        try:
            data = self._wire.recv(_READ_LIMIT)
        except OSError:  # reset by who is connected: as good as closed
            data = b""
        if not data:
            self.drop()
        return self._peer.feed(data) if data else b""

    def _say(self, data: bytes) -> None:
        if self._wire is None:
            return
        self._waiting += data[: _QUEUE_LIMIT - len(self._waiting)]
        if not self._waiting:
            return
        try:
            del self._waiting[: self._wire.send(self._waiting)]
        except BlockingIOError:
            return
        except OSError:
            self.drop()
