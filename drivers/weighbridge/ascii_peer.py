"""The voice of an indicator that sends lines of ASCII, written from captures and not from the driver.

Sources: A&D standard format, about 10 lines a second; captures of T-Scale QHW and NHB (NSerialCommTools); lines of
Flintec FT-11D and Vishay VT-220 (AutoWeighbridgeSystem). Their pace is not stated: 10 a second here too.
"""

from typing import ClassVar, Literal

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault, IndicatorPeer

_PERIOD = Millis(100)
_GRAMS = {"kg": 1000, "g": 1, "t": 1_000_000, "lb": 454}  # pounds only roughly: they serve to be refused


class AsciiPeer(IndicatorPeer):
    """Speaks for `deck` in whole `unit`s with `decimals` places after the point (the st forms only).

    `form` "st-gs-glued" is the capture of the NHB: no comma after GS, the unit directly after the number. A `tare`
    shows net. Takes no commands. Out of range: OL in the st forms, nothing in the others, whose sources do not say.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"wrong-checksum"})

    def __init__(
        self,
        deck: DeckModel,
        *,
        form: Literal["st-gs", "st-gs-glued", "st", "flintec-ft11d", "vishay-vt220"] = "st-gs",
        unit: Literal["kg", "g", "t", "lb"] = "kg",
        decimals: int = 0,
        period: Millis = _PERIOD,
        seed: int = 0,
    ) -> None:
        super().__init__(deck, period, seed)
        self.tare = Grams(0)
        self._form = form
        self._unit = unit
        self._decimals = decimals

    def _frame(self, moving: bool | None = None) -> bytes:
        is_moving = self._deck.moving if moving is None else moving
        shown = self._deck.mass - self.tare
        if self._form.startswith("st"):
            return self._worded(shown, is_moving).encode()
        if not self._deck.in_range:
            return b""
        kilos = shown // 1000
        if self._form == "flintec-ft11d":
            return f"i{'80' if is_moving else '00'}{kilos:6d}{self.tare // 1000:6d}\r\n".encode()
        return f"{'@' if is_moving else 'P'}{kilos:+07d}\r\n".encode()

    def _worded(self, shown: int, is_moving: bool) -> str:
        head = "OL" if not self._deck.in_range else "US" if is_moving else "ST"
        number = abs(shown) * 10**self._decimals // _GRAMS[self._unit]
        text = str(number)
        if self._decimals:
            text = text.rjust(self._decimals + 1, "0")
            text = f"{text[: -self._decimals]}.{text[-self._decimals :]}"
        sign = "-" if shown < 0 else ""
        kind = "NT" if self.tare else "GS"
        if self._form == "st":
            return f"{head},{sign or '+'}{text.rjust(8, '0')}{self._unit.rjust(3)}\r\n"
        if self._form == "st-gs-glued":
            return f"{head},{kind}{(sign + text).rjust(8)}{self._unit.ljust(3)}\r\n"
        return f"{head},{kind},{(sign + text).rjust(8)} {self._unit}\r\n"
