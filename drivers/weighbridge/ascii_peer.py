"""The voice of an indicator that sends lines of ASCII, written from captures and not from the driver.

Sources: A&D standard format, about 10 lines a second; captures of T-Scale QHW and NHB (NSerialCommTools); lines of
Flintec FT-11D and Vishay VT-220 (AutoWeighbridgeSystem), a capture of Ohaus Defender (NSerialCommTools); Flintec
FT-111 manual p. 85-89: fast output and error words. Their pace is not stated: 10 a second here too.
"""

from typing import ClassVar, Literal

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault, IndicatorPeer

_PERIOD = Millis(100)
_GRAMS = {"kg": 1000, "g": 1, "t": 1_000_000, "lb": 454}  # pounds only roughly: they serve to be refused


Form = Literal["st-gs", "st-gs-glued", "st", "flintec-ft11d", "flintec-fast", "vishay-vt220", "ohaus"]


class AsciiPeer(IndicatorPeer):
    """Speaks for `deck` in whole `unit`s with `decimals` places after the point (the st forms and ohaus only).

    `form` "st-gs-glued" is the capture of the NHB: no comma after GS, the unit directly after the number. A `tare`
    shows net. Takes no commands. Out of range: OL in the st forms, OVER, UNDER, + and - in Flintec's, nothing in the
    others, whose sources do not say. `trouble` is the word that Flintec's long form shows for a fault of its own.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"wrong-checksum"})

    def __init__(
        self,
        deck: DeckModel,
        *,
        form: Form = "st-gs",
        unit: Literal["kg", "g", "t", "lb"] = "kg",
        decimals: int = 0,
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        super().__init__(deck, period, seed)
        self.tare = Grams(0)
        self.trouble: Literal["", "A.OUT", "L-VOLT"] = ""
        self._form = form
        self._unit = unit
        self._decimals = decimals

    def _frame(self, moving: bool | None = None) -> bytes:
        is_moving = self._deck.moving if moving is None else moving
        shown = self._deck.mass - self.tare
        if self._form.startswith("st"):
            return self._worded(shown, is_moving).encode()
        if self._form == "flintec-ft11d":
            return self._long(shown // 1000, is_moving).encode()
        if self._form == "flintec-fast":
            return f"\x02{self._fast(shown // 1000, is_moving)}\r\n".encode()
        if not self._deck.in_range:
            return b""
        if self._form == "ohaus":
            mode = ("?" if is_moving else "") + ("N" if self.tare else "G")
            return f"{self._number(shown):>8} {self._unit:<2}{mode:>5}\r\n".encode()
        return f"{'@' if is_moving else 'P'}{shown // 1000:+07d}\r\n".encode()

    def _long(self, kilos: int, is_moving: bool) -> str:
        weight = f"{kilos:6d}" if self._deck.in_range else "OVER" if kilos > 0 else "UNDER"
        return f"i{'80' if is_moving else '00'}{self.trouble or weight:<6}{self.tare // 1000:6d}\r\n"

    def _fast(self, kilos: int, is_moving: bool) -> str:
        if self.trouble:
            return "O"
        if not self._deck.in_range:
            return "+" if kilos > 0 else "-"
        return f"{'D' if is_moving else 'S'}{kilos:+09.1f}"

    def _number(self, shown: int) -> str:
        text = str(abs(shown) * 10**self._decimals // _GRAMS[self._unit])
        if self._decimals:
            text = text.rjust(self._decimals + 1, "0")
            text = f"{text[: -self._decimals]}.{text[-self._decimals :]}"
        return ("-" if shown < 0 else "") + text

    def _worded(self, shown: int, is_moving: bool) -> str:
        head = "OL" if not self._deck.in_range else "US" if is_moving else "ST"
        number = self._number(shown)
        kind = "NT" if self.tare else "GS"
        if self._form == "st":
            return f"{head},{'-' if shown < 0 else '+'}{number.lstrip('-').rjust(8, '0')}{self._unit.rjust(3)}\r\n"
        if self._form == "st-gs-glued":
            return f"{head},{kind}{number.rjust(8)}{self._unit.ljust(3)}\r\n"
        return f"{head},{kind},{number.rjust(8)} {self._unit}\r\n"
