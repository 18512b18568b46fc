"""The voice of an SMA scale, written from the manuals and not from the driver.

Sources: Sartorius PR 5220 manual p. 130, PR 5211 manual p. 50 to 56, Fairbanks PR 5410 manual p. 120.
"""

from typing import ClassVar

from drivers.contract.quantities import Millis
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault


class SmaPeer(AskedPeer):
    """Speaks for `deck` in kilograms with `decimals` places, range 1."""

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"wrong-checksum"})

    def __init__(self, deck: DeckModel, *, decimals: int = 0, delay: Millis = Millis(10), seed: int = 0) -> None:
        super().__init__(deck, b"\r", delay, seed)
        self._decimals = decimals

    def _answer(self, request: bytes) -> bytes:
        match request:
            case b"\nW\r":
                return self._say()
            case b"\nZ\r":
                self.acts += b"Z"
                self._deck.take_zero()
                return self._say()
            case _:
                return b"\n?\r" if request.startswith(b"\n") else b"\n!\r"

    def _frame(self, moving: bool | None = None) -> bytes:
        if not self._deck.zeroed:
            return self._told("E", "-" * 10, "G", " ")
        weight = f"{self._deck.mass / 1000:10.{self._decimals}f}"
        if not self._deck.in_range:
            return self._told("O" if self._deck.mass > 0 else "U", weight, "G", " ")
        is_moving = self._deck.moving if moving is None else moving
        return self._told("Z" if self._deck.mass == 0 else " ", weight, "G", "M" if is_moving else " ")

    def _told(self, status: str, weight: str, mode: str, motion: str) -> bytes:
        return f"\n{status}1{mode}{motion} {weight}kg \r".encode()
