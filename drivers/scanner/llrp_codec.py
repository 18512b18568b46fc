"""LLRP messages of fixed UHF readers (EPCglobal LLRP, TCP port 5084): framing, and who has the connection. Pure.

    version and type (16 bits: 3 reserved, 3, 10)  length (32, with this header)  id (32)  parameters

For an integrator; no driver of ours speaks LLRP yet. Source: layout and capture in the tests of the sllurp project,
which is GPL and not used here.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.scanner.length_frames import BadBytes, LengthFrames

READER_EVENT, KEEPALIVE = 63, 62
_HEADER = 10
_LONGEST = 65536
_EVENT_DATA, _CONNECTION_ATTEMPT = 246, 256
_PARAMETER_HEADER = 4

Connection = Literal["taken", "refused"]


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message."""

    version: int
    type: int
    id: int
    body: bytes


class LlrpDecoder:
    """Feed it what arrives, in any pieces. Messages have no checksum: TCP has."""

    def __init__(self) -> None:
        self._frames: LengthFrames[Message] = LengthFrames(_length_of, _read)

    def feed(self, data: bytes) -> list[Message | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)


def connection(message: Message) -> Connection | None:
    """What a reader's first event says of our connection: a reader takes one client only. None if it says nothing."""
    if message.type != READER_EVENT:
        return None
    data = _parameters(message.body).get(_EVENT_DATA, b"")
    status = _parameters(data).get(_CONNECTION_ATTEMPT)
    return None if status is None else "taken" if status == b"\x00\x00" else "refused"


def _parameters(body: bytes) -> dict[int, bytes]:
    """The parameters in `body` that state their length, by type, as far as they are whole."""
    found: dict[int, bytes] = {}
    while len(body) >= _PARAMETER_HEADER:
        kind, length = int.from_bytes(body[:2]) & 0x3FF, int.from_bytes(body[2:4])
        if not _PARAMETER_HEADER <= length <= len(body):
            break
        found[kind], body = body[_PARAMETER_HEADER:length], body[length:]
    return found


def _length_of(beginning: bytes) -> int | None:
    if beginning[0] >> 2 not in (1, 2):  # reserved bits are 0; versions 1.0.1 and 1.1
        return 0
    if len(beginning) < _HEADER:
        return None
    length = int.from_bytes(beginning[2:6])
    return length if _HEADER <= length <= _LONGEST else 0


def _read(frame: bytes) -> Message:
    head = int.from_bytes(frame[:2])
    return Message(head >> 10 & 7, head & 0x3FF, int.from_bytes(frame[6:10]), frame[_HEADER:])
