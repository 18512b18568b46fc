"""HTTP/1.1 messages out of a stream of bytes (RFC 9112): what a pushing camera asks, what an asked camera answers.

The standard library's reader blocks until a message is whole and knows no time limit for all of it; a gate's worker
must go on meanwhile. So this one is fed, whoever feeds it keeps the time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

LONGEST_HEAD = 16 * 1024
_LONGEST_CHUNK_LINE = 256
_MOST_TRAILERS = 32

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"[!-~]+")
_VERSION = re.compile(r"HTTP/1\.[01]")
_NO_BODY = ("204", "304")

Role = Literal["requests", "answers"]


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message. `start` is (method, target, version) of a request, (version, status, reason) of an answer.

    The names in `headers` are in lower case; what stood in several lines is joined by ", ".
    """

    start: tuple[str, str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The stream carries no further message; `status` is what a server answers to that, `seen` what was wrong."""

    status: int
    seen: str


@dataclass(frozen=True, slots=True)
class _Head:
    start: tuple[str, str, str]
    headers: Mapping[str, str]
    framing: Literal["length", "chunked", "until-end"]
    length: int


class HttpCodec:
    """Takes the bytes of one connection in any portions. Keeps at most a head and `largest_body` bytes.

    After `Broken` everything is ignored: where the next message would begin cannot be known, a new connection can.
    """

    def __init__(self, role: Role, largest_body: int) -> None:
        self._role = role
        self._largest_body = largest_body
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._chunks = bytearray()
        self._trailers = -1
        self._is_broken = False

    @property
    def is_amid(self) -> bool:
        """A message has begun and is not whole."""
        return self._head is not None or bool(self._buffer)

    @property
    def awaits_leave(self) -> bool:
        """The sender wants to hear "100 Continue" before it sends the body."""
        head = self._head
        has_begun = self._buffer or self._chunks or self._trailers >= 0
        return head is not None and not has_begun and head.headers.get("expect", "").lower() == "100-continue"

    def feed(self, data: bytes) -> list[Message | Broken]:
        """The messages that are whole by now, in order; a Broken is the last."""
        found: list[Message | Broken] = []
        if self._is_broken:
            return found
        self._buffer += data
        while (message := self._next()) is not None:
            found.append(message)
            if isinstance(message, Broken):
                self._break()
        return found

    def end(self) -> Message | Broken | None:
        """What the end of the connection means: an answer without a length is whole then; anything else is cut off."""
        head, amid = self._head, self.is_amid
        if self._is_broken or not amid:
            return None
        body = bytes(self._buffer)
        self._break()
        if head is not None and head.framing == "until-end":
            return Message(head.start, head.headers, body)
        return Broken(400, "the connection ended inside a message")

    def _break(self) -> None:
        self._is_broken = True
        self._head = None
        self._buffer.clear()
        self._chunks.clear()

    def _next(self) -> Message | Broken | None:
        while self._head is None:
            head = self._take_head()
            if not isinstance(head, _Head):
                return head
            if head.start[1].startswith("1") and self._role == "answers":
                continue  # "100 Continue" and its like: the answer is still to come
            self._head = head
        body = self._take_body(self._head)
        if not isinstance(body, bytes):
            return body
        head, self._head = self._head, None
        return Message(head.start, head.headers, body)

    def _take_head(self) -> "_Head | Broken | None":
        if self._is_broken:
            return None
        while self._buffer.startswith((b"\r", b"\n")):  # some senders end a body with a line of its own
            del self._buffer[:1]
        end = _END_OF_HEAD.search(self._buffer, 0, LONGEST_HEAD)
        if end is None:
            return (
                Broken(431, f"a head of more than {LONGEST_HEAD} bytes") if len(self._buffer) >= LONGEST_HEAD else None
            )
        lines = bytes(self._buffer[: end.start()]).decode("latin-1").replace("\r\n", "\n").split("\n")
        del self._buffer[: end.end()]
        return _read_head(self._role, self._largest_body, lines)

    def _take_body(self, head: _Head) -> bytes | Broken | None:
        if head.framing == "chunked":
            return self._take_chunks()
        if head.framing == "until-end":
            return Broken(413, self._too_long) if len(self._buffer) > self._largest_body else None
        if len(self._buffer) < head.length:
            return None
        body = bytes(self._buffer[: head.length])
        del self._buffer[: head.length]
        return body

    def _take_chunks(self) -> bytes | Broken | None:
        while True:
            end = self._buffer.find(b"\n", 0, _LONGEST_CHUNK_LINE)
            if end < 0:
                is_lost = len(self._buffer) >= _LONGEST_CHUNK_LINE
                return Broken(400, "a chunk without a length") if is_lost else None
            line = bytes(self._buffer[:end]).strip()
            if self._trailers >= 0:
                del self._buffer[: end + 1]
                self._trailers += 1
                if not line:
                    return self._whole_chunks()
                if self._trailers > _MOST_TRAILERS:
                    return Broken(431, "too many trailers")
                continue
            refusal = self._take_chunk(line, end + 1)
            if not isinstance(refusal, _Taken):
                return refusal

    def _take_chunk(self, line: bytes, begin: int) -> "_Taken | Broken | None":
        size = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            return Broken(400, "a chunk without a length")
        length = int(size, 16)
        if len(self._chunks) + length > self._largest_body:
            return Broken(413, self._too_long)
        if length == 0:
            self._trailers = 0
            del self._buffer[:begin]
            return _TAKEN
        end = begin + length
        if len(self._buffer) < end + 2:
            return None
        if self._buffer[end : end + 2] != b"\r\n":
            return Broken(400, "a chunk longer than its length")
        self._chunks += self._buffer[begin:end]
        del self._buffer[: end + 2]
        return _TAKEN

    def _whole_chunks(self) -> bytes:
        body, self._chunks, self._trailers = bytes(self._chunks), bytearray(), -1
        return body

    @property
    def _too_long(self) -> str:
        return f"a body of more than {self._largest_body} bytes"


class _Taken:
    """A chunk was taken; there may be another."""


_TAKEN = _Taken()


def _read_head(role: Role, largest_body: int, lines: list[str]) -> _Head | Broken:
    first, _, rest = lines[0].partition(" ")
    second, _, third = rest.partition(" ")
    start = (first, second, third)
    if not (_is_request(start) if role == "requests" else _is_answer(start)):
        return Broken(400, f"no HTTP/1.1: {lines[0][:40]!r}")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            return Broken(400, f"no header: {line[:40]!r}")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return _framed(role, largest_body, start, headers)


def _is_request(start: tuple[str, str, str]) -> bool:
    method, target, version = start
    return bool(_TOKEN.fullmatch(method) and _TARGET.fullmatch(target) and _VERSION.fullmatch(version))


def _is_answer(start: tuple[str, str, str]) -> bool:
    return bool(_VERSION.fullmatch(start[0]) and re.fullmatch(r"[1-5][0-9][0-9]", start[1]))


def _framed(role: Role, largest_body: int, start: tuple[str, str, str], headers: dict[str, str]) -> _Head | Broken:
    """How long the body is. Two statements that might differ are refused: they are how requests are smuggled."""
    coding, length = headers.get("transfer-encoding", "").lower(), headers.get("content-length")
    frozen = MappingProxyType(headers)
    if coding and length is not None:
        return Broken(400, "both a length and chunks")
    if role == "answers" and (start[1] in _NO_BODY or start[1].startswith("1")):
        return _Head(start, frozen, "length", 0)
    if coding:
        is_known = coding == "chunked"
        return _Head(start, frozen, "chunked", 0) if is_known else Broken(501, f"transfer-encoding {coding[:40]!r}")
    if length is None:
        return _Head(start, frozen, "length" if role == "requests" else "until-end", 0)
    if not re.fullmatch(r"[0-9]{1,15}", length):
        return Broken(400, f"content-length {length[:40]!r}")
    if int(length) > largest_body:
        return Broken(413, f"a body of {length} bytes; at most {largest_body}")
    return _Head(start, frozen, "length", int(length))
