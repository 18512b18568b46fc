"""A camera that pushes: an HTTP client that sends what its maker's peer words, the way such cameras send it.

Nothing blocks and nothing runs by itself: whoever owns the peer calls `service` often.
"""

import random
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.camera.http_peer import Account, digest_answer, read_head

PushFault = Literal["", "quiet", "cut", "drip", "garbage"]
"""What the camera does wrong: "quiet" sends nothing, "cut" ends the connection inside a body, "drip" sends a byte at a
time, "garbage" sends what is no HTTP."""

_GIVES_UP_AFTER_MS = 10_000
_GARBAGE = bytes(range(256)) * 80


@dataclass(frozen=True, slots=True)
class Post:
    """One request: its target, the type of its body and the body."""

    target: str
    content_type: str
    body: bytes

    def wire(self, host: str, authorization: str = "") -> bytes:
        """The request as bytes."""
        lines = [
            f"POST {self.target} HTTP/1.1",
            f"Host: {host}",
            "User-Agent: camera",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *([f"Authorization: {authorization}"] if authorization else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class PushPeer:
    """Pushes to HOST:PORT, one request after the other, and a heartbeat every `beat_ms` (0: none).

    A post leaves `latency_ms` after it was pushed: a span, from which each takes its own by seed. `answers` are the
    statuses that came back (0: none came), in the order of the posts; a 401 is answered with the `account`, if there is
    one. `resends`: how often a post that was not thanked for is sent again; most cameras do not.
    """

    def __init__(
        self,
        port: int,
        *,
        heartbeat: Callable[[], Post] | None = None,
        beat_ms: int = 0,
        account: Account | None = None,
        resends: int = 0,
        latency_ms: tuple[int, int] = (0, 0),
        host: str = "127.0.0.1",
    ) -> None:
        self.fault: PushFault = ""
        self.answers: list[int] = []
        self._address = (host, port)
        self._heartbeat = heartbeat
        self._beat_ms = beat_ms
        self._next_beat = 0
        self._account = account
        self._resends = resends
        self._latency_ms = latency_ms
        self._chance = random.Random(7070)
        self._due = 0
        self._waiting: deque[tuple[Post, int]] = deque()
        self._exchange: _Exchange | None = None

    @property
    def is_idle(self) -> bool:
        """Everything has been sent and answered."""
        return not self._waiting and self._exchange is None

    def push(self, post: Post) -> None:
        """Send `post` after what is waiting."""
        self._waiting.append((post, self._resends))

    def service(self, now_ms: int) -> None:
        """Go on with the post under way, or begin the next."""
        if self._beat_ms and self._heartbeat and now_ms >= self._next_beat and self.fault != "quiet":
            self._next_beat = now_ms + self._beat_ms
            self._waiting.append((self._heartbeat(), 0))
        if self._exchange is None and self._is_due(now_ms) and self.fault != "quiet":
            post, left = self._waiting.popleft()
            self._exchange = _Exchange(self._address, post, left, now_ms, garbled=self.fault == "garbage")
        if self._exchange is None:
            return
        status = self._exchange.go_on(self.fault, self._account, now_ms)
        if status is not None:
            self._end(self._exchange, status)

    def close(self) -> None:
        """Cut what is under way; twice is fine."""
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None

    def _is_due(self, now_ms: int) -> bool:
        """Whether the first of the waiting posts may leave; its latency begins when it has become the first."""
        if not self._waiting:
            return False
        if self._due == 0:
            self._due = now_ms + self._chance.randint(*self._latency_ms)
        if now_ms < self._due:
            return False
        self._due = 0
        return True

    def _end(self, exchange: "_Exchange", status: int) -> None:
        exchange.close()
        self._exchange = None
        self.answers.append(status)
        if status != 200 and exchange.resends:
            self._waiting.appendleft((exchange.post, exchange.resends - 1))


class _Exchange:
    """One post on a connection of its own, to its status; a second time with proof if it is asked for."""

    _input: bytes
    _output: bytearray
    _half: int

    def __init__(self, address: tuple[str, int], post: Post, resends: int, now_ms: int, *, garbled: bool) -> None:
        self.post = post
        self.resends = resends
        self._address = address
        self._until = now_ms + _GIVES_UP_AFTER_MS
        self._host = f"{address[0]}:{address[1]}"
        self._is_proven = False
        self._begin(_GARBAGE if garbled else post.wire(self._host))

    def go_on(self, fault: PushFault, account: Account | None, now_ms: int) -> int | None:
        """The status, 0 if none will come, None while it may."""
        if now_ms >= self._until:
            return 0
        try:
            self._send(fault)
            data = self._socket.recv(65_536)
        except BlockingIOError:
            return 0 if fault == "cut" and len(self._output) <= self._half else None
        except OSError:
            return 0
        if not data:
            return 0
        self._input += data
        found = read_head(self._input)
        if found is None:
            return None
        (first, headers), rest = found
        status = int(first.split(" ")[1])
        if status == 100:
            self._input = rest
            return None
        if status == 401 and account is not None and not self._is_proven:
            self._is_proven = True
            proof = digest_answer(headers["www-authenticate"], account, "POST", self.post.target)
            self.close()
            self._begin(self.post.wire(self._host, proof))
            return None
        return status

    def close(self) -> None:
        self._socket.close()

    def _begin(self, output: bytes) -> None:
        self._input = b""
        self._output = bytearray(output)
        self._half = len(output) // 2
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.connect_ex(self._address)

    def _send(self, fault: PushFault) -> None:
        while self._output:
            end = {"drip": 1, "cut": max(0, len(self._output) - self._half)}.get(fault, len(self._output))
            if end == 0:
                return
            del self._output[: self._socket.send(self._output[:end])]
            if fault == "drip":
                return
