"""The voice of an indicator that sends Toledo continuous, written from the manuals and not from the driver.

Sources: METTLER TOLEDO Wildcat technical manual p. 6-4 and 6-5 (about 7 frames a second), Flintec FT-111 manual
p. 85-89 (LF before the checksum), IND445 manual p. 50 (the letters P, T, Z, C as commands).
"""

import random
from typing import Literal

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel

ToledoFault = Literal[
    "silent",  # the line is dead
    "setup-menu",  # somebody is in the menu: no frames
    "noise",  # another speed or protocol: bytes that are no frames
    "garbage-prefix",  # bytes before a good frame
    "torn",  # a frame breaks off
    "doubled",  # a frame comes twice
    "wrong-checksum",
    "frozen",  # the last frame for ever, whatever the deck does
    "false-stable",  # the motion flag is missing in the middle of a movement
]

_PERIOD = Millis(143)
# division in grams -> (decimal-point code, increment code): XXXX00, XXXXX0 or XXXXXX with 1, 2 or 5
_PLACES = {
    factor * step: (code, increment)
    for code, factor in ((0, 100_000), (1, 10_000), (2, 1000))
    for increment, step in ((1, 1), (2, 2), (3, 5))
}


class ToledoPeer:
    """Speaks for `deck`. The deck's time is moved by its owner; this peer only reads it.

    `brand` chooses the status bits and the line feed, `pad` fills the digits on the left, `parity` sets bit 7 of
    each byte as a 7-bit line seen through an 8-bit port does. `heard` keeps what was written to the indicator.
    """

    def __init__(
        self,
        deck: DeckModel,
        *,
        checksum: bool = True,
        brand: Literal["mettler", "fairbanks", "flintec"] = "mettler",
        pad: Literal[" ", "0"] = " ",
        parity: Literal["none", "even", "odd"] = "none",
        unit: Literal["kg", "lb"] = "kg",
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        if int(deck.division) not in _PLACES:
            raise ValueError(f"no Toledo indicator shows a division of {deck.division} g")
        self.heard = bytearray()
        self.tare = Grams(0)
        self._deck = deck
        self._checksum = checksum
        self._brand = brand
        self._pad = pad
        self._parity = parity
        self._unit = unit
        self._period = period
        self._random = random.Random(seed)
        self._until_frame = int(period)
        self._fault: ToledoFault | None = None
        self._fault_frames: int | None = None
        self._frozen = b""

    def fail(self, fault: ToledoFault, frames: int | None = None) -> None:
        """The next `frames` frames suffer from `fault`; without a number all of them until `mend`."""
        self._fault, self._fault_frames = fault, frames
        self._frozen = self._frame()

    def mend(self) -> None:
        """No fault any more."""
        self._fault = self._fault_frames = None

    def feed(self, data: bytes) -> bytes:
        """Commands are heard and never answered; T tares, C clears the tare."""
        self.heard += data
        for command in data:
            if command == ord("T"):
                self.tare = self._deck.mass
            elif command == ord("C"):
                self.tare = Grams(0)
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """The frames of the next `elapsed` milliseconds, showing the deck as it is now."""
        self._until_frame -= elapsed
        said = b""
        while self._until_frame <= 0:
            self._until_frame += self._period
            said += self._say()
        return said

    def _say(self) -> bytes:
        fault = self._fault
        if self._fault_frames is not None:
            self._fault_frames -= 1
            if self._fault_frames <= 0:
                self.mend()
        return self._frame() if fault is None else self._spoilt(self._frame(), fault)

    def _spoilt(self, frame: bytes, fault: ToledoFault) -> bytes:
        match fault:
            case "silent" | "setup-menu":
                return b""
            case "noise":
                return self._random.randbytes(len(frame))
            case "garbage-prefix":
                return b"\x00\x00\x7f\x7f" + frame
            case "torn":
                return frame[: self._random.randrange(1, len(frame))]
            case "doubled":
                return frame + frame
            case "wrong-checksum":
                return frame[:-1] + bytes([frame[-1] ^ 0x15])
            case "frozen":
                return self._frozen
            case "false-stable":
                return self._frame(moving=False)

    def _frame(self, moving: bool | None = None) -> bytes:
        point, increment = _PLACES[int(self._deck.division)]
        net = self.tare != 0
        shown = self._deck.mass - self.tare
        head = bytes([self._swa(point, increment), self._swb(shown, net, moving), self._swc()])
        body = b"\x02" + head + self._field(shown, point) + self._field(self.tare, point) + b"\x0d"
        if self._brand == "flintec":
            body += b"\x0a"
        if self._checksum:
            body += bytes([-sum(body) % 128])
        return bytes(self._with_parity(byte) for byte in body)

    def _swa(self, point: int, increment: int) -> int:
        return 0b0010_0000 | (0b0100_0000 if self._brand == "flintec" else 0) | increment << 3 | point

    def _swb(self, shown: int, net: bool, moving: bool | None) -> int:
        power_up_bit = self._deck.zeroed == (self._brand == "flintec")
        return (
            net
            | (shown < 0) << 1
            | (not self._deck.in_range) << 2
            | (self._deck.moving if moving is None else moving) << 3
            | (self._unit == "kg") << 4
            | (self._brand != "fairbanks") << 5
            | power_up_bit << 6
        )

    def _swc(self) -> int:
        return 0x20 if self._brand == "mettler" else 0x30

    def _field(self, mass: int, point: int) -> bytes:
        digits = abs(mass) // {0: 100_000, 1: 10_000, 2: 1000}[point]
        return str(digits).rjust(6, self._pad)[-6:].encode()

    def _with_parity(self, byte: int) -> int:
        if self._parity == "none":
            return byte
        odd = byte.bit_count() % 2 == 1
        return byte | 0x80 if odd == (self._parity == "even") else byte
