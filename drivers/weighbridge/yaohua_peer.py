"""The voice of a Yaohua XK3190 in continuous output, written from the manuals and not from the driver.

Sources: Yaohua DS1, A9+ and A23p manuals, table of the 12 bytes; frames come back to back, so their pace is the
line's: 12.5 ms at 9600 baud. For the `=` forms only values with a point are printed; seven digits without one are
our reading of a value that has none. A12E manual p. 13: the 15 bytes, OL and LO.
"""

from typing import ClassVar, Literal

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault, IndicatorPeer

_PERIOD = Millis(13)


class YaohuaPeer(IndicatorPeer):
    """Speaks for `deck` in kilograms with `decimals` places after the point, 0 to 4.

    Takes no commands in this output. No manual but A12's says what it sends when the deck is out of range: `beyond`
    chooses between nothing and the last frame of the range. A `tare` shows net in the form a12.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"false-stable"})

    def __init__(
        self,
        deck: DeckModel,
        *,
        form: Literal["xor", "equals", "equals-reversed", "a12"] = "xor",
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
        self.tare = Grams(0)

    def fail(self, fault: IndicatorFault, frames: int | None = None) -> None:
        if fault == "wrong-checksum" and self._form.startswith("equals"):
            raise ValueError(f"the form {self._form} has no checksum")
        super().fail(fault, frames)

    def _frame(self, moving: bool | None = None) -> bytes:
        if self._form == "a12":
            return self._a12()
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

    def _a12(self) -> bytes:
        """15 bytes with unit and mode; the six digits are followed by a space where there is no point."""
        shown = self._deck.mass - self.tare
        digits = f"{abs(shown) * 10**self._decimals // 1000:06d}"
        if self._decimals:
            digits = f"{digits[: -self._decimals]}.{digits[-self._decimals :]}"
        number = ("-" + digits[1:] if shown < 0 else digits).ljust(7)
        text = f"W{'N' if self.tare else 'G'}{number}kg"
        if not self._deck.in_range:
            text = "OL".rjust(11) if self._deck.mass > 0 else "LO".rjust(11)
        check = 0
        for character in text:
            check ^= ord(character)
        return f"{text}{_nibble(check >> 4)}{_nibble(check & 15)}\r\n".encode()

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
        at = 11 if self._form == "a12" else 9
        return frame[:at] + (b"1" if frame[at : at + 1] == b"0" else b"0") + frame[at + 1 :]


def _nibble(value: int) -> str:
    """The manual's rule: up to 9 plus 30h, above plus 37h."""
    return chr(value + (0x30 if value <= 9 else 0x37))
