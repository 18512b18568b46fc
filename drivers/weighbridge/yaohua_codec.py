"""Yaohua XK3190 continuous output, bytes to frames. Pure and incremental; no input raises.

    xor              STX sign digit x6 decimals XOR XOR ETX     the menu's format 0 (tF = 0)
    equals-reversed  = digits x7, low first  sign               format 1; sign '0' or '-', the point among the digits
    equals           = sign digits x7, high first               format 2
    a12              W G digits x7 kg XOR XOR CR LF             A12 and A12E; N for net; OL over, LO under range

No form says whether the deck is still or zeroed, and only a12 its unit, its range and whether it is gross or net.
XOR covers sign to decimals, in a12 the first eleven bytes, and is written as two capital hex digits, high nibble
first. In a12 the last of the seven places is a space where there is no point. The `=` forms have no
checksum and no end: a frame counts only once the `=` of the next one follows it. Which form an indicator sends is
stated in the settings and never guessed, since digits read the wrong way round are digits too. The display has six
digits, so the seven places hold a point or begin with 0; no point means no decimals, which no manual prints.
Sources: Yaohua DS1, A9+ and A23p manuals, table of the continuous output; menu numbers of the forms differ by model;
A12E manual p. 13.
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Literal

from drivers.contract.quantities import GRAMS_PER_KILOGRAM, Grams
from drivers.weighbridge.fixed_frames import BadBytes, FixedFrames
from drivers.weighbridge.shown_mass import shown_mass

Profile = Literal["xor", "equals", "equals-reversed", "a12"]

_DIGITS = b"0123456789"
_NUMBER = (_DIGITS + b".",) * 7
_HEX = b"0123456789ABCDEF"
_PLACES: dict[Profile, tuple[bytes, ...]] = {
    "xor": (b"\x02", b"+-", *(_DIGITS,) * 6, b"01234", _HEX, _HEX, b"\x03"),
    "equals": (b"=", b"0-", *_NUMBER, b"="),
    "equals-reversed": (b"=", *_NUMBER, b"0-", b"="),
    "a12": (b"W ", b"GN ", *(_DIGITS + b".- ",) * 7, b"kOL", b"gLO", _HEX, _HEX, b"\r", b"\n"),
}
"""What may stand at each place; the last `=` is the next frame's."""

_LENGTH: dict[Profile, int] = {"xor": 12, "equals": 9, "equals-reversed": 9, "a12": 15}
_CHECKED: dict[Profile, slice] = {"xor": slice(1, 9), "a12": slice(0, 11)}
"""What XOR covers; the two digits follow it."""
_A12 = re.compile(rb"W(?P<mode>[GN])(?P<number>[-\d]\d*(\d |\.\d+))kg| {9}(OL|LO)", re.ASCII)


@dataclass(frozen=True, slots=True)
class YaohuaFrame:
    """One frame, read. `shown` is what the indicator shows, taken as gross kilograms; None if it is finer than a gram,
    net or out of range. `raw` holds the bytes as they came.
    """

    raw: bytes
    shown: Grams | None
    out_of_range: bool = False


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
        if covered := _CHECKED.get(self._profile):
            said = seen[covered.stop : covered.stop + 2]
            is_shaped = self._profile == "xor" or _A12.match(seen) is not None
            return is_shaped and said == b"%02X" % reduce(xor, seen[covered])
        _, number = self._equated(seen)
        return number.count(b".") == 1 or (b"." not in number and number.startswith(b"0"))

    def _read(self, raw: bytes) -> YaohuaFrame:
        if self._profile == "a12":
            return _read_a12(raw)
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


def _read_a12(raw: bytes) -> YaohuaFrame:
    told = _A12.match(raw)
    if told is None or told["number"] is None:
        return YaohuaFrame(raw, None, out_of_range=True)
    is_gross = told["mode"] == b"G"
    return YaohuaFrame(raw, shown_mass(told["number"].decode(), "kg") if is_gross else None)


def _mass(number: int, decimals: int) -> Grams | None:
    return Grams(number * GRAMS_PER_KILOGRAM // 10**decimals) if decimals <= 3 else None
