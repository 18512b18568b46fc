"""A TCP connection as a byte wire: a serial device server, or a device that speaks over TCP by itself.

A dead connection must not deliver old bytes: linger 0 drops what is unsent at close, TCP_USER_TIMEOUT ends a
connection whose bytes are not acknowledged.
"""

import socket
import struct
import time
from contextlib import suppress

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.links.readiness import wait_readable, wait_writable

_LINGER_0 = struct.pack("ii", 1, 0)
_CHUNK = 65536


class TcpLink:
    """`host`:`port` as a Link. `deadline` bounds the connect and how long sent bytes may stay unacknowledged."""

    def __init__(self, host: str, port: int, *, deadline: Millis = Millis(1000)) -> None:
        self._address = (host, port)
        self._deadline = deadline
        self._socket: socket.socket | None = None

    def __str__(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    def open(self) -> None:
        self.close()
        try:
            wire = socket.create_connection(self._address, timeout=self._deadline / 1000)
        except OSError as error:
            raise DeviceFault(
                "port-missing", str(self), str(error), "check power, network cable and the address"
            ) from error
        wire.setblocking(False)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self._deadline)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        self._socket = wire

    def fileno(self) -> int:
        """The connection's descriptor, for those who wait on several wires."""
        return self._opened().fileno()

    def read(self, patience: Millis) -> bytes:
        wire = self._opened()
        if not wait_readable(wire.fileno(), patience):
            return b""
        try:
            data = wire.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._gone(str(error)) from error
        if not data:
            raise self._gone("the far end closed the connection")
        return data

    def write(self, data: bytes, patience: Millis) -> None:
        wire = self._opened()
        end = time.monotonic() + patience / 1000
        rest = memoryview(data)
        while rest:
            left = Millis(int((end - time.monotonic()) * 1000))
            if left < 0 or not wait_writable(wire.fileno(), left):
                raise DeviceFault(
                    "silent", str(self), f"the bytes did not leave within {patience} ms", "check the network"
                )
            try:
                rest = rest[wire.send(rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._gone(str(error)) from error

    def discard_input(self) -> None:
        while self.read(Millis(0)):
            pass

    def close(self) -> None:
        wire, self._socket = self._socket, None
        if wire is not None:
            with suppress(OSError):  # the contract: close never raises, and the descriptor is free in any case
                wire.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise DeviceFault("port-missing", str(self), "the connection is not open", "open the device first")
        return self._socket

    def _gone(self, seen: str) -> DeviceFault:
        return DeviceFault("port-missing", str(self), seen, "check the device and its network")
