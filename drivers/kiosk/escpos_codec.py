"""ESC/POS: what a ticket printer is sent, and the status bytes it answers. Pure; nothing raises.

Vietnamese is printed without its marks. The code page for it (1258) has a number of its own in each make and puts marks
as letters apart, which printers set behind their letter; a picture of the text needs a font that a station may not
have. Without marks every printer prints every ticket, and the QR code holds what machines read.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.ascii_text import ascii_text

LONGEST_CODE = 500
MOST_LINES = 40

_RESET = b"\x1b@"
_CENTRE = b"\x1ba\x01"
_QR = b"\x1d(k"
_MODEL_2 = _QR + b"\x04\x00\x31\x41\x32\x00"
_DOT_SIZE = _QR + b"\x03\x00\x31\x43"
_DOT_SIZES = ((106, 6), (251, 5), (LONGEST_CODE, 4))
"""(characters, dots): versions 6, 11 and 17 with correction M have 41, 61 and 85 modules; narrow paper has 384 dots."""
_CORRECTION_M = _QR + b"\x03\x00\x31\x45\x31"
_PRINT_CODE = _QR + b"\x03\x00\x31\x51\x30"
_FEED_AND_CUT = b"\x1dV\x42\x00"

# Real-time status, DLE EOT n: bits 1 and 4 of every answer are set, 0 and 7 are not.
_FIXED, _FIXED_VALUE = 0b1001_0011, 0b0001_0010
_OFFLINE = 0b0000_1000  # n = 1
_NEAR_END, _END = 0b0000_1100, 0b0110_0000  # n = 4

Question = Literal["printer", "paper"]
_NUMBERS: dict[Question, int] = {"printer": 1, "paper": 4}


def ask(question: Question) -> bytes:
    """DLE EOT n: answered at once by one byte, also while the printer is offline."""
    return bytes((0x10, 0x04, _NUMBERS[question]))


def ticket(lines: Sequence[str], code: str, columns: int) -> bytes:
    """One ticket: its lines, wrapped at words, then `code` as a QR code if there is one, then the cut.

    No line can become a command: only printable ASCII is left. At most 40 lines and a code of 500 characters.
    """
    wrapped = [part for line in lines for part in textwrap.wrap(ascii_text(line), columns) or [""]][:MOST_LINES]
    text = b"".join(part.encode() + b"\n" for part in wrapped)
    return _RESET + _CENTRE + text + _qr_code(ascii_text(code)[:LONGEST_CODE]) + _FEED_AND_CUT


def _qr_code(code: str) -> bytes:
    if not code:
        return b""
    size = len(code) + 3
    store = _QR + size.to_bytes(2, "little") + b"\x31\x50\x30" + code.encode()
    dots = next(dots for most, dots in _DOT_SIZES if len(code) <= most)
    return _MODEL_2 + _DOT_SIZE + bytes((dots,)) + _CORRECTION_M + store + _PRINT_CODE + b"\n"


@dataclass(frozen=True, slots=True)
class Status:
    """One answer. It does not say which question it answers: the driver asks one at a time."""

    byte: int

    @property
    def is_offline(self) -> bool:
        """Of "printer": not ready, for whatever reason."""
        return bool(self.byte & _OFFLINE)

    @property
    def paper(self) -> Literal["ok", "low", "out"]:
        """Of "paper"."""
        return "out" if self.byte & _END else "low" if self.byte & _NEAR_END else "ok"


@dataclass(frozen=True, slots=True)
class BadStatus:
    """A byte that no status has."""

    raw: bytes


def statuses(data: bytes) -> list[Status | BadStatus]:
    """Each byte of `data` as what it is."""
    return [Status(byte) if byte & _FIXED == _FIXED_VALUE else BadStatus(bytes((byte,))) for byte in data]
