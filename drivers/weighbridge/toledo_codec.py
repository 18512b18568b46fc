"""Toledo continuous frames, bytes to frames. Pure and incremental; no input raises.

    STX SWA SWB SWC  weight x6  tare x6  CR [LF] [CHK]

STX, fixed length and CR at place 17 together make a frame: CHK may look like CR or STX. CHK makes the sum of all
bytes, LF too, zero modulo 128. Bit 7 is the parity of a 7-bit line or nothing; where one byte disagrees with the
others about that, there is no frame. The brands disagree about the same status bits, so whose they are is declared
and never guessed.
Sources: METTLER TOLEDO Wildcat technical manual p. 6-4 and 6-5, Fairbanks FB3000 manual p. 55, Flintec FT-111 manual
p. 85-89; what clones do is known from captures only.
"""

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams
from drivers.weighbridge.fixed_frames import BadBytes, FixedFrames

Brand = Literal["mettler", "fairbanks", "flintec", "generic", "generic-lf"]

_ZERO = 0x30
_GRAMS_PER_DIGIT = {0: 100_000, 1: 10_000, 2: 1000, 3: 100, 4: 10, 5: 1}  # by decimal-point code; 6, 7: below a gram
_INCREMENT = {1: 1, 2: 2, 3: 5}


