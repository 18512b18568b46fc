"""The far end of the camera wire: an RTSP 1.0 server of our own (RFC 2326), JPEG over RTP inside the TCP connection.

Nothing blocks and nothing runs by itself: whoever owns the peer calls `service` often (each 5 to 20 ms).
UDP transport is answered with 461. A client that does not read gets old frames: up to `_BACKLOG_BYTES` are kept for it
beside what the kernel holds, as a camera does; later frames are left out until it reads again.
"""

import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from drivers.camera.http_peer import DigestLock
from drivers.camera.rtp_jpeg_peer import CLOCK_HZ, RtpJpeg, packets, parse_jpeg

CameraFault = Literal["", "stall", "freeze", "refuse", "garbage"]
"""What the camera does wrong: "stall" accepts all and sends no frame, "freeze" repeats the last picture, "refuse"
answers 503, "garbage" sends packets whose payload is chance."""

FrameSource = Callable[[int], bytes]
"""`frame(now_ms)` gives the picture of that instant: JPEG, baseline, 4:2:0, sides a multiple of 8 (1280x720)."""

_BACKLOG_BYTES = 2_000_000
_LONGEST_REQUEST = 8_192
_SSRC = 0x0B0A_7E57
_SESSION = "1001"
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"


class RtspPeer:
    """A camera at rtsp://HOST:PORT/ (any path). `port` 0 takes a free one; read it after `open`.

    `fault` may be set at any time; `drop` cuts every connection. `frames_sent` counts pictures given to clients.
    With a `lock` it asks for an account. Raises ValueError from `service` if the source gives a picture that RFC 2435
    cannot carry.
    """

    def __init__(
        self,
        source: FrameSource,
        host: str = "127.0.0.1",
        port: int = 0,
        fps: int = 10,
        lock: DigestLock | None = None,
    ) -> None:
        self.fault: CameraFault = ""
        self.port = port
        self.frames_sent = 0
        self._source = source
        self._host = host
        self._period_ms = 1000 // fps
        self._next_frame_ms = 0
        self._lock = lock
        self._frozen: RtpJpeg | None = None
        self._listener: socket.socket | None = None
        self._clients: list[_Client] = []

    @property
    def url(self) -> str:
        return f"rtsp://{self._host}:{self.port}/lane"

    def open(self) -> None:
        """Listen. Raises OSError if the port is taken."""
        self._listener = socket.create_server((self._host, self.port))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]

    def service(self, now_ms: int) -> None:
        """Accept, answer, and send the frame that is due. `now_ms` is monotonic."""
        self._accept()
        for client in self._clients:
            client.answer(refuse=self.fault == "refuse")
        if now_ms >= self._next_frame_ms:
            self._next_frame_ms = max(self._next_frame_ms + self._period_ms, now_ms)
            self._send_frame(now_ms)
        for client in self._clients:
            client.flush()
        self._clients = [client for client in self._clients if client.alive]

    def drop(self) -> None:
        """Cut every connection, as a camera that loses power."""
        for client in self._clients:
            client.close()
        self._clients = []

    def close(self) -> None:
        """Cut every connection and stop listening; twice is fine."""
        self.drop()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def filenos(self) -> list[int]:
        """What to select on for reading, so that `service` answers at once."""
        own = [] if self._listener is None else [self._listener.fileno()]
        return own + [client.fileno() for client in self._clients]

    def _accept(self) -> None:
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            connection.setblocking(False)
            self._clients.append(_Client(connection, self._lock))

    def _send_frame(self, now_ms: int) -> None:
        players = [client for client in self._clients if client.ready_for_frame]
        if not players or self.fault == "stall":
            return
        if self.fault != "freeze" or self._frozen is None:
            self._frozen = parse_jpeg(self._source(now_ms))
        for client in players:
            client.send_frame(self._frozen, now_ms, spoil=self.fault == "garbage")
            self.frames_sent += 1


