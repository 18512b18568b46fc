"""A scale's bytes repeated to a second party: the scale often belongs to the yard, which has its own program.

The repeating is one-way and harmless. Every byte that arrives is offered to each outlet exactly as it came; nothing
that a second party sends is ever read into anything but a bin; an outlet that is slow, full or gone costs its own
bytes (counted), never a byte nor a moment of our own reading.
"""

import socket
from collections.abc import Sequence
from typing import Protocol

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick
from drivers.links.serial_link import SerialLink

MOST_CLIENTS = 4
"""TCP clients of one scale at a time; one more is turned away."""
_MOST_WAITING = 65536  # bytes for one slow party; a minute and more of the fastest indicator
_TRY_AGAIN_AFTER = 5000  # ms until a port that could not be opened is tried again
_GONE_AFTER = 30_000  # ms that a client may leave bytes unacknowledged
_BIN = 4096


class Repeated(Protocol):
    """The fields of a scale's settings that say who else hears it."""

    @property
    def port(self) -> str:
        """The scale's own serial port."""

    @property
    def pass_to_port(self) -> str:
        """A second serial port with the same speed and framing, "" for none."""

    @property
    def pass_to_tcp(self) -> str:
        """ADDRESS:PORT to listen on for TCP clients, "" for none."""


def check_pass_to(settings: Repeated) -> None:
    """For the `__post_init__` of settings. Raises ValueError."""
    if settings.pass_to_port and settings.pass_to_port == settings.port:
        raise ValueError("pass_to_port is the scale's own port")
    if settings.pass_to_tcp:
        address_of(settings.pass_to_tcp)


class Outlet(Protocol):
    """Where bytes are repeated to. Nothing here waits or raises. `lost` counts bytes that were not passed on."""

    lost: int

    def open(self) -> None:
        """Be ready if it can be; otherwise later."""

    def serve(self, data: bytes) -> None:
        """Pass `data` on, and what is still waiting; throw away what the other side says."""

    def close(self) -> None:
        """Let go."""


class PassThrough:
    """`link`, whose incoming bytes are repeated to `outlets`."""

    def __init__(self, link: Link, outlets: Sequence[Outlet]) -> None:
        self._link = link
        self._outlets = tuple(outlets)

    def __str__(self) -> str:
        return f"{self._link}, repeated to {', '.join(map(str, self._outlets))}"

    def open(self) -> None:
        self._link.open()
        for outlet in self._outlets:
            outlet.open()

    def read(self, patience: Millis) -> bytes:
        data = self._link.read(patience)
        for outlet in self._outlets:
            outlet.serve(data)
        return data

    def write(self, data: bytes, patience: Millis) -> None:
        self._link.write(data, patience)

    def discard_input(self) -> None:
        self._link.discard_input()

    def close(self) -> None:
        self._link.close()
        for outlet in self._outlets:
            outlet.close()


class SerialOutlet:
    """A second serial port. While it cannot be opened its bytes are lost, and it is tried again every 5 s."""

    def __init__(self, port: SerialLink) -> None:
        self.lost = 0
        self._port = port
        self._is_open = False
        self._again = Tick(0)
        self._waiting = bytearray()

    def __str__(self) -> str:
        return str(self._port)

    def open(self) -> None:
        self._again = Tick(now() + _TRY_AGAIN_AFTER)
        self._waiting.clear()
        try:
            self._port.open()
        except DeviceFault:  # the second party's trouble; `station devices scan` shows the port
            self._is_open = False
        else:
            self._is_open = True

    def serve(self, data: bytes) -> None:
        if not self._is_open and now() >= self._again:
            self.open()
        self.lost += _keep(self._waiting, data) if self._is_open else len(data)
        if not self._is_open:
            return
        try:
            self._port.discard_input()
            del self._waiting[: self._port.write_some(bytes(self._waiting))]
        except DeviceFault:
            self.lost += len(self._waiting)
            self.close()

    def close(self) -> None:
        self._port.close()
        self._is_open = False
        self._waiting.clear()


class TcpOutlet:
    """A listening TCP port for at most `MOST_CLIENTS` clients; each hears what comes from then on."""

    def __init__(self, host: str, port: int) -> None:
        self.lost = 0
        self._address = (host, port)
        self._server: socket.socket | None = None
        self._clients: list[_Client] = []
        self._again = Tick(0)

    def __str__(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    def open(self) -> None:
        self.close()
        self._again = Tick(now() + _TRY_AGAIN_AFTER)
        try:
            self._server = socket.create_server(self._address, backlog=MOST_CLIENTS)
        except OSError:  # the address is not ours now, or taken: tried again
            return
        self._server.setblocking(False)

    def serve(self, data: bytes) -> None:
        if self._server is None and now() >= self._again:
            self.open()
        for client in self._clients:
            client.send(data)
        self.lost += sum(client.take_lost() for client in self._clients)
        self._clients = [client for client in self._clients if client.is_there]
        self._accept()

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _accept(self) -> None:
        for _ in range(MOST_CLIENTS):
            if self._server is None:
                return
            try:
                connection, _address = self._server.accept()
            except OSError:  # nobody waits, or whoever did has gone
                return
            if len(self._clients) < MOST_CLIENTS:
                self._clients.append(_Client(connection))
            else:
                connection.close()


class _Client:
    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_AFTER)
        self.is_there = True
        self._connection = connection
        self._waiting = bytearray()
        self._lost = 0

    def send(self, data: bytes) -> None:
        self._lost += _keep(self._waiting, data)
        try:
            self.is_there = self._hears()
            if self._waiting:
                del self._waiting[: self._connection.send(self._waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self.is_there = False
        if not self.is_there:
            self._lost += len(self._waiting)
            self.close()

    def take_lost(self) -> int:
        lost, self._lost = self._lost, 0
        return lost

    def close(self) -> None:
        self._connection.close()

    def _hears(self) -> bool:
        """Whether the client is still there; what it says goes into the bin."""
        try:
            return bool(self._connection.recv(_BIN))
        except BlockingIOError:
            return True


def _keep(waiting: bytearray, data: bytes) -> int:
    """Put `data` behind what is waiting, whole or not at all; how many bytes found no room."""
    if len(waiting) + len(data) > _MOST_WAITING:
        return len(data)
    waiting += data
    return 0


def address_of(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is not of the form ADDRESS:PORT, for example 127.0.0.1:4001")
    return host.strip("[]"), int(port)
