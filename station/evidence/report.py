"""What a verifier says of a bundle: one item after the other, each held or not. Codes; words are in `station.words`."""

from dataclasses import dataclass
from typing import Literal

Part = Literal[
    "file",
    "manifest",
    "signature",
    "in-force",
    "facts",
    "records",
    "links",
    "complete",
    "evidence-file",
    "clip",
    "weight",
    "officers",
    "act",
]
Verdict = Literal["holds", "fails", "missing", "not-checked"]
"""missing: the station itself names it as missing, under its signature."""


@dataclass(frozen=True, slots=True)
class Item:
    """`thing` names what was looked at, `code` says why it does not hold or was not checked, `seen` what was there."""

    part: Part
    thing: str
    verdict: Verdict
    code: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All items of one bundle, of a crossing "" if its manifest says nothing."""

    crossing: str
    items: tuple[Item, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing failed."""
        return bool(self.items) and all(item.verdict != "fails" for item in self.items)

    def count(self, verdict: Verdict) -> int:
        """How many items came to this verdict."""
        return sum(item.verdict == verdict for item in self.items)
