"""Where Modbus indicators keep their weight: registers to masses. Pure; every tuple of the right length is answered.

Register numbers of the manuals count from 1, addresses here from 0. Unless a map states its unit and decimals, the
indicator must show kilograms, and how many decimals is declared: a number without its point is no mass.

laumas: Laumas TLU, TLB, WTS, also sold as Bosche and CAS CI-600: TLU manual p. 34, LCB manual p. 8.
dini-argeo: DGT4x manual p. 11-13.
flintec-ft11: FT-11, FT-12, FT-16: FT-11 manual p. 38-42.
flintec-ft111: FT-111, FT-112: FT-111 manual p. 93, FT-112 p. 120. That its counter has 32 bits follows from the
spacing of the map; to be verified on an indicator.
hbm-wtx: HBM WTX110 and WTX120, standard application: the maker's own public interface for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams

Profile = Literal["laumas", "dini-argeo", "flintec-ft11", "flintec-ft111", "hbm-wtx"]
WordOrder = Literal["high-first", "low-first"]

_GRAMS = {0: 1000, 1: 100, 2: 10, 3: 1}  # of one digit in kilograms, by decimals
_WTX_KG, _WTX_G, _WTX_T = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Told:
    """What one block of registers says.

    `gross` is None where it is no mass we can use. `broken` names why the indicator cannot weigh at all, "" if it can.
    `beat` is its counter of measurements, None if it has none.
    """

    gross: Grams | None
    moving: bool
    out_of_range: bool
    not_zeroed: bool = False
    broken: str = ""
    beat: int | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """What the settings declare about numbers: the order of a long number's words, and its decimals (0-3, in kg)."""

    order: WordOrder
    decimals: int

    def long(self, words: tuple[int, ...], at: int) -> int:
        """The 32 bits at `at`, unsigned."""
        first, second = words[at], words[at + 1]
        return first << 16 | second if self.order == "high-first" else second << 16 | first

    def signed(self, words: tuple[int, ...], at: int) -> int:
        """The 32 bits at `at`, two's complement."""
        value = self.long(words, at)
        return value - (1 << 32) if value >> 31 else value

    def kilograms(self, digits: int) -> Grams:
        """`digits` in kilograms with the declared decimals."""
        return Grams(digits * _GRAMS[self.decimals])


Words = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RegisterMap:
    """One read that brings everything: `count` registers from `first` by `function`, and what they mean."""

    function: Literal[3, 4]
    first: int
    count: int
    read: Callable[[Words, Manner], Told]


def _bit(word: int, number: int) -> bool:
    return bool(word >> number & 1)


def _laumas(words: Words, manner: Manner) -> Told:
    """40007 status, 40008-9 gross: an unsigned magnitude, its sign in the status."""
    status, magnitude = words[0], manner.long(words, 1)
    faults = [name for n, name in enumerate(("load cell error", "converter fault")) if _bit(status, n)]
    return Told(
        manner.kilograms(-magnitude if _bit(status, 7) else magnitude),
        moving=not _bit(status, 11),
        out_of_range=any(_bit(status, n) for n in (2, 3, 4)),
        broken=" and ".join(faults),
    )


def _dini_argeo(words: Words, manner: Manner) -> Told:
    """30001-2 gross, 30003-4 net, both absolute; 30005 status."""
    status, magnitude = words[4], manner.long(words, 0)
    return Told(
        manner.kilograms(-magnitude if _bit(status, 1) else magnitude),
        moving=not _bit(status, 2),
        out_of_range=_bit(status, 3) or _bit(status, 4),
    )


_FT11_ERRORS = {0: "", 1: "converter out of range", 2: "", 3: "", 4: "system error", 5: "not in weighing mode"}


def _flintec_ft11(words: Words, manner: Manner) -> Told:
    """40003 status: bit 1 data valid, bit 2 motion, bits 13-15 the error; 40006-7 gross."""
    status = words[2]
    error = status >> 13
    is_range = error in (2, 3)
    is_invalid = not _bit(status, 1) and not error
    return Told(
        None if is_invalid else manner.kilograms(manner.signed(words, 5)),
        moving=_bit(status, 2),
        out_of_range=is_range,
        broken=_FT11_ERRORS.get(error, f"error {error}"),
    )


def _flintec_ft111(words: Words, manner: Manner) -> Told:
    """40005-6 gross, 40007-8 status: bit 2 unstable, bits 27-31 decimals; 40009-10 errors; 40011-12 counts on."""
    status, errors = manner.long(words, 6), manner.long(words, 8)
    is_as_declared = status >> 27 == manner.decimals
    return Told(
        manner.kilograms(manner.signed(words, 4)) if is_as_declared else None,
        moving=_bit(status, 2),
        out_of_range=_bit(errors, 3) or _bit(errors, 4),
        broken="converter out of range" if _bit(errors, 5) else "",
        beat=manner.long(words, 10),
    )


def _hbm_wtx(words: Words, manner: Manner) -> Told:
    """2-3 gross, 4 status: bit 0 error, 1 alarm, 2-3 limits, 4 moving, 10 zero required; 5: unit, decimals."""
    status, form = words[4], words[5]
    unit, decimals, limits = form >> 7 & 3, form >> 4 & 7, status >> 2 & 3
    in_kg = {_WTX_KG: 0, _WTX_G: -3, _WTX_T: 3}.get(unit)
    power = None if in_kg is None else 3 + in_kg - decimals
    is_a_mass = power is not None and power >= 0
    return Told(
        Grams(manner.signed(words, 2) * 10**power) if power is not None and is_a_mass else None,
        moving=_bit(status, 4),
        out_of_range=limits != 0,
        not_zeroed=_bit(status, 10),
        broken="weight error" if _bit(status, 0) else "scale alarm" if _bit(status, 1) else "",
    )


MAPS: dict[Profile, RegisterMap] = {
    "laumas": RegisterMap(3, 6, 5, _laumas),
    "dini-argeo": RegisterMap(4, 0, 5, _dini_argeo),
    "flintec-ft11": RegisterMap(3, 0, 7, _flintec_ft11),
    "flintec-ft111": RegisterMap(3, 0, 12, _flintec_ft111),
    "hbm-wtx": RegisterMap(3, 0, 6, _hbm_wtx),
}
