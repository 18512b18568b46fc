"""A key's fingerprint as sixteen words that two persons can read to each other, in Vietnamese and in English alike.

Each word of five letters stands for 16 of the 256 bits, consonants for four and vowels for two (the alphabet of
D. Wilkerson, "A Proposal for Proquints", 2009). Every bit is in a word: sixteen equal words are an equal fingerprint.
"""

import hashlib
from collections.abc import Sequence

from station.trust.keys import PublicKey

WORDS = 16
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def fingerprint_words(key: PublicKey) -> tuple[str, ...]:
    """The whole SHA-256 of the raw key as words."""
    digest = hashlib.sha256(key.raw).digest()
    return tuple(_word(int.from_bytes(digest[at : at + 2])) for at in range(0, len(digest), 2))


def says(key: PublicKey, told: str) -> bool:
    """Whether `told`, in words or in hex, with whatever spaces and capitals, is the whole fingerprint of the key."""
    plain = "".join(told.replace("-", " ").split()).lower()
    return plain in ("".join(fingerprint_words(key)), hashlib.sha256(key.raw).hexdigest())


def in_lines(words: Sequence[str], across: int = 4) -> list[str]:
    """Words in numbered lines, as screen and letter show them."""
    return [f"{at + 1:>2}  {'  '.join(words[at : at + across])}" for at in range(0, len(words), across)]


def _word(bits: int) -> str:
    parts = (_CONSONANTS, 12), (_VOWELS, 10), (_CONSONANTS, 6), (_VOWELS, 4), (_CONSONANTS, 0)
    return "".join(letters[(bits >> shift) & (len(letters) - 1)] for letters, shift in parts)
