"""The QR code of the Vietnamese chip identity card, field by field. Pure; nothing raises.

    number | old number | name | birth | Nam or Nữ | address | issued

UTF-8, 7 fields; some readers' examples leave out the old number (6 fields) or write dates with slashes, and the card
of 2024 is said to add fields at the end: the last two only as declared. Sources: example parsers of Vietnamese
projects; the number's fourth to sixth digit (century with sex, year of birth): Decree 137/2015/ND-CP, article 13.
Nothing is looked up by its place alone: each field must be what it stands for, or the card is refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from drivers.contract.readings import IdentityField, IdentityRead, IdentityRefused

Check = Literal[
    "not-a-card",  # nothing like a card's code: a declaration, a link
    "field-count",
    "number",
    "old-number",
    "name",
    "birth",
    "sex",
    "address",
    "issued",
    "number-disagrees",  # with the sex or the year of birth on the same card
]

_NUMBER = re.compile(r"[0-9]{12}")
_OLD_NUMBER = re.compile(r"([0-9]{9})?")
_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_SEXES = {"Nam": "M", "Nữ": "F"}
_LONGEST_NAME = 100
_LONGEST_ADDRESS = 250
_FIRST_CENTURY = 1900  # its digit is 0 for men and 1 for women; each century later adds 2


@dataclass(frozen=True, slots=True)
class Variant:
    """What a site's cards have: dates as dd/mm/yyyy; fields after the seventh, which are left out."""

    slashes: bool = False
    more_fields: bool = False


def read_card(text: str, variant: Variant) -> IdentityRead | IdentityRefused:
    """The card that `text` describes, dates as YYYY-MM-DD and sex as M or F, or the first check that failed."""
    parts = [unicodedata.normalize("NFC", part).strip() for part in text.strip("\r\n").split("|")]
    if len(parts) == 1:
        return _refused("not-a-card")
    if len(parts) == 6:
        parts.insert(1, "")
    if len(parts) < 7 or (len(parts) > 7 and not variant.more_fields):
        return _refused("field-count")
    number, old_number, name, born, sex, address, issued = parts[:7]
    birth, issue = _day(born, variant), _day(issued, variant)
    checks: dict[Check, bool] = {
        "number": _NUMBER.fullmatch(number) is not None,
        "old-number": _OLD_NUMBER.fullmatch(old_number) is not None,
        "name": _is_name(name),
        "birth": birth is not None,
        "sex": sex in _SEXES,
        "address": 0 < len(address) <= _LONGEST_ADDRESS and address.isprintable() and "\ufffd" not in address,
        "issued": birth is not None and issue is not None and issue > birth,
    }
    for check, passed in checks.items():
        if not passed:
            return _refused(check)
    if birth is None or issue is None or number[3:6] != _digits_of(birth, sex):
        return _refused("number-disagrees")
    fields: dict[IdentityField, str] = {
        "number": number,
        "old-number": old_number,
        "name": name,
        "birth": birth.isoformat(),
        "sex": _SEXES[sex],
        "address": address,
        "issued": issue.isoformat(),
    }
    return IdentityRead("cccd", tuple((field, value) for field, value in fields.items() if value))


def _refused(check: Check) -> IdentityRefused:
    return IdentityRefused("unknown" if check == "not-a-card" else "cccd", check)


def _day(text: str, variant: Variant) -> date | None:
    found = (_SLASHED if variant.slashes else _DATE).fullmatch(text)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_name(name: str) -> bool:
    """Letters and what may stand between them; a "?" or a box is a letter that a 7-bit reader destroyed."""
    return 0 < len(name) <= _LONGEST_NAME and all(letter.isalpha() or letter in " '.-" for letter in name)


def _digits_of(birth: date, sex: str) -> str:
    """Digits 4 to 6 of the number of a person of this sex born on `birth`."""
    century = 2 * (birth.year // 100 - _FIRST_CENTURY // 100) + (sex == "Nữ")
    return f"{century}{birth.year % 100:02d}"
