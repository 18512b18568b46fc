"""The voice of a Yaohua XK3190 in continuous output, written from the manuals and not from the driver.

Sources: Yaohua DS1, A9+ and A23p manuals, table of the 12 bytes; frames come back to back, so their pace is the
line's: 12.5 ms at 9600 baud. For the `=` forms only values with a point are printed; seven digits without one are
our reading of a value that has none.
"""

from typing import ClassVar, Literal

from drivers.contract.quantities import Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault, IndicatorPeer

_PERIOD = Millis(13)


class YaohuaPeer(IndicatorPeer):
    """Speaks for `deck` in kilograms with `decimals` places after the point, 0 to 4.

    Takes no commands in this output. No manual says what it sends when the deck is out of range: `beyond` chooses
    between nothing and the last frame of the range.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"false-stable"})

    def __init__(
        self,
        deck: DeckModel,
        *,
        form: Literal["xor", "equals", "equals-reversed"] = "xor",
        decimals: int = 0,
        beyond: Literal["silent", "frozen"] = "silent",
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        super().__init__(deck, period, seed)
        self._form = form
        self._decimals = decimals
        self._beyond = beyond
        self._last_in_range = b""

    def fail(self, fault: IndicatorFault, frames: int | None = None) -> None:
        if fault == "wrong-checksum" and self._form != "xor":
            raise ValueError(f"the form {self._form} has no checksum")
        super().fail(fault, frames)

    def _frame(self, moving: bool | None = None) -> bytes:
        if not self._deck.in_range:
            return b"" if self._beyond == "silent" else self._last_in_range
        self._last_in_range = self._checked() if self._form == "xor" else self._equated()
        return self._last_in_range

    def _checked(self) -> bytes:
        sign = "-" if self._deck.mass < 0 else "+"
        text = f"{sign}{self._digits():06d}{self._decimals}"
        check = 0
        for character in text:
            check ^= ord(character)
        return f"\x02{text}{_nibble(check >> 4)}{_nibble(check & 15)}\x03".encode()

    def _equated(self) -> bytes:
        sign = "-" if self._deck.mass < 0 else "0"
        number = f"{self._digits():07d}"
        if self._decimals:
            number = f"{number[1 : -self._decimals]}.{number[-self._decimals :]}"
        return f"={number[::-1]}{sign}".encode() if self._form == "equals-reversed" else f"={sign}{number}".encode()

    def _digits(self) -> int:
        shown: int = abs(self._deck.mass) * 10**self._decimals // 1000
        return shown % 1_000_000

    def _with_wrong_checksum(self, frame: bytes) -> bytes:
        return frame[:9] + (b"1" if frame[9:10] == b"0" else b"0") + frame[10:]


def _nibble(value: int) -> str:
    """The manual's rule: up to 9 plus 30h, above plus 37h."""
    return chr(value + (0x30 if value <= 9 else 0x37))
