"""Container numbers (ISO 6346): one normal form, the check digit, and how two numbers may differ.

`TCLU4567897`: three letters of the owner (registered with the Bureau International des Containers), U, J or Z for the
kind of equipment, six digits, a check digit. A wrong check digit is a flag, no refusal: paint and papers hold errors.
"""

import re
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Literal

NUMBER_LENGTH = 11
SIZE_TYPE_LENGTH = 4

NumberForm = Literal["VALID", "WRONG_CHECK_DIGIT", "MALFORMED"]

_NUMBER = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
_SIZE_TYPE = re.compile(r"[1-4A-HK-NP][0245689A-FL-NP][A-Z][0-9A-Z]", re.ASCII)
_DROPPED = re.compile(r"[\s.\-·/_]")
_MODULUS = 11


def _letter_values() -> dict[str, int]:
    """10, 12, 13 ... 38: the multiples of eleven are left out, since they would not count."""
    values = [value for value in range(10, 39) if value % _MODULUS != 0]
    return dict(zip(ascii_uppercase, values, strict=True))


_VALUES = {**_letter_values(), **{digit: int(digit) for digit in "0123456789"}}


@dataclass(frozen=True, slots=True)
class SizeType:
    """What a size/type code such as 22G1 says: nominal length and height in millimetres, 0 where it is not known."""

    length_mm: int
    height_mm: int
    group: str


_LENGTHS_MM = {"1": 2_991, "2": 6_058, "3": 9_125, "4": 12_192, "L": 13_716, "M": 14_630}
_HEIGHTS_MM = {"0": 2_438, "2": 2_591, "4": 2_743, "5": 2_896, "C": 2_591, "E": 2_896, "L": 2_591, "N": 2_896}


def normalise(raw: str) -> str:
    """The one form in which numbers are compared: upper case, without separators."""
    return _DROPPED.sub("", raw).upper()


def check_digit(first_ten: str) -> int:
    """The check digit of four letters and six digits. Raises ValueError for any other text."""
    if len(first_ten) != NUMBER_LENGTH - 1 or not _NUMBER.fullmatch(first_ten + "0"):
        raise ValueError(f"{first_ten!r} is not three letters, one of U, J, Z and six digits")
    total = sum(_VALUES[character] << place for place, character in enumerate(first_ten))
    return total % _MODULUS % 10


def form_of(text: str) -> NumberForm:
    """How a normalised text fits the standard."""
    if not _NUMBER.fullmatch(text):
        return "MALFORMED"
    return "VALID" if check_digit(text[:-1]) == int(text[-1]) else "WRONG_CHECK_DIGIT"


def owner_of(text: str) -> str:
    """The owner's prefix with the equipment letter, "TCLU"; "" for what is no number."""
    return "" if form_of(text) == "MALFORMED" else text[:4]


def is_size_type(text: str) -> bool:
    """True if the text can be a size/type code of ISO 6346 (length, height and width, type group, variant)."""
    return _SIZE_TYPE.fullmatch(text) is not None


def size_type_of(code: str) -> SizeType | None:
    """What the code says; None for what is no such code."""
    if not is_size_type(code):
        return None
    return SizeType(_LENGTHS_MM.get(code[0], 0), _HEIGHTS_MM.get(code[1], 0), code[2])
