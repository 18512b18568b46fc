"""The machine-readable zone of passports (TD3) and cards (TD1), after ICAO 9303 parts 3, 4 and 5. Pure; nothing raises.

No field is used unless its check digit is right, and none of a document of which one is wrong: so name, sex,
nationality and issuer, which have no check digit of their own, are never used. Nothing is corrected: an O where a
digit must be stays an O and fails. Years have two digits there and stay so: what century they mean is not in the zone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.readings import IdentityField, IdentityRead, IdentityRefused

Check = Literal["line-count", "line-length", "alphabet", "number", "birth", "expiry", "optional", "composite"]

Document = Literal["td1", "td3", "unknown"]

_DOCUMENTS: dict[int, Document] = {2: "td3", 3: "td1"}  # by how many lines there are
_LINE = re.compile(r"[A-Z0-9<]*")
_DAYS = {"01": 31, "02": 29, "03": 31, "04": 30, "05": 31, "06": 30, "07": 31, "08": 31, "09": 30, "10": 31, "11": 30}
_DAYS["12"] = 31
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class _Zone:
    """Its checked parts. `number` and `optional` as they stand, check digit apart; `composite` all that it covers."""

    document: Literal["td1", "td3"]
    number: tuple[str, str]
    birth: tuple[str, str]
    expiry: tuple[str, str]
    optional: tuple[str, str]
    composite: tuple[str, str]


def read_zone(lines: Sequence[str]) -> IdentityRead | IdentityRefused:
    """The document that these lines, top to bottom and without padding, describe, or the first check that failed."""
    document = _DOCUMENTS.get(len(lines), "unknown")
    if document == "unknown":
        return _refused(document, "line-count")
    if any(len(line) != (44 if document == "td3" else 30) for line in lines):
        return _refused(document, "line-length")
    if not all(_LINE.fullmatch(line) for line in lines):
        return _refused(document, "alphabet")
    return _checked(_td3(lines[1]) if document == "td3" else _td1(lines[0], lines[1]))


def check_digit(text: str) -> str:
    """The check digit of `text`: digits as they are, A to Z as 10 to 35, < as 0, weighed 7, 3, 1, modulo 10."""
    values = (0 if letter == "<" else int(letter, 36) for letter in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _refused(document: Document, check: Check) -> IdentityRefused:
    return IdentityRefused(document, check)


def _td3(line: str) -> _Zone:
    return _Zone(
        "td3",
        number=(line[0:9], line[9]),
        birth=(line[13:19], line[19]),
        expiry=(line[21:27], line[27]),
        optional=(line[28:42], line[42]),
        composite=(line[0:10] + line[13:20] + line[21:43], line[43]),
    )


def _td1(upper: str, middle: str) -> _Zone:
    """A number longer than 9 has < for its check digit and goes on in the optional data, its check digit last."""
    number, optional = (upper[5:14], upper[14]), upper[15:30]
    if number[1] == "<":
        rest, _, optional = optional.partition("<")
        number = (number[0] + rest[:-1], rest[-1:] or "<")
    return _Zone(
        "td1",
        number=number,
        birth=(middle[0:6], middle[6]),
        expiry=(middle[8:14], middle[14]),
        optional=("", "<"),  # has no check digit of its own there
        composite=(upper[5:30] + middle[0:7] + middle[8:15] + middle[18:29], middle[29]),
    )


def _checked(zone: _Zone) -> IdentityRead | IdentityRefused:
    number, birth, expiry, optional = (
        zone.number[0].rstrip("<"),
        zone.birth[0],
        zone.expiry[0],
        zone.optional[0].rstrip("<"),
    )
    checks: dict[Check, bool] = {
        "number": number != "" and "<" not in number and _is_right(zone.number),
        "birth": _is_right(zone.birth) and (_is_day(birth) or "<" in birth),
        "expiry": _is_right(zone.expiry) and (_is_day(expiry) or "<" in expiry),
        "optional": _is_right(zone.optional) or (not optional and zone.optional[1] == "<"),
        "composite": _is_right(zone.composite),
    }
    for check, passed in checks.items():
        if not passed:
            return _refused(zone.document, check)
    fields: dict[IdentityField, str] = {
        "number": number,
        "birth": birth if _is_day(birth) else "",
        "expiry": expiry if _is_day(expiry) else "",
        "optional": optional,
    }
    return IdentityRead(zone.document, tuple((name, value) for name, value in fields.items() if value))


def _is_right(part: tuple[str, str]) -> bool:
    return part[1] == check_digit(part[0])


def _is_day(text: str) -> bool:
    """YYMMDD. The 29th of February always passes: the century that would decide is not known."""
    return text.isdigit() and 1 <= int(text[4:]) <= _DAYS.get(text[2:4], 0)
