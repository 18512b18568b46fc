"""Synthetic Chinese plate texts: what GA 36 allows, drawn by chance, with no link to any real vehicle."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from models.train import texts
from models.train.texts import PlateText

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LAST_CHARACTERS = "挂学警港澳"
HAN = PROVINCES + LAST_CHARACTERS
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
ALPHABET = DIGITS + LETTERS + HAN
"""Neither I nor O: China does not use them."""

_ENERGY_LETTERS = "ABCDEFGHJK"


def _head(rng: Random) -> str:
    letter = rng.choice("AABBCDE") if rng.random() < 0.3 else rng.choice(LETTERS)
    return rng.choice(PROVINCES) + letter


def _digits(rng: Random, count: int) -> str:
    # Repeats are drawn more often than chance: a lost repeated digit is the classic CTC fault.
    pool = rng.sample(DIGITS, 2) if rng.random() < 0.2 else DIGITS
    return "".join(rng.choice(pool) for _ in range(count))


def _serial(rng: Random, count: int) -> str:
    """Digits with none to two letters, seldom more; never letters alone."""
    serial = list(_digits(rng, count))
    letters = rng.choices((0, 1, 2, 3), (25, 40, 28, 7))[0]
    for place in rng.sample(range(count), letters):
        serial[place] = rng.choice(LETTERS)
    return "".join(serial)


def _blue(rng: Random) -> PlateText:
    return PlateText((f"{_head(rng)}.{_serial(rng, 5)}",), "blue")


def _truck(rng: Random) -> PlateText:
    head, serial = _head(rng), _serial(rng, 5)
    return PlateText((f"{head}.{serial}",) if rng.random() < 0.4 else (head, serial), "yellow")


def _trailer(rng: Random) -> PlateText:
    return PlateText((_head(rng), f"{_serial(rng, 4)}挂"), "yellow")


def _learner(rng: Random) -> PlateText:
    return PlateText((f"{_head(rng)}.{_serial(rng, 4)}学",), "yellow")


def _police(rng: Random) -> PlateText:
    return PlateText((f"{_head(rng)}.{_serial(rng, 4)}警",), "white")


def _border_crosser(rng: Random) -> PlateText:
    return PlateText((f"{_head(rng)}.{_serial(rng, 4)}{rng.choice('港澳')}",), "black")


def _energy_small(rng: Random) -> PlateText:
    second = rng.choice(DIGITS + LETTERS)
    return PlateText((f"{_head(rng)}-{rng.choice(_ENERGY_LETTERS)}{second}{_digits(rng, 4)}",), "green")


def _energy_large(rng: Random) -> PlateText:
    return PlateText((f"{_head(rng)}-{_digits(rng, 5)}{rng.choice(_ENERGY_LETTERS)}",), "yellow-green")


def _foreign(rng: Random) -> PlateText:
    """A Vietnamese plate: whoever reads Chinese must see that a plate has no province character, and not invent one."""
    while True:
        text = texts.draw_text(rng)
        if set(text.label) <= set(ALPHABET):
            return text


_KINDS: tuple[tuple[int, Callable[[Random], PlateText]], ...] = (
    (48, _blue),
    (20, _truck),
    (7, _trailer),
    (3, _learner),
    (3, _police),
    (4, _border_crosser),
    (8, _energy_small),
    (7, _energy_large),
    (10, _foreign),
)


def draw_text(rng: Random) -> PlateText:
    """One plate text by the shares above: half blue, a quarter trucks and trailers; every province as likely."""
    weights = [weight for weight, _ in _KINDS]
    kind = rng.choices([maker for _, maker in _KINDS], weights)[0]
    return kind(rng)