@dataclass
class RtspSession:
    """One client's conversation, without a socket: `feed` takes its bytes and returns the answers."""

    lock: DigestLock | None = None
    playing: bool = False
    ended: bool = False
    _channel: int = 0
    _sequence: int = 0xFFF0  # near the end, so that each session passes the wrap
    _input: bytes = b""
    _chance: random.Random = field(default_factory=lambda: random.Random(2435))

    def feed(self, data: bytes, *, refuse: bool = False) -> bytes:
        """The answers to all requests that are complete by now; receiver reports ($...) are passed over."""
        self._input += data
        answers = b""
        while not self.ended:
            if self._input[:1] == b"$":
                if len(self._input) < 4 or len(self._input) < (end := 4 + int.from_bytes(self._input[2:4])):
                    break
                self._input = self._input[end:]
                continue
            head, found, rest = self._input.partition(b"\r\n\r\n")
            if not found:
                self.ended = len(self._input) > _LONGEST_REQUEST
                break
            self._input = rest
            answers += self._answer(head.decode("latin-1"), refuse=refuse)
        return answers

    def frame(self, jpeg: RtpJpeg, now_ms: int, *, spoil: bool) -> bytes:
        """One picture as interleaved packets; `spoil` replaces the payload by chance bytes."""
        made = packets(jpeg, now_ms * (CLOCK_HZ // 1000), self._sequence, _SSRC)
        self._sequence = (self._sequence + len(made)) & 0xFFFF
        if spoil:
            made = [packet[:12] + self._chance.randbytes(len(packet) - 12) for packet in made]
        return b"".join(b"$" + bytes((self._channel,)) + len(packet).to_bytes(2) + packet for packet in made)

    def _answer(self, head: str, *, refuse: bool) -> bytes:
        request, *lines = head.split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        parts = request.split(" ")
        cseq = headers.get("cseq", "")
        if len(parts) != 3 or not parts[2].startswith("RTSP/1.") or not cseq.isdigit():
            return _reply("400 Bad Request", cseq or "0")
        method, url, _ = parts
        if refuse:
            return _reply("503 Service Unavailable", cseq)
        if asked := self._asks_for_proof(method, headers.get("authorization", "")):
            return _reply("401 Unauthorized", cseq, {"WWW-Authenticate": asked})
        return self._carry_out(method, url, cseq, headers)

    def _carry_out(self, method: str, url: str, cseq: str, headers: dict[str, str]) -> bytes:
        match method:
            case "OPTIONS":
                return _reply("200 OK", cseq, {"Public": _METHODS})
            case "DESCRIBE":
                return _reply("200 OK", cseq, {"Content-Base": url.rstrip("/") + "/"}, _description())
            case "SETUP":
                return self._set_up(cseq, headers.get("transport", ""))
            case "PLAY" | "TEARDOWN" | "GET_PARAMETER" if headers.get("session", "").split(";")[0] != _SESSION:
                return _reply("454 Session Not Found", cseq)
            case "PLAY":
                self.playing = True
                return _reply("200 OK", cseq, {"Session": _SESSION, "Range": "npt=now-"})
            case "TEARDOWN":
                self.playing, self.ended = False, True
                return _reply("200 OK", cseq, {"Session": _SESSION})
            case "GET_PARAMETER":
                return _reply("200 OK", cseq, {"Session": _SESSION})
            case _:
                return _reply("501 Not Implemented", cseq, {"Public": _METHODS})

    def _asks_for_proof(self, method: str, given: str) -> str:
        """The challenge, "" if none is needed."""
        verdict = "open" if self.lock is None or method == "OPTIONS" else self.lock.judge(given, method)
        return "" if self.lock is None or verdict == "open" else self.lock.challenge(is_stale=verdict == "stale")

    def _set_up(self, cseq: str, transport: str) -> bytes:
        options = transport.partition(",")[0].split(";")
        if options[0] != "RTP/AVP/TCP":
            return _reply("461 Unsupported Transport", cseq)
        channels = next((option[12:] for option in options if option.startswith("interleaved=")), "0-1")
        first = channels.split("-")[0]
        if not first.isdigit() or int(first) > 254:
            return _reply("400 Bad Request", cseq)
        self._channel = int(first)
        chosen = f"RTP/AVP/TCP;unicast;interleaved={first}-{int(first) + 1};ssrc={_SSRC:08X}"
        return _reply("200 OK", cseq, {"Session": f"{_SESSION};timeout=60", "Transport": chosen})


class _Client:
    """One TCP connection and its session."""

    def __init__(self, connection: socket.socket, lock: DigestLock | None) -> None:
        self.alive = True
        self._socket = connection
        self._session = RtspSession(lock=lock)
        self._output = bytearray()

    @property
    def ready_for_frame(self) -> bool:
        return self._session.playing and len(self._output) < _BACKLOG_BYTES

    def fileno(self) -> int:
        return self._socket.fileno()

    def answer(self, *, refuse: bool) -> None:
        """Read what has come and queue the answers; an end of file ends the client."""
        try:
            data = self._socket.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if not data:
            self.close()
            return
        self._output += self._session.feed(data, refuse=refuse)

    def send_frame(self, jpeg: RtpJpeg, now_ms: int, *, spoil: bool) -> None:
        self._output += self._session.frame(jpeg, now_ms, spoil=spoil)

    def flush(self) -> None:
        """Send what the socket takes; a session that has ended is closed when all is out."""
        try:
            while self.alive and self._output:
                del self._output[: self._socket.send(self._output)]
        except BlockingIOError:
            return
        except OSError:
            self.close()
        if self._session.ended:
            self.close()

    def close(self) -> None:
        self.alive = False
        self._socket.close()


def _reply(status: str, cseq: str, headers: dict[str, str] | None = None, body: str = "") -> bytes:
    lines = [f"RTSP/1.0 {status}", f"CSeq: {cseq}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if body:
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def _description() -> str:
    """SDP: one video track, static payload type 26 (JPEG)."""
    lines = ("v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=lane camera", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*")
    return "\r\n".join((*lines, "m=video 0 RTP/AVP 26", "a=control:track1", ""))
