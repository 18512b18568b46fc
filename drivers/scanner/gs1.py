"""GS1 element strings: what a GS1-128, GS1 DataMatrix or GS1 QR code says, field by field. Pure.

A field is an application identifier (AI) and its value; a field of variable length ends with GS (1D) unless it is the
last. Whether a code is one at all its AIM identifier tells: ]C1, ]d2, ]e0, ]Q3. Lengths, check digits and dates as in
the GS1 General Specifications, section 3; AIs that are not in the table here are refused, not guessed.
"""

import re
from dataclasses import dataclass

GS = "\x1d"
SYMBOLOGIES = frozenset({"]C1", "]d2", "]e0", "]Q3"})
"""AIM identifiers of codes that hold element strings."""

_AIS: dict[str, str] = {  # AI, as a pattern; its value: N digits or X characters, fixed or up to
    "00": "N18",
    "01|02|03": "N14",
    "10|21|22": "X..20",
    "1[1-35-7]": "N6",
    "20": "N2",
    "235": "X..28",
    "24[01]|25[01]|400|403": "X..30",
    "242": "N..6",
    "243": "X..20",
    "253": "N13X..17",
    "254": "X..20",
    "255": "N13N..12",
    "30|37": "N..8",
    "3[1-6][0-9][0-6]": "N6",
    "39[02][0-9]": "N..15",
    "39[13][0-9]": "N3N..15",
    "394[0-9]": "N4",
    "401": "X..30",
    "402": "N17",
    "41[0-7]": "N13",
    "420": "X..20",
    "421": "N3X..9",
    "42[2456]": "N3",
    "423": "N3N..12",
    "7001": "N13",
    "7003": "N10",
    "8003": "N14X..16",
    "8004": "X..30",
    "8005": "N6",
    "8006|8026": "N18",
    "801[78]": "N18",
    "8020": "X..25",
    "90": "X..30",
    "9[1-9]": "X..90",
}
_CHECKED = re.compile("00|01|02|03|402|41[0-7]")  # the last digit is a check digit
_DATE = re.compile("1[1-35-7]")
# Characters that a value may hold: the GS1 subset of ISO 646.
_CHARACTER = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
_LONGEST_AI = 4


class NotGs1(ValueError):
    """The text is no element string; the message names the place and the cause."""


@dataclass(frozen=True, slots=True)
class Element:
    """One field."""

    ai: str
    value: str


def parse(text: str) -> tuple[Element, ...]:
    """The fields of an element string, without its AIM identifier. Raises NotGs1."""
    found: list[Element] = []
    at = 1 if text.startswith(GS) else 0  # FNC1 in the first place, where a reader sends it too
    if at == len(text):
        raise NotGs1("the element string is empty")
    while at < len(text):
        ai, form = _identifier(text, at)
        at += len(ai)
        value = form.match(text, at)
        if value is None:
            raise NotGs1(f"place {at}: the value of AI {ai} has another length or characters than it must")
        _require_true(ai, value.group(), at)
        found.append(Element(ai, value.group()))
        at = value.end()
        if text.startswith(GS, at):
            at += 1
            if at == len(text):
                raise NotGs1(f"place {at}: nothing follows the last separator")
    return tuple(found)


def check_digit(digits: str) -> str:
    """The GS1 check digit of `digits`, the last of which weighs 3."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _pattern(form: str) -> re.Pattern[str]:
    """A form such as N3X..9 as a pattern; a variable part takes all up to the separator: what is too long fails."""
    parts = re.findall(r"([NX])(\.\.)?(\d+)", form)
    text = ""
    for letter, is_variable, length in parts:
        text += ("[0-9]" if letter == "N" else _CHARACTER) + (f"{{1,{length}}}" if is_variable else f"{{{length}}}")
    return re.compile(text + (f"(?={GS}|$)" if ".." in form else ""))


_FORMS = tuple((re.compile(ai), _pattern(form)) for ai, form in _AIS.items())


def _identifier(text: str, at: int) -> tuple[str, re.Pattern[str]]:
    for length in range(2, _LONGEST_AI + 1):
        ai = text[at : at + length]
        for known, form in _FORMS:
            if len(ai) == length and known.fullmatch(ai):
                return ai, form
    raise NotGs1(f"place {at}: {text[at : at + _LONGEST_AI]!r} begins with no application identifier known here")


def _require_true(ai: str, value: str, at: int) -> None:
    if _CHECKED.fullmatch(ai) and check_digit(value[:-1]) != value[-1]:
        raise NotGs1(f"place {at}: the check digit of AI {ai} is wrong")
    if _DATE.fullmatch(ai) and not (1 <= int(value[2:4]) <= 12 and int(value[4:]) <= 31):
        raise NotGs1(f"place {at}: {value} is no date YYMMDD")
