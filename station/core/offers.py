"""What the lane remembers of the settings that the centre proposed."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal of the centre, and what a person answered; `sha256` names it, `settings_sha256` what it stands on."""

    number: int
    sha256: str
    settings_sha256: str
    valid_until_ms: int
    answer: Literal["", "TAKEN_UP", "TURNED_DOWN"] = ""
