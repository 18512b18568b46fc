"""Vietnamese or English: which one the person reads."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Literal

Language = Literal["vi", "en"]
Words = tuple[str, str]
"""The same in Vietnamese and in English."""

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@cache
def language() -> Language:
    """The language of the first of LC_ALL, LC_MESSAGES and LANG that is set; Vietnamese if that begins with "vi"."""
    return chosen(os.environ)


def chosen(environment: Mapping[str, str]) -> Language:
    """As `language`, of a given environment."""
    first = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "vi" if first.lower().startswith("vi") else "en"


def spoken(words: Words) -> str:
    """The one of both that the person reads."""
    return words[0] if language() == "vi" else words[1]
