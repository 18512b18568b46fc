"""What the standard knows of a painted code, as a typed beam and a prior: letters here, digits there, a check digit.

The form is a must: a line of writing that cannot be a number is none. Check digit and owner only shift the choice among
numbers that the net itself thinks likely: a wrong check digit that is clearly painted is read as it stands.
"""

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from station.core.containers import NUMBER_LENGTH, SIZE_TYPE_LENGTH, form_of, is_size_type
from station.vision.ctc import Candidate, beam, prefer

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_NUMBER_PLACES = (_LETTERS,) * 3 + (frozenset("UJZ"),) + (_DIGITS,) * 7
_SIZE_TYPE_PLACES = (_DIGITS | _LETTERS, _DIGITS | _LETTERS, _LETTERS, _DIGITS | _LETTERS)

CHECK_DIGIT_BONUS = 4.0
"""What a right check digit is worth, in natural-log units (a factor of about 50): far less than the share of rightly
painted ones would allow, since about one of eleven misread numbers has a right one too."""

OWNER_BONUS = 1.5
"""What an owner on the list is worth; the list is never complete."""


def number_beam(shares: NDArray[np.float64], alphabet: str) -> tuple[Candidate, ...]:
    """The numbers that the scores may mean, most likely first; shares of shape (steps, classes), blank last."""
    return _typed(shares, alphabet, _NUMBER_PLACES)


def size_type_beam(shares: NDArray[np.float64], alphabet: str) -> tuple[Candidate, ...]:
    """The same for size/type codes."""
    return _typed(shares, alphabet, _SIZE_TYPE_PLACES)


def _typed(shares: NDArray[np.float64], alphabet: str, places: tuple[frozenset[str], ...]) -> tuple[Candidate, ...]:
    def allows(text: str, character: str) -> bool:
        return len(text) < len(places) and character in places[len(text)]

    return tuple(one for one in beam(shares, alphabet, allows) if len(one.text) == len(places))


def best_number(heard: tuple[Candidate, ...]) -> Candidate | None:
    """The number to tell among those heard; None if there is none."""
    numbers = tuple(one for one in heard if len(one.text) == NUMBER_LENGTH)
    return prefer(numbers, number_bonus) if numbers else None


def best_size_type(heard: tuple[Candidate, ...]) -> Candidate | None:
    """The size/type to tell among those heard; None if none of them is one."""
    codes = tuple(one for one in heard if len(one.text) == SIZE_TYPE_LENGTH and is_size_type(one.text))
    return codes[0] if codes else None


def number_bonus(text: str) -> float:
    """What a text gains by a fitting check digit and a listed owner, in natural-log units."""
    check = CHECK_DIGIT_BONUS if form_of(text) == "VALID" else 0.0
    return check + (OWNER_BONUS if text[:4] in owners() else 0.0)


@lru_cache(maxsize=1)
def owners() -> frozenset[str]:
    """Owner prefixes that are often seen, with their equipment letter; the file says where they are registered."""
    lines = resources.files("station.vision").joinpath("container_owners.txt").read_text("ascii").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
