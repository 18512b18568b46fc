"""A peer behind a TCP port of this machine, for readers that speak over the network."""

import socket
import threading
from types import TracebackType
from typing import Self

from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from drivers.links.peer import Peer


class TcpFarEnd:
    """Serves one connection after the other on `port` in a thread. Use as a context."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.02)
        self.port: int = self._listener.getsockname()[1]
        self._end = threading.Event()
        self._hang_up = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="far end over TCP")

    def hang_up(self) -> None:
        """Close the connection that stands; a new one is taken."""
        self._hang_up.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(0.005)
        self._hang_up.clear()
        before = now()
        while not self._end.is_set() and not self._hang_up.is_set():
            try:
                data = connection.recv(4096)
            except TimeoutError:
                data = b""
            except OSError:
                return
            else:
                if not data:
                    return
            before, elapsed = now(), Millis(now() - before)
            said = (self._peer.feed(data) if data else b"") + (self._peer.advance(elapsed) if elapsed else b"")
            try:
                connection.sendall(said)
            except OSError:
                return
