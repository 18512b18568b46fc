"""A tally of broken promises: whatever counts them, tallies of one kind add up, and a clean one is all 0."""

from dataclasses import astuple, dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Tally:
    """One column per promise, each an `int` of the class that says what is counted."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def is_clean(self) -> bool:
        """Nothing was broken."""
        return not any(astuple(self))

    def __str__(self) -> str:
        return ", ".join(f"{f.name.replace('_', ' ')} {getattr(self, f.name)}" for f in fields(self))