@dataclass(frozen=True, slots=True)
class Constant:
    """Bits of a status byte that never change: those of `mask` are `value`."""

    mask: int
    value: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the brands disagree about the same bits."""

    status: tuple[Constant, Constant, Constant]
    """What is constant in SWA, SWB and SWC."""
    power_up_bit: Literal["not-zeroed", "zeroed"]
    """What SWB bit 6 = 1 means."""
    line_feed: bool = False
    """LF between CR and CHK."""
    swc_has_meaning: bool = False
    """SWC names the unit and the expanded display. Otherwise it may be the constant ASCII '0', whose bit 4 must not
    be taken for the expanded display; bit 6 is a keyed-in tare at Fairbanks, which changes no gross."""


_ANY, _BIT5 = Constant(0, 0), Constant(0x20, 0x20)

PROFILES: dict[Brand, Profile] = {
    "mettler": Profile((Constant(0x60, 0x20), _BIT5, Constant(0x60, 0x20)), "not-zeroed", swc_has_meaning=True),
    # SWB bit 6 of Fairbanks is taken from Mettler; to be confirmed on an indicator.
    "fairbanks": Profile((Constant(0x60, 0x20), Constant(0x20, 0), _BIT5), "not-zeroed"),
    "flintec": Profile((Constant(0x60, 0x60), _BIT5, Constant(0x7F, _ZERO)), "zeroed", line_feed=True),
    # Clones: SWB bit 6 as at Mettler, because a set bit then costs weights and never makes one.
    "generic": Profile((_BIT5, _ANY, _BIT5), "not-zeroed"),
    "generic-lf": Profile((_BIT5, _ANY, _BIT5), "not-zeroed", line_feed=True),
}


@dataclass(frozen=True, slots=True)
class ToledoFrame:
    """One frame, read. `shown` and `tare` are in the unit of `unit`; both None where a digit is finer than a gram.

    `raw` holds the bytes as they came. `expanded` is the tenfold resolution that technicians switch on for a test.
    """

    raw: bytes
    shown: Grams | None
    tare: Grams | None
    increment: Grams | None
    unit: Literal["kg", "lb", "other"]
    net: bool
    moving: bool
    out_of_range: bool
    zeroed: bool
    expanded: bool

    @property
    def gross(self) -> Grams | None:
        """What the deck bears: shown, plus the tare if net is shown. None if it is not in kilograms."""
        if self.unit != "kg" or self.shown is None or self.tare is None:
            return None
        return Grams(self.shown + self.tare) if self.net else self.shown


class ToledoDecoder:
    """Feed it what arrives, in any pieces. Every byte fed leaves in exactly one frame or BadBytes, in order."""

    def __init__(self, checksum: bool, brand: Brand = "mettler") -> None:
        self._checksum = checksum
        self._profile = PROFILES[brand]
        self._form = _form(self._profile, checksum=checksum)
        self._example = _example(self._profile, checksum=checksum)
        self._frames = FixedFrames(len(self._example), self._may_begin, self._read)

    def feed(self, data: bytes) -> list[ToledoFrame | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)

    def _read(self, raw: bytes) -> ToledoFrame:
        return _read(raw, raw.translate(_WITHOUT_PARITY), self._profile)

    def _may_begin(self, candidate: bytes) -> bool:
        """Whether `candidate`, possibly incomplete, can be the beginning of a frame; for a whole one, whether it is."""
        plain = candidate.translate(_WITHOUT_PARITY)
        if candidate not in {plain, plain.translate(_EVEN), plain.translate(_ODD)}:
            return False
        if self._form.fullmatch(plain + self._example[len(plain) :]) is None:
            return False
        return not self._checksum or len(plain) < len(self._example) or sum(plain) % 128 == 0


_WITHOUT_PARITY = bytes(byte & 0x7F for byte in range(256))
_EVEN = bytes(byte | (0x80 if byte.bit_count() % 2 else 0) for byte in range(256))
_ODD = bytes(byte | (0 if byte.bit_count() % 2 else 0x80) for byte in range(256))


def _form(profile: Profile, *, checksum: bool) -> re.Pattern[bytes]:
    """A whole frame of `profile`, without parity."""
    swa, swb, swc = ([byte for byte in range(128) if byte & is_.mask == is_.value] for is_ in profile.status)
    status = b"".join(_any_of(places) for places in ([byte for byte in swa if byte >> 3 & 3 in _INCREMENT], swb, swc))
    number = b"(?:" + b"|".join(b" {%d}[0-9]{%d}" % (spaces, 6 - spaces) for spaces in range(6)) + b")"
    return re.compile(b"\x02" + status + number * 2 + b"\r" + b"\n" * profile.line_feed + b"." * checksum, re.DOTALL)


def _any_of(places: list[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % byte for byte in places) + b"]"


def _example(profile: Profile, *, checksum: bool) -> bytes:
    """A frame that fits the form: what has come, followed by the rest of this, fits if it can still become one."""
    swa, swb, swc = (is_.value for is_ in profile.status)
    status = bytes([2, swa | 1 << 3, swb, swc])
    return status + b"0" * 12 + b"\r" + b"\n" * profile.line_feed + b"." * checksum


def _digits(field: bytes) -> int | None:
    """The number in six characters padded with spaces or zeros on the left; None if it is none."""
    text = field.lstrip(b" ")
    return int(text) if text.isdigit() else None


def _read(raw: bytes, plain: bytes, profile: Profile) -> ToledoFrame:
    swa, swb, swc = plain[1:4]
    factor = _GRAMS_PER_DIGIT.get(swa & 7)
    sign = -1 if swb & 2 else 1
    return ToledoFrame(
        raw=raw,
        shown=_mass(plain[4:10], factor, sign),
        tare=_mass(plain[10:16], factor, 1),
        increment=None if factor is None else Grams(factor * _INCREMENT[swa >> 3 & 3]),
        unit=_unit(swb, swc, profile),
        net=bool(swb & 1),
        out_of_range=bool(swb & 4),
        moving=bool(swb & 8),
        zeroed=bool(swb & 0x40) == (profile.power_up_bit == "zeroed"),
        expanded=profile.swc_has_meaning and bool(swc & 0x10),
    )


def _mass(field: bytes, factor: int | None, sign: int) -> Grams | None:
    digits = _digits(field)
    return None if factor is None or digits is None else Grams(sign * digits * factor)


def _unit(swb: int, swc: int, profile: Profile) -> Literal["kg", "lb", "other"]:
    if profile.swc_has_meaning and swc & 7:
        return "other"
    return "kg" if swb & 0x10 else "lb"
