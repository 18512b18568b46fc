"""One picture fetched over HTTP, step by step: the owner waits, so nothing here ever blocks."""

import errno
import os
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from drivers.camera.http_codec import Broken, HttpCodec, Message

_CHUNK = 65_536
HTTP_PORT = 80

FetchFaultCode = Literal["port-missing", "silent", "garbled"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture is: the numeric `address` of the camera, the `host` as the URL names it, and what to ask for."""

    address: str
    port: int
    host: str
    target: str


@dataclass(frozen=True, slots=True)
class FetchFault:
    """The camera could not be asked: code and what was seen."""

    code: FetchFaultCode
    seen: str


def check_url(url: str) -> None:
    """Raise ValueError unless this is http://HOST[:PORT]/... without a name or password."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
        is_plain = all("!" <= character <= "~" for character in url)
    except ValueError:
        parts, is_address, is_plain = urlsplit(""), False, False
    if parts.username is not None or parts.password is not None:
        raise ValueError("url: no name or password may stand in it; use user and password_file")
    if parts.scheme == "https":
        raise ValueError("url: https is not supported yet; use http on a closed network, with digest")
    if not is_address or not is_plain:
        raise ValueError("url: this is no camera address; write http://HOST:PORT/PATH")


def place_of(url: str) -> Place:
    """Look the host up, once: a name server that is away later must not stop the lane. Raises OSError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or HTTP_PORT
    address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    return Place(address, port, named if parts.port is None else f"{named}:{port}", target)


class Fetch:
    """One GET on a connection of its own. Call `advance` whenever the descriptor is ready, until it says something."""

    def __init__(self, place: Place, authorization: str, largest_picture: int) -> None:
        self._place = place
        family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._codec = HttpCodec("answers", largest_picture)
        self._output = _request(place, authorization)
        self._error = self._socket.connect_ex((place.address, place.port))
        self._is_connected = False

    def fileno(self) -> int:
        """What to wait for: writable while `wants_to_write`, readable then."""
        return self._socket.fileno()

    @property
    def wants_to_write(self) -> bool:
        return bool(self._output)

    def advance(self) -> Message | FetchFault | None:
        """The answer, why there is none, or None while it is not whole."""
        try:
            return self._advance()
        except BlockingIOError:
            return None
        except OSError as error:
            return self._fault("port-missing", error.strerror or str(error))

    def close(self) -> None:
        self._socket.close()

    def _advance(self) -> Message | FetchFault | None:
        if not self._is_connected:
            error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or self._error
            if error not in (0, errno.EINPROGRESS):
                return self._fault("port-missing", os.strerror(error))
            self._error, self._is_connected = 0, True
        while self._output:
            self._output = self._output[self._socket.send(self._output) :]
        data = self._socket.recv(_CHUNK)
        found = self._codec.feed(data) if data else [self._codec.end()]
        answer = found[0] if found else None
        if isinstance(answer, Message):
            return answer
        if isinstance(answer, Broken):
            return self._fault("garbled", answer.seen)
        return None if data else self._fault("silent", "the connection ended without an answer")

    def _fault(self, code: FetchFaultCode, seen: str) -> FetchFault:
        return FetchFault(code, f"{self._place.address}:{self._place.port}: {seen}")


def _request(place: Place, authorization: str) -> bytes:
    lines = [
        f"GET {place.target} HTTP/1.1",
        f"Host: {place.host}",
        "Accept: image/jpeg",
        "Connection: close",
        *([f"Authorization: {authorization}"] if authorization else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
