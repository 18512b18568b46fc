"""Synthetic plate texts: what could stand on a plate, drawn by chance, with no link to any real vehicle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIES = "ABCDEFGHKLMNPSTUVXYZ"
UNUSED_PROVINCES = frozenset({13, 42, 44, 45, 46, 87, 91, 96})
PROVINCES = tuple(f"{code}" for code in range(11, 100) if code not in UNUSED_PROVINCES)
"""Province codes in use; plate grammar of the domain brief, Circular 58/2020 (kept by 79/2024)."""


@dataclass(frozen=True, slots=True)
class PlateText:
    """The drawn lines of one plate, top first; '-' and '.' are drawn but are no part of the label.

    `ground` names the plate's colours where the text decides them.
    """

    lines: tuple[str, ...]
    ground: str = ""

    @property
    def label(self) -> str:
        """The characters to read, top line first, without separators."""
        return "".join(character for line in self.lines for character in line if character not in "-.")


def _digits(rng: Random, count: int) -> str:
    # Repeats are drawn more often than chance: a lost repeated digit is the classic CTC fault.
    if rng.random() < 0.25:
        pool = rng.sample("0123456789", 2)
        return "".join(rng.choice(pool) for _ in range(count))
    return "".join(rng.choice("0123456789") for _ in range(count))


def _serial(rng: Random) -> str:
    """Five digits with or without the dot, or an older four-digit number."""
    if rng.random() < 0.15:
        return _digits(rng, 4)
    digits = _digits(rng, 5)
    return f"{digits[:3]}.{digits[3:]}" if rng.random() < 0.9 else digits


def _joined(rng: Random, head: str) -> PlateText:
    serial = _serial(rng)
    if rng.random() < 0.5:
        return PlateText((f"{head}{rng.choice(('-', '-', '.', ''))}{serial}",))
    return PlateText((head, serial))


def _truck(rng: Random) -> PlateText:
    return _joined(rng, rng.choice(PROVINCES) + rng.choice(SERIES))


def _trailer(rng: Random) -> PlateText:
    return _joined(rng, rng.choice(PROVINCES) + rng.choice(("R", "RM")))


def _special(rng: Random) -> PlateText:
    pair = rng.choice(("CD", "KT", "LD", "DA", "MK", "HC", rng.choice(SERIES) + rng.choice(SERIES)))
    return _joined(rng, rng.choice(PROVINCES) + pair)


def _motorcycle(rng: Random) -> PlateText:
    series = rng.choice(SERIES + "R")
    series += rng.choice("123456789") if rng.random() < 0.75 else rng.choice(SERIES)
    dash = "-" if rng.random() < 0.9 else ""
    return PlateText((f"{rng.choice(PROVINCES)}{dash}{series}", _serial(rng)))


def _diplomatic(rng: Random) -> PlateText:
    province, country = rng.choice(PROVINCES), _digits(rng, 3)
    kind, number = rng.choice(("NG", "NN", "QT", "CV")), _digits(rng, 2)
    if rng.random() < 0.5:
        return PlateText((f"{province}-{country}", f"{kind}-{number}"))
    return PlateText((f"{province}-{country}-{kind}-{number}",))


def _military(rng: Random) -> PlateText:
    head = rng.choice("ABHKPQTVC") + rng.choice(SERIES)
    if rng.random() < 0.5:
        return PlateText((f"{head}-{_digits(rng, 2)}-{_digits(rng, 2)}",))
    return PlateText((head, f"{_digits(rng, 2)}-{_digits(rng, 2)}"))


def _temporary(rng: Random) -> PlateText:
    head = f"T{rng.choice(PROVINCES)}"
    return PlateText((f"{head}-{_serial(rng)}",)) if rng.random() < 0.5 else PlateText((head, _serial(rng)))


def _neighbour(rng: Random) -> PlateText:
    letters = "".join(rng.choice(ALPHABET[10:]) for _ in range(rng.choice((1, 2))))
    return PlateText((f"{rng.choice('123456789')}{letters}-{_digits(rng, 4)}",))


def _any(rng: Random) -> PlateText:
    text = "".join(rng.choice(ALPHABET) for _ in range(rng.randint(4, 9)))
    split = rng.randint(2, len(text) - 2)
    return PlateText((text[:split], text[split:])) if rng.random() < 0.5 else PlateText((text,))


_KINDS: tuple[tuple[int, Callable[[Random], PlateText]], ...] = (
    (50, _truck),
    (26, _motorcycle),
    (6, _trailer),
    (5, _special),
    (2, _diplomatic),
    (2, _military),
    (1, _temporary),
    (1, _neighbour),
    (7, _any),
)


def draw_text(rng: Random) -> PlateText:
    """One plate text by the shares above (trucks and cars half, motorcycles a quarter, all others the rest)."""
    weights = [weight for weight, _ in _KINDS]
    kind = rng.choices([maker for _, maker in _KINDS], weights)[0]
    return kind(rng)
