"""UHFReader18 and UHFReader288 frames (Chafon and many others), bytes to frames and commands to bytes. Pure.

    Len Adr Cmd [data] CRC-16          command; Len counts what follows it
    Len Adr Cmd Status [data] CRC-16   answer

CRC polynomial 8408, reflected, from FFFF, low byte first. The models differ in what an inventory answers:

    uhfreader18    count, then for each tag length and EPC
    uhfreader288   antenna (a bit), count, then for each tag length, EPC and signal strength

The strength is a figure of the reader's own (6B in the maker's vectors), no dBm. Source: the vectors and commands of
the chafon-rfid project, tests of UHFReader18, UHFReader288 and the base frames.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.scanner.length_frames import BadBytes, LengthFrames
from drivers.scanner.stays import Sighting

Model = Literal["uhfreader18", "uhfreader288"]

INVENTORY, INFO = 0x01, 0x21
BROADCAST = 0xFF
MORE_FOLLOWS = 0x03
_SMALLEST = 5  # Adr Cmd Status CRC CRC
_WITH_TAGS = {0x01, 0x02, 0x03, 0x04}  # finished, time over, more follows, memory full
_NO_TAG = 0xFB
_LONGEST_EPC = 62
_STARTS = {INVENTORY, INFO}


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one answer to an inventory saw. `is_last` is False while the reader has more to say by itself."""

    tags: tuple[Sighting, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Info:
    """The reader's firmware, "0.22", and its type."""

    version: str
    type: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The reader carried a command out with this status."""

    command: int
    status: int


Answer18 = Inventory | Info | Refused


def crc(data: bytes) -> bytes:
    """The two bytes that end a frame."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0x8408 if register & 1 else register >> 1
    return register.to_bytes(2, "little")


def command(code: int, data: bytes = b"", *, address: int = BROADCAST) -> bytes:
    """A whole command frame."""
    body = bytes((len(data) + 4, address, code)) + data
    return body + crc(body)


def inventory(model: Model, antenna: int, *, address: int = BROADCAST, q: int = 4, tenths: int = 3) -> bytes:
    """Ask for the tags in the field. `q` fits about 2**q tags; a 288 looks with `antenna` for `tenths` of a second.

    Its data: Q, session 0, mask in the EPC at 0 of length 0, target A, antenna from 80, time.
    """
    if model == "uhfreader18":
        return command(INVENTORY, address=address)
    return command(INVENTORY, bytes((q, 0, 1, 0, 0, 0, 0, 0x80 + antenna - 1, tenths)), address=address)


class Reader18Decoder:
    """Feed it what arrives, in any pieces; `flush` after a pause."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._frames: LengthFrames[Answer18] = LengthFrames(_length_of, self._read)

    def feed(self, data: bytes) -> list[Answer18 | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)

    def flush(self) -> list[Answer18 | BadBytes]:
        """What is left after a pause."""
        return self._frames.flush()

    def _read(self, frame: bytes) -> Answer18 | None:
        if crc(frame[:-2]) != frame[-2:]:
            return None
        code, status, data = frame[2], frame[3], frame[4:-2]
        if code == INFO and status == 0 and len(data) >= 3:
            return Info(f"{data[0]}.{data[1]}", data[2])
        if code == INVENTORY and status in _WITH_TAGS:
            tags = self._tags(data)
            return None if tags is None else Inventory(tags, status != MORE_FOLLOWS)
        return Inventory((), is_last=True) if code == INVENTORY and status == _NO_TAG else Refused(code, status)

    def _tags(self, data: bytes) -> tuple[Sighting, ...] | None:
        """The tags that `data` lists; None if it is not exactly such a list."""
        has_more = self._model == "uhfreader288"
        if len(data) < 1 + has_more:
            return () if not data else None
        antenna = data[0].bit_length() if has_more else 0
        count, rest = data[has_more], data[has_more + 1 :]
        tags: list[Sighting] = []
        while rest:
            length = rest[0]
            if not 0 < length <= _LONGEST_EPC or length % 2 or len(rest) < 1 + length + has_more:
                return None
            strength = rest[1 + length] if has_more else 0
            tags.append(Sighting(rest[1 : 1 + length].hex().upper(), antenna, strength, 0))
            rest = rest[1 + length + has_more :]
        return tuple(tags) if len(tags) == count else None


def _length_of(beginning: bytes) -> int | None:
    if beginning[0] < _SMALLEST or (len(beginning) > 2 and beginning[2] not in _STARTS):
        return 0
    return beginning[0] + 1
