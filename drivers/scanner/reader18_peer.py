"""The voice of an UHFReader18 or UHFReader288, written from the maker's frames and not from the driver."""

import random
from typing import Literal

from drivers.contract.quantities import Millis
from drivers.scanner.tag_field_model import Tag, TagField

Fault = Literal["silent", "noise", "bad-crc", "antenna", "garbage-prefix", "torn", "doubled"]

_TAGS_IN_A_FRAME = 12


class Reader18Peer:
    """Answers for the tags of `field`. `heard` keeps what was written to it, `infos` counts who asked for its name.

    An answer with more tags than fit comes in several frames: status 3 until the last one, which has 1.
    `late`: how long an inventory takes.
    """

    def __init__(
        self,
        field: TagField,
        *,
        model: Literal["uhfreader18", "uhfreader288"] = "uhfreader288",
        late: Millis = Millis(0),
        seed: int = 0,
    ) -> None:
        self.heard = bytearray()
        self.infos = 0
        self.inventories = 0
        self._field = field
        self._has_strength = model == "uhfreader288"
        self._late = late
        self._random = random.Random(seed)
        self._fault: Fault | None = None
        self._waiting = b""
        self._coming: list[tuple[int, bytes]] = []  # milliseconds until it is sent, the bytes

    def fail(self, fault: Fault) -> None:
        """Every answer suffers from `fault` until `mend`."""
        self._fault = fault

    def mend(self) -> None:
        """No fault any more."""
        self._fault = None

    def feed(self, data: bytes) -> bytes:
        """Who it is, it says at once; tags take `late`."""
        self.heard += data
        self._waiting += data
        said = b""
        while self._waiting and len(self._waiting) > self._waiting[0]:
            size = self._waiting[0] + 1
            command, self._waiting = self._waiting[:size], self._waiting[size:]
            if size < 5 or _crc(command[:-2]) != command[-2:]:
                self._waiting = b""
                break
            said += self._answer(command)
        return said

    def advance(self, elapsed: Millis) -> bytes:
        """What leaves during the next `elapsed` milliseconds."""
        self._coming = [(left - elapsed, data) for left, data in self._coming]
        due = b"".join(data for left, data in self._coming if left <= 0)
        self._coming = [(left, data) for left, data in self._coming if left > 0]
        return due

    def _answer(self, command: bytes) -> bytes:
        if command[2] == 0x21:
            self.infos += 1
            return self._spoilt(_frame(b"\x00\x21\x00" + bytes.fromhex("00160C034E001E0A01000000")))
        if command[2] != 0x01:
            return self._spoilt(_frame(b"\x00" + command[2:3] + b"\xfe"))
        self.inventories += 1
        antenna = command[-4] - 0x7F if len(command) > 10 else 0
        if self._fault == "antenna":
            said = _frame(b"\x00\x01\xf8")
        else:
            said = self._spoilt(self._inventory(self._field.answers(antenna), antenna or 1))
        if not self._late:
            return said
        self._coming.append((self._late, said))
        return b""

    def _inventory(self, tags: list[Tag], antenna: int) -> bytes:
        groups = [tags[at : at + _TAGS_IN_A_FRAME] for at in range(0, len(tags), _TAGS_IN_A_FRAME)] or [[]]
        said = b""
        for number, group in enumerate(groups):
            status = 0x01 if number == len(groups) - 1 else 0x03
            body = bytes((0x00, 0x01, status))
            body += bytes((1 << (antenna - 1),)) if self._has_strength else b""
            body += bytes((len(group),))
            for tag in group:
                body += bytes((len(tag.epc),)) + tag.epc
                body += bytes((tag.rssi + 0xA2,)) if self._has_strength else b""  # 6B is what -55 dBm is here
            said += _frame(body)
        return said

    def _spoilt(self, frame: bytes) -> bytes:
        match self._fault:
            case "silent":
                return b""
            case "noise":
                return self._random.randbytes(len(frame) + 20)
            case "bad-crc":
                return frame[:-1] + bytes((frame[-1] ^ 0x01,))
            case "garbage-prefix":
                return b"\x00\x00\x7f\x7f" + frame
            case "torn":
                return frame[: len(frame) // 2]
            case "doubled":
                return frame + frame
            case _:
                return frame


def _frame(body: bytes) -> bytes:
    whole = bytes((len(body) + 2,)) + body
    return whole + _crc(whole)


def _crc(data: bytes) -> bytes:
    """CRC-16 as the maker's C example computes it, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            lowest, value = value & 1, value >> 1
            if lowest:
                value ^= 0x8408
    return bytes((value & 0xFF, value >> 8))
