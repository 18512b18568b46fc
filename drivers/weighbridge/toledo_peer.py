"""The voice of an indicator that sends Toledo continuous, written from the manuals and not from the driver.

Sources: METTLER TOLEDO Wildcat technical manual p. 6-4 and 6-5 (about 7 frames a second), Flintec FT-111 manual
p. 85-89 (LF before the checksum), IND445 manual p. 50 (the letters P, T, Z, C as commands).
"""

from typing import Literal

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer

_PERIOD = Millis(143)
# division in grams -> (decimal-point code, increment code): XXXX00, XXXXX0 or XXXXXX with 1, 2 or 5
_PLACES = {
    factor * step: (code, increment)
    for code, factor in ((0, 100_000), (1, 10_000), (2, 1000))
    for increment, step in ((1, 1), (2, 2), (3, 5))
}


class ToledoPeer(IndicatorPeer):
    """Speaks for `deck`. The deck's time is moved by its owner; this peer only reads it.

    `brand` chooses the status bits and the line feed; the generic ones have Mettler's bits and the constant SWC of the
    clones. `pad` fills the digits on the left, `parity` sets bit 7 of each byte as a 7-bit line seen through an 8-bit
    port does. A `tare` counts as keyed in, which Fairbanks tells.
    """

    def __init__(
        self,
        deck: DeckModel,
        *,
        checksum: bool = True,
        brand: Literal["mettler", "fairbanks", "flintec", "generic", "generic-lf"] = "mettler",
        pad: Literal[" ", "0"] = " ",
        parity: Literal["none", "even", "odd"] = "none",
        unit: Literal["kg", "lb"] = "kg",
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        if int(deck.division) not in _PLACES:
            raise ValueError(f"no Toledo indicator shows a division of {deck.division} g")
        super().__init__(deck, period, seed)
        self.tare = Grams(0)
        self._checksum = checksum
        self._brand = brand
        self._pad = pad
        self._parity = parity
        self._unit = unit

    def feed(self, data: bytes) -> bytes:
        """Commands are heard and never answered: T tares and Z zeroes a deck at rest, C clears the tare."""
        for command in data:
            if command == ord("T") and not self._deck.moving:
                self.tare = Grams(max(0, self._deck.mass))
            elif command == ord("Z"):
                self._deck.take_zero()
            elif command == ord("C"):
                self.tare = Grams(0)
        return super().feed(data)

    def _frame(self, moving: bool | None = None) -> bytes:
        point, increment = _PLACES[int(self._deck.division)]
        net = self.tare != 0
        shown = self._deck.mass - self.tare
        head = bytes([self._swa(point, increment), self._swb(shown, net, moving), self._swc()])
        body = b"\x02" + head + self._field(shown, point) + self._field(self.tare, point) + b"\x0d"
        if self._brand in {"flintec", "generic-lf"}:
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
        if self._brand == "fairbanks" and self.tare:
            return 0x70
        return 0x20 if self._brand == "mettler" else 0x30

    def _field(self, mass: int, point: int) -> bytes:
        digits = abs(mass) // {0: 100_000, 1: 10_000, 2: 1000}[point]
        return str(digits).rjust(6, self._pad)[-6:].encode()

    def _with_parity(self, byte: int) -> int:
        if self._parity == "none":
            return byte
        odd = byte.bit_count() % 2 == 1
        return byte | 0x80 if odd == (self._parity == "even") else byte
