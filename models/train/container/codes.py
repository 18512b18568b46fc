"""What is painted on a container: numbers with their check digit, and size/type codes, drawn by chance."""

from __future__ import annotations

from random import Random

from station.core.containers import check_digit

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTHS = "234L1M"
_HEIGHTS = "025NEL4"
_GROUPS = ("G", "G", "G", "R", "U", "T", "P", "V", "H", "B", "S")
_WRONG_CHECK_SHARE = 0.12


def draw_number(rng: Random) -> str:
    """Eleven characters of ISO 6346; in about one of eight the check digit is any digit, so that none is guessed."""
    owner = "".join(rng.choice(_LETTERS) for _ in range(3)) + rng.choices("UJZ", (90, 5, 5))[0]
    # Repeats are drawn more often than chance: a lost repeated digit is the classic fault of such readers.
    pool = rng.sample("0123456789", 2) if rng.random() < 0.25 else list("0123456789")
    digits = "".join(rng.choice(pool) for _ in range(6))
    last = rng.choice("0123456789") if rng.random() < _WRONG_CHECK_SHARE else str(check_digit(owner + digits))
    return owner + digits + last


def draw_size_type(rng: Random) -> str:
    """Four characters: length, height, type group, variant."""
    return rng.choice(_LENGTHS) + rng.choice(_HEIGHTS) + rng.choice(_GROUPS) + rng.choice("0123456789")
