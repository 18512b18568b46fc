"""Vietnamese or English: which one the person reads, and everything the commands say beyond the codes."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Literal

from station.commands.code_words import CAUSES, CODES, RECORDS, Words
from station.commands.help_words import HELP
from station.commands.next_steps import NEXT_STEPS
from station.commands.phrases import PHRASES

Language = Literal["vi", "en"]

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_MISSING = "MISSING_"


@cache
def language() -> Language:
    """The language of the first of LC_ALL, LC_MESSAGES and LANG that is set; Vietnamese if that begins with "vi"."""
    return chosen(os.environ)


def chosen(environment: Mapping[str, str]) -> Language:
    """As `language`, of a given environment."""
    first = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "vi" if first.lower().startswith("vi") else "en"


def phrase(key: str, **details: object) -> str:
    """What the commands say under `key`, filled in."""
    return _one(PHRASES[key]).format(**details)


def helped(key: str) -> str:
    """The help text of a command or option."""
    return _one(HELP[key])


def code(value: str) -> str:
    """What a code means; the code itself if it has no words, "" for none."""
    if value.startswith(_MISSING):
        return phrase("missing", what=", ".join(map(code, value.removeprefix(_MISSING).split("_"))))
    return _one(CODES[value]) if value in CODES else value


def coded(value: str) -> str:
    """`CODE (its meaning)`, or the bare code if it has no words of its own."""
    meant = code(value)
    return value if meant == value else f"{value} ({meant})"


def record_type(name: str) -> str:
    """What a type of record is called; the name itself for a type from a newer release."""
    return _one(RECORDS[name]) if name in RECORDS else name


def cause(value: str) -> str:
    """What a cause of a refusal means."""
    return _one(CAUSES[value]) if value in CAUSES else value


def next_step(of_cause: str, otherwise: str = "") -> str:
    """What a person does about a cause; `otherwise` for a cause that says nothing by itself."""
    return _one(NEXT_STEPS[of_cause]) if of_cause in NEXT_STEPS else otherwise


def _one(words: Words) -> str:
    return words[0] if language() == "vi" else words[1]
