"""The voice of an MT-SICS scale, written from the manuals and not from the driver.

Sources: METTLER TOLEDO AT balances manual p. 87, AL-IC manual p. 72 (S, its answers, the error words). The number is
aligned right in ten places, as balances print it; no page at hand says so.
"""

from typing import ClassVar

from drivers.contract.quantities import Millis
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault


class SicsPeer(AskedPeer):
    """Speaks for `deck` in kilograms with `decimals` places."""

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"wrong-checksum"})

    def __init__(self, deck: DeckModel, *, decimals: int = 0, delay: Millis = Millis(10), seed: int = 0) -> None:
        super().__init__(deck, b"\n", delay, seed)
        self._decimals = decimals

    def _answer(self, request: bytes) -> bytes:
        match request.strip():
            case b"SI":
                return self._say()
            case b"S":
                return b"S I\r\n" if self._deck.moving else self._say()
            case b"Z":
                self.acts += b"Z"
                return b"Z A\r\n" if self._deck.take_zero() else b"Z I\r\n"
            case _:
                return b"ES\r\n"

    def _frame(self, moving: bool | None = None) -> bytes:
        if not self._deck.in_range:
            return b"S +\r\n" if self._deck.mass > 0 else b"S -\r\n"
        is_moving = self._deck.moving if moving is None else moving
        return f"S {'D' if is_moving else 'S'} {self._deck.mass / 1000:10.{self._decimals}f} kg\r\n".encode()
