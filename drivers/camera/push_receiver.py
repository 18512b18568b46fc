"""The small HTTP server of a push worker: no thread, nothing blocks, everything bounded in number, size and time."""

import errno
import ipaddress
import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.camera.digest_auth import Gate
from drivers.camera.http_codec import Broken, HttpCodec, Message
from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick

MOST_CONNECTIONS = 4
_IDLE = Millis(60_000)
_LINGER = Millis(1_000)
_CHUNK = 65_536
_BACKLOG = 16
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where to listen and to whom. `allowed` are addresses; `patience` bounds one request from first to last byte."""

    host: str
    port: int
    allowed: tuple[str, ...]
    largest_body: int
    patience: Millis


@dataclass(eq=False, slots=True)
class Connection:
    """One camera's connection. `until` is when it is cut: amid a request, idle, or after its last answer."""

    socket: socket.socket
    codec: HttpCodec
    until: Tick
    output: bytearray = field(default_factory=bytearray)
    is_amid: bool = False
    is_ending: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request from an allowed and proven sender, to be answered by `PushReceiver.answer`."""

    connection: Connection
    message: Message


class PushReceiver:
    """Listens at a `door`. Requests come whole or not at all; a sender too slow, too big or unknown is cut off.

    `refused` gathers, for whoever empties it, what was turned away and why. A fifth connection takes the place of an
    idle one; if all are busy it is closed at once.
    """

    def __init__(self, device: str, door: Door, gate: Gate | None, clock: Clock) -> None:
        self.refused: list[str] = []
        self._device = device
        self._door = door
        self._gate = gate
        self._clock = clock
        self._listener: socket.socket | None = None
        self._connections: list[Connection] = []

    def open(self) -> None:
        """Listen. Raises DeviceFault("port-busy" | "port-missing")."""
        door = self._door
        family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
        try:
            self._listener = socket.create_server((door.host, door.port), family=family, backlog=_BACKLOG)
        except OSError as error:
            busy = error.errno in (errno.EADDRINUSE, errno.EACCES)
            seen = f"{door.host}:{door.port}: {error.strerror}"
            step = "free the port or choose another" if busy else "correct `host`, or bring that network up"
            raise DeviceFault("port-busy" if busy else "port-missing", self._device, seen, step) from error
        self._listener.setblocking(False)

    def wait(self, patience: Millis) -> Sequence[Request]:
        """Serve the sockets for once, after at most `patience`; the requests that are whole now."""
        if self._listener is None:
            raise DeviceFault("silent", self._device, "it does not listen", "open it first")
        poller = select.poll()
        poller.register(self._listener, select.POLLIN)
        for connection in self._connections:
            # Who does not take its answers is not heard on: they would fill the memory.
            poller.register(connection.socket, select.POLLOUT if connection.output else select.POLLIN)
        ready = {number for number, _ in poller.poll(max(0, self._bounded(patience)))}
        requests = [
            request
            for connection in self._connections
            if connection.socket.fileno() in ready
            for request in self._serve(connection)
        ]
        if self._listener.fileno() in ready:
            self._accept(self._listener)
        self._cut_late()
        self._connections = [connection for connection in self._connections if connection.socket.fileno() >= 0]
        return requests

    def answer(self, request: Request, status: int, body: str = "") -> None:
        """Send the answer; what the socket does not take at once leaves with the next `wait`."""
        self._reply(request.connection, status, body, keeps=_keeps(request.message))

    def close(self) -> None:
        """Cut every connection and stop listening; twice is fine."""
        for connection in self._connections:
            connection.socket.close()
        self._connections = []
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _bounded(self, patience: Millis) -> int:
        """`patience`, or less if a connection has to be cut before."""
        now = self._clock()
        return min([patience, *(connection.until - now for connection in self._connections)])

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_BACKLOG):
            try:
                wire, address = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # the sender was gone before we looked, or no descriptor is free
                self.refused.append(f"a connection could not be taken: {error.strerror}")
                return
            if not self._is_allowed(address[0]):
                self.refused.append(f"{address[0]} is not among the allowed addresses")
                wire.close()
                continue
            self._make_room()
            if len(self._connections) >= MOST_CONNECTIONS:
                self.refused.append(f"more than {MOST_CONNECTIONS} connections at once")
                wire.close()
                continue
            wire.setblocking(False)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            codec = HttpCodec("requests", self._door.largest_body)
            self._connections.append(Connection(wire, codec, Tick(self._clock() + self._door.patience)))

    def _is_allowed(self, said: str) -> bool:
        address = ipaddress.ip_address(said.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address) in {ipaddress.ip_address(allowed) for allowed in self._door.allowed}

    def _make_room(self) -> None:
        idle = [connection for connection in self._connections if not connection.is_amid and not connection.output]
        if len(self._connections) >= MOST_CONNECTIONS and idle:
            oldest = min(idle, key=lambda connection: connection.until)
            oldest.socket.close()
            self._connections.remove(oldest)

    def _serve(self, connection: Connection) -> list[Request]:
        self._flush(connection)
        if connection.output:
            return []
        try:
            data = connection.socket.recv(_CHUNK)
        except BlockingIOError:
            return []
        except OSError:  # reset by the camera; what it had not finished is nothing
            connection.socket.close()
            return []
        if not data:
            self._ended(connection)
            return []
        if connection.is_ending:
            return []
        found = connection.codec.feed(data)
        self._set_deadline(connection, has_finished=bool(found))
        if connection.codec.awaits_leave:
            connection.output += b"HTTP/1.1 100 Continue\r\n\r\n"
            self._flush(connection)
        return [request for message in found if (request := self._admit(connection, message)) is not None]

    def _set_deadline(self, connection: Connection, *, has_finished: bool) -> None:
        """A request has `patience` from its first byte on, however its bytes are spread."""
        now_amid = connection.codec.is_amid
        if now_amid and (has_finished or not connection.is_amid):
            connection.until = Tick(self._clock() + self._door.patience)
        elif not now_amid:
            connection.until = Tick(self._clock() + _IDLE)
        connection.is_amid = now_amid

    def _admit(self, connection: Connection, message: Message | Broken) -> Request | None:
        """A request that may be looked at; anything else is answered here."""
        if isinstance(message, Broken):
            self.refused.append(message.seen)
            self._reply(connection, message.status, "", keeps=False)
            return None
        request = Request(connection, message)
        if self._gate is None:
            return request
        method, target, _ = message.start
        header = message.headers.get("authorization", "")
        verdict = self._gate.judge(header, method, target, self._clock())
        if verdict == "pass":
            return request
        if header and verdict == "refused":
            self.refused.append("a wrong name or password")
        asked = self._gate.challenges(self._clock(), is_stale=verdict == "stale")
        self._reply(
            connection, 401, "", keeps=_keeps(message), headers=[f"WWW-Authenticate: {value}" for value in asked]
        )
        return None

    def _reply(
        self, connection: Connection, status: int, body: str, *, keeps: bool, headers: Sequence[str] = ()
    ) -> None:
        data = body.encode()
        lines = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            f"Content-Length: {len(data)}",
            f"Connection: {'keep-alive' if keeps else 'close'}",
            *(["Content-Type: application/json"] if body else []),
            *headers,
        ]
        connection.output += "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data
        if not keeps:
            connection.is_ending = True
            connection.until = Tick(self._clock() + _LINGER)
        self._flush(connection)

    def _flush(self, connection: Connection) -> None:
        try:
            while connection.output:
                del connection.output[: connection.socket.send(connection.output)]
            if connection.is_ending:
                # Closing with unread bytes would reset the connection and take the answer with it.
                connection.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError:  # gone; the deadline or the end of file closes it
            connection.output.clear()

    def _ended(self, connection: Connection) -> None:
        left = connection.codec.end()
        if isinstance(left, Broken) and not connection.is_ending:
            self.refused.append(left.seen)
        connection.socket.close()

    def _cut_late(self) -> None:
        now = self._clock()
        for connection in self._connections:
            if now >= connection.until and connection.socket.fileno() >= 0:
                if connection.is_amid and not connection.is_ending:
                    self.refused.append(f"a request that was not whole within {self._door.patience} ms")
                connection.socket.close()


def _keeps(message: Message) -> bool:
    """Whether the sender means to go on with this connection."""
    return message.start[2] == "HTTP/1.1" and message.headers.get("connection", "").lower() != "close"
