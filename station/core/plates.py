"""Plate texts: one normal form, their class by national grammar, and the look-alikes that a reader confuses.

Grammar and look-alikes: Circular 58/2020 (carried on by 79/2024) for Vietnam, GA 36 for China,
the usual layouts of Laos and Cambodia. A text that fits nothing is UNKNOWN: it goes to a person, it is never refused.
"""

import re
import unicodedata
from typing import Literal

PlateClass = Literal[
    "VN_TRAILER",
    "VN_SPECIAL",
    "VN_FOREIGN",
    "VN_TEMP",
    "VN_TRUCK",
    "VN_GATE_EZ",
    "VN_MOTO",
    "VN_MIL",
    "CN_TRAILER",
    "CN_NEV_LARGE",
    "CN_NEV_SMALL",
    "CN_SPECIAL",
    "CN_STD",
    "LA_STD",
    "KH_STD",
    "UNKNOWN",
]
"""VN_GATE_EZ is a border-gate economic zone (yellow ground, red letters); VN_MOTO has no place in a truck lane."""

_DROPPED = re.compile(r"[\s.\-·•/_]")

_PROVINCE = r"(?:1[124-9]|2\d|3\d|4[01]|43|4[7-9]|[5-7]\d|8[0-6]|8[89]|90|9[2-5]|9[7-9])"
_SERIES = "[ABCDEFGHKLMNPSTUVXYZ]"
_CHINA = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
_CHINA_ANY = "[A-HJ-NP-Z0-9]"

_PATTERNS: tuple[tuple[PlateClass, str], ...] = (
    ("VN_TRAILER", rf"{_PROVINCE}(?:RM?\d{{5}}|R\d{{4}})"),
    ("VN_SPECIAL", rf"{_PROVINCE}(?:CD|KT|LD|DA|MK|TĐ|HC)\d{{4,5}}"),
    ("VN_FOREIGN", r"\d{5}(?:NG|QT|CV|NN)\d{2}|\d{2}(?:NG|QT|CV|NN)\d{5}"),
    ("VN_TEMP", rf"T{_PROVINCE}\d{{5}}"),
    ("VN_TRUCK", rf"{_PROVINCE}{_SERIES}\d{{4,5}}"),
    ("VN_GATE_EZ", rf"{_PROVINCE}{_SERIES}{{2}}\d{{4,5}}"),
    ("VN_MOTO", rf"{_PROVINCE}{_SERIES}\d{{6}}"),
    ("VN_MIL", r"[ABHKPQTVC][A-Z]\d{4}|[A-Z]{2}\d{3}(?:RM|BM)"),
    ("CN_TRAILER", rf"{_CHINA}{_CHINA_ANY}{{4}}挂"),
    ("CN_NEV_LARGE", rf"{_CHINA}\d{{5}}[A-HJK]"),
    ("CN_NEV_SMALL", rf"{_CHINA}[A-HJK]{_CHINA_ANY}\d{{4}}"),
    ("CN_SPECIAL", rf"{_CHINA}{_CHINA_ANY}{{4}}[学警港澳]"),
    ("CN_STD", rf"{_CHINA}(?=[A-Z]*\d){_CHINA_ANY}{{5}}"),
    ("LA_STD", r"[\u0e80-\u0eff]*[ກ-ຮ]{2}\d{4}"),
    ("KH_STD", r"[1-9][A-Z]{1,2}\d{4}"),
)
"""The first class that fits the whole text wins."""

_GRAMMAR = tuple((name, re.compile(pattern, re.ASCII)) for name, pattern in _PATTERNS)

_LOOK_ALIKES: tuple[str, ...] = (
    *("0O", "0D", "0Q", "1I", "1L", "1T", "2Z", "4A", "5S", "6G", "8B"),
    *("VY", "MN", "EF", "HN", "CG", "KX", "桂柱", "桂鄂", "云去"),
)
_PARTNERS: dict[str, str] = {
    character: "".join(sorted(pair.replace(character, "") for pair in _LOOK_ALIKES if character in pair))
    for character in sorted(set("".join(_LOOK_ALIKES)))
}


def normalise(raw: str) -> str:
    """The one form in which plates are compared: composed, upper case, lines joined, without separators."""
    upper = unicodedata.normalize("NFC", raw).upper().replace("\u00d0", "\u0110")
    return _DROPPED.sub("", upper)


def classify(text: str) -> PlateClass:
    """The class of a normalised text; UNKNOWN if no grammar fits."""
    return next((name for name, pattern in _GRAMMAR if pattern.fullmatch(text)), "UNKNOWN")


def is_trailers(text: str) -> bool:
    """True if the normalised text is the plate of a trailer: series R or RM and the army's RM and BM in Vietnam, 挂 in
    China, class digit 7 in Cambodia.
    """
    match classify(text):
        case "VN_TRAILER" | "CN_TRAILER":
            return True
        case "VN_MIL":
            return text.endswith(("RM", "BM"))
        case "KH_STD":
            return text.startswith("7")
        case _:
            return False


def is_tractors(text: str) -> bool:
    """True if the normalised text can be the plate of what drives in front: of a known class, and not a trailer's."""
    return classify(text) != "UNKNOWN" and not is_trailers(text)


def is_look_alike(one: str, other: str) -> bool:
    """True if the two normalised texts differ in exactly one place, and there by a known look-alike.

    A missing character is never a look-alike. Equality with a declared plate after such a step needs a second,
    independent identifier: the caller's duty.
    """
    if len(one) != len(other):
        return False
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(apart) == 1 and apart[0][1] in _PARTNERS.get(apart[0][0], "")


def corrections(text: str) -> tuple[str, ...]:
    """What a text that fits no grammar may have been: every known class within one look-alike, sorted.

    Empty for a text that already has a class: a valid reading is never bent towards another.
    """
    if classify(text) != "UNKNOWN":
        return ()
    candidates = {
        text[:place] + partner + text[place + 1 :]
        for place, character in enumerate(text)
        for partner in _PARTNERS.get(character, "")
    }
    return tuple(sorted(candidate for candidate in candidates if classify(candidate) != "UNKNOWN"))
