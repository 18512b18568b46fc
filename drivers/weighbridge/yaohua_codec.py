"""Yaohua XK3190 continuous output, bytes to frames. Pure and incremental; no input raises.

    xor              STX sign digit x6 decimals XOR XOR ETX     the menu's format 0 (tF = 0)
    equals-reversed  = digits x7, low first  sign               format 1; sign '0' or '-', the point among the digits
    equals           = sign digits x7, high first               format 2

No form says whether the deck is still, overloaded or zeroed, which unit is shown, or whether it is gross or net.
XOR covers sign to decimals and is written as two capital hex digits, high nibble first. The `=` forms have no
checksum and no end: a frame counts only once the `=` of the next one follows it. Which form an indicator sends is
stated in the settings and never guessed, since digits read the wrong way round are digits too. The display has six
digits, so the seven places hold a point or begin with 0; no point means no decimals, which no manual prints.
Sources: Yaohua DS1, A9+ and A23p manuals, table of the continuous output; menu numbers of the forms differ by model.
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Literal

from drivers.contract.quantities import GRAMS_PER_KILOGRAM, Grams
from drivers.weighbridge.fixed_frames import BadBytes, FixedFrames

Profile = Literal["xor", "equals", "equals-reversed"]

_DIGITS = b"0123456789"
_NUMBER = (_DIGITS + b".",) * 7
_HEX = b"0123456789ABCDEF"
_PLACES: dict[Profile, tuple[bytes, ...]] = {
    "xor": (b"\x02", b"+-", *(_DIGITS,) * 6, b"01234", _HEX, _HEX, b"\x03"),
    "equals": (b"=", b"0-", *_NUMBER, b"="),
    "equals-reversed": (b"=", *_NUMBER, b"0-", b"="),
}
"""What may stand at each place; the last `=` is the next frame's."""

_LENGTH: dict[Profile, int] = {"xor": 12, "equals": 9, "equals-reversed": 9}


@dataclass(frozen=True, slots=True)
class YaohuaFrame:
    """One frame, read. `shown` is what the indicator shows, taken as kilograms; None if it is finer than a gram.

    `raw` holds the bytes as they came.
    """

    raw: bytes
    shown: Grams | None


class YaohuaDecoder:
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order."""

    def __init__(self, profile: Profile) -> None:
        self._profile: Profile = profile
        self._places = _PLACES[profile]
        self._frames = FixedFrames(_LENGTH[profile], self._may_begin, self._read, seen=len(self._places))

    def feed(self, data: bytes) -> list[YaohuaFrame | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)

    def _may_begin(self, candidate: bytes) -> bool:
        if not all(byte in allowed for byte, allowed in zip(candidate, self._places, strict=False)):
            return False
        return len(candidate) < len(self._places) or self._is_sound(candidate)

    def _is_sound(self, seen: bytes) -> bool:
        if self._profile == "xor":
            return seen[9:11] == b"%02X" % reduce(xor, seen[1:9])
        _, number = self._equated(seen)
        return number.count(b".") == 1 or (b"." not in number and number.startswith(b"0"))

    def _read(self, raw: bytes) -> YaohuaFrame:
        if self._profile == "xor":
            sign, number, decimals = raw[1:2], raw[2:8], raw[8] - ord("0")
        else:
            sign, text = self._equated(raw)
            before, _, after = text.partition(b".")
            number, decimals = before + after, len(after)
        return YaohuaFrame(raw, _mass(-int(number) if sign == b"-" else int(number), decimals))

    def _equated(self, raw: bytes) -> tuple[bytes, bytes]:
        """Sign and number, high digit first, of an `=` form."""
        return (raw[1:2], raw[2:9]) if self._profile == "equals" else (raw[8:9], raw[7:0:-1])


def _mass(number: int, decimals: int) -> Grams | None:
    return Grams(number * GRAMS_PER_KILOGRAM // 10**decimals) if decimals <= 3 else None
