"""The voice of an indicator that sends Toledo continuous extended, written from the format and not from the driver.

Source: facts in the firmware of the IND245 (ContOut.c); about 7 frames a second, as the short form.
"""

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer

_PERIOD = Millis(143)


class ToledoExtendedPeer(IndicatorPeer):
    """Speaks for `deck` in kilograms with `decimals` places. A `tare` shows net."""

    def __init__(
        self,
        deck: DeckModel,
        *,
        checksum: bool = True,
        decimals: int = 0,
        address: int = 1,
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        super().__init__(deck, period, seed)
        self.tare = Grams(0)
        self._checksum = checksum
        self._decimals = decimals
        self._address = address

    def _frame(self, moving: bool | None = None) -> bytes:
        is_moving = self._deck.moving if moving is None else moving
        is_over = not self._deck.in_range and self._deck.mass > 0
        is_under = not self._deck.in_range and self._deck.mass < 0
        status = (
            0x22 | (self._deck.mass == 0) << 4 | is_moving << 6,
            0x20 | (0x03 if self.tare else 0),
            0x20 | is_under << 1 | is_over << 2 | (not self._deck.zeroed) << 3,
            0x20,
        )
        weight = f"{(self._deck.mass - self.tare) / 1000:.{self._decimals}f}".rjust(9)
        tare = f"{self.tare / 1000:.{self._decimals}f}".rjust(8)
        body = bytes([1, 0x30 + self._address, *status]) + (weight + tare).encode() + b"\r"
        return body + bytes([-sum(body) % 128]) if self._checksum else body
