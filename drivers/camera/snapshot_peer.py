"""A camera with a snapshot address: an HTTP server of our own, with what such cameras do wrong.

Nothing blocks and nothing runs by itself: whoever owns the peer calls `service` often.
"""

import socket
from collections.abc import Callable
from typing import Literal

from drivers.camera.http_peer import DigestLock, read_head

SnapshotFault = Literal[
    "", "html", "freeze", "stall", "drip", "cut", "refuse", "elsewhere", "endless", "no-length", "chunked"
]
"""What the camera does wrong: "html" answers 200 with a page, "freeze" repeats its last picture, "stall" never answers,
"drip" sends a byte at a time, "cut" ends inside the picture, "refuse" answers 503, "elsewhere" points to an address
inside, "endless" never stops sending. "no-length" and "chunked" are right, but seldom."""

PATH = "/ISAPI/Streaming/channels/101/picture"
_PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"
_JPEG = "image/jpeg"


class SnapshotPeer:
    """A camera at http://HOST:PORT`PATH`. `keeps_ms`: how long it serves one picture before it takes a new one.

    `lock` asks for an account. `fault` may be set at any time. `asked` counts requests, `given` pictures.
    """

    def __init__(
        self, source: Callable[[int], bytes], lock: DigestLock | None = None, host: str = "127.0.0.1", keeps_ms: int = 0
    ) -> None:
        self.fault: SnapshotFault = ""
        self.port = 0
        self.asked = self.given = 0
        self._source = source
        self._lock = lock
        self._host = host
        self._keeps_ms = keeps_ms
        self._kept: tuple[int, bytes] | None = None
        self._listener: socket.socket | None = None
        self._clients: list[_Client] = []

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}{PATH}"

    def open(self) -> None:
        """Listen, on the same port again after `close`."""
        self._listener = socket.create_server((self._host, self.port))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]

    def service(self, now_ms: int) -> None:
        """Accept, read, answer, send."""
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                break
            connection.setblocking(False)
            self._clients.append(_Client(connection))
        for client in self._clients:
            head = client.read()
            if head is not None:
                self._answer(client, head, now_ms)
            client.flush(drips=self.fault == "drip", endless=self.fault == "endless")
        self._clients = [client for client in self._clients if client.alive]

    def close(self) -> None:
        """Cut every connection and stop listening; twice is fine."""
        for client in self._clients:
            client.close()
        self._clients = []
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def filenos(self) -> list[int]:
        own = [] if self._listener is None else [self._listener.fileno()]
        return own + [client.fileno() for client in self._clients]

    def _answer(self, client: "_Client", head: tuple[str, dict[str, str]], now_ms: int) -> None:
        first, headers = head
        method, target, _ = first.split(" ")
        self.asked += 1
        if self.fault == "stall":
            return
        if self.fault == "refuse":
            client.say("503 Service Unavailable", "text/plain", b"busy")
            return
        if self._lock is not None:
            verdict = self._lock.judge(headers.get("authorization", ""), method)
            if verdict != "open":
                asked = self._lock.challenge(is_stale=verdict == "stale")
                client.say("401 Unauthorized", "text/html", _PAGE, f"WWW-Authenticate: {asked}")
                return
        if target != PATH:
            client.say("404 Not Found", "text/html", _PAGE)
        elif self.fault == "elsewhere":
            client.say("302 Found", "text/html", b"", "Location: http://192.168.254.2/picture?token=secret")
        elif self.fault == "html":
            client.say("200 OK", "text/html", _PAGE)
        else:
            self._give(client, now_ms)

    def _give(self, client: "_Client", now_ms: int) -> None:
        kept = self._kept
        if kept is None or (self.fault != "freeze" and now_ms - kept[0] >= self._keeps_ms):
            kept = self._kept = (now_ms, self._source(now_ms))
        jpeg = kept[1]
        self.given += 1
        match self.fault:
            case "cut":
                client.say("200 OK", _JPEG, jpeg, cut_to=len(jpeg) // 2)
            case "no-length" | "endless":
                client.raw(f"HTTP/1.0 200 OK\r\nContent-Type: {_JPEG}\r\n\r\n".encode() + jpeg)
            case "chunked":
                halves = (jpeg[: len(jpeg) // 2], jpeg[len(jpeg) // 2 :])
                body = b"".join(b"%x\r\n%b\r\n" % (len(half), half) for half in halves) + b"0\r\n\r\n"
                client.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {_JPEG}\r\n".encode() + _CHUNKED + body)
            case _:
                client.say("200 OK", _JPEG, jpeg)


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


class _Client:
    """One connection; it is closed when the answer has left."""

    def __init__(self, connection: socket.socket) -> None:
        self.alive = True
        self._socket = connection
        self._input = b""
        self._output = bytearray()
        self._has_answered = False

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> tuple[str, dict[str, str]] | None:
        try:
            data = self._socket.recv(65_536)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.close()
            return None
        self._input += data
        found = read_head(self._input)
        if found is None:
            return None
        head, self._input = found
        return head

    def say(self, status: str, content_type: str, body: bytes, *headers: str, cut_to: int | None = None) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
        self.raw("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body[:cut_to])

    def raw(self, data: bytes) -> None:
        self._output += data
        self._has_answered = True

    def flush(self, *, drips: bool, endless: bool) -> None:
        if not self.alive or not self._has_answered:
            return
        if endless and len(self._output) < 1_000_000:
            self._output += bytes(1_000_000)
        try:
            while self._output:
                del self._output[: self._socket.send(self._output[:1] if drips else self._output)]
                if drips:
                    return
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if not endless:
            self.close()

    def close(self) -> None:
        self.alive = False
        self._socket.close()
