"""The far end of a Modbus indicator: the makers' registers, by their numbers in the manuals, over one deck.

Written from the manuals' tables (Laumas TLU p. 34 and LCB p. 8, Dini Argeo DGT4x p. 11-13, Flintec FT-11 p. 38-42,
FT-111 p. 93, FT-112 p. 120) and, for HBM's WTX, from the maker's public interface. Registers that a manual lists and
nobody simulated here reads as 0.
"""

from collections.abc import Sequence
from typing import Literal

from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ModbusUnitPeer, Refusal
from drivers.weighbridge.deck_model import DeckModel

Maker = Literal["laumas", "dini-argeo", "flintec-ft11", "flintec-ft111", "hbm-wtx"]

_FIRST_HOLDING, _FIRST_INPUT = 40001, 30001
_BEAT_MS = 100


class _Inside:
    """The indicator's own time; the deck's is moved by its owner."""

    def __init__(self) -> None:
        self.now = Tick(0)

    def start(self, now: Tick) -> None:
        self.now = now

    def advance(self, elapsed: Millis) -> None:
        self.now = Tick(self.now + elapsed)

    def heard(self) -> None:
        """No watchdog."""

    def reboot(self) -> None:
        """Nothing is kept."""


class ModbusIndicatorPeer(ModbusUnitPeer):
    """Shows `deck`. `is_frozen`: the registers stay as they are while requests are still answered.

    `is_cell_broken`: the indicator reports that it cannot measure. `is_low_first`: the other order of words.
    """

    def __init__(
        self,
        deck: DeckModel,
        maker: Maker = "laumas",
        *,
        unit: int = 1,
        is_rtu: bool = False,
        is_low_first: bool = False,
    ) -> None:
        super().__init__(_Inside(), unit=unit, is_rtu=is_rtu)
        self.is_cell_broken = False
        self._deck = deck
        self._maker: Maker = maker
        self._is_low_first = is_low_first
        self._frozen: dict[int, int] | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the registers stand."""
        return self._frozen is not None

    @is_frozen.setter
    def is_frozen(self, stands: bool) -> None:
        self._frozen = self._registers() if stands else None

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        raise Refusal(ILLEGAL_FUNCTION)

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        raise Refusal(ILLEGAL_FUNCTION)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        numbers = {3: _FIRST_HOLDING, 4: _FIRST_INPUT}[function]
        shown = self._frozen if self._frozen is not None else self._registers()
        try:
            return [shown[numbers + first + place] for place in range(count)]
        except KeyError:
            raise Refusal(ILLEGAL_ADDRESS) from None

    def _registers(self) -> dict[int, int]:
        match self._maker:
            case "laumas":
                return self._laumas()
            case "dini-argeo":
                return self._dini_argeo()
            case "flintec-ft11":
                return self._flintec_ft11()
            case "flintec-ft111":
                return self._flintec_ft111()
            case "hbm-wtx":
                return self._hbm_wtx()

    def _laumas(self) -> dict[int, int]:
        kg = self._kilograms()
        near_zero = abs(self._deck.mass) <= self._deck.division // 4
        status = (
            self.is_cell_broken << 0
            | (not self._deck.in_range) << 2
            | (kg < 0) << 7
            | (kg < 0) << 8
            | (not self._deck.moving) << 11
            | near_zero << 12
        )
        empty = dict.fromkeys(range(40001, 40017), 0)
        return empty | {40007: status} | self._long(40008, abs(kg)) | self._long(40010, abs(kg))

    def _dini_argeo(self) -> dict[int, int]:
        kg = self._kilograms()
        status = (
            (kg < 0) << 0
            | (kg < 0) << 1
            | (not self._deck.moving) << 2
            | (not self._deck.in_range and kg < 0) << 3
            | (not self._deck.in_range and kg > 0) << 4
        )
        return self._long(30001, abs(kg)) | self._long(30003, abs(kg)) | {30005: status, 30006: 0}

    def _flintec_ft11(self) -> dict[int, int]:
        kg = self._kilograms()
        error = 1 if self.is_cell_broken else 0 if self._deck.in_range else 2 if kg > 0 else 3
        status = (error == 0) << 1 | self._deck.moving << 2 | error << 13
        held = self._long(40001, kg) | {40003: status} | self._long(40004, 0) | self._long(40006, kg)
        return held | {40008: 0, 40009: 0}

    def _flintec_ft111(self) -> dict[int, int]:
        kg = self._kilograms()
        near_zero = abs(self._deck.mass) <= self._deck.division // 4
        errors = (
            (not self._deck.in_range and kg < 0) << 3
            | (not self._deck.in_range and kg > 0) << 4
            | self.is_cell_broken << 5
        )
        longs = {40001: kg, 40003: 0, 40005: kg, 40007: self._deck.moving << 2 | near_zero << 12, 40009: errors}
        longs[40011] = self.model.now // _BEAT_MS & 0xFFFFFFFF
        return {number: word for at, value in longs.items() for number, word in self._long(at, value).items()}

    def _hbm_wtx(self) -> dict[int, int]:
        kg = self._kilograms()
        limit = 0 if self._deck.in_range else 2 if kg > 0 else 1
        status = self.is_cell_broken << 0 | limit << 2 | self._deck.moving << 4 | (not self._deck.zeroed) << 10
        return self._long(40001, kg) | self._long(40003, kg) | {40005: status, 40006: 0}

    def _kilograms(self) -> int:
        """What the display shows."""
        return round(self._deck.mass / 1000)

    def _long(self, number: int, value: int) -> dict[int, int]:
        """A 32-bit value in two registers, two's complement."""
        high, low = value >> 16 & 0xFFFF, value & 0xFFFF
        return dict(zip((number, number + 1), (low, high) if self._is_low_first else (high, low), strict=True))
