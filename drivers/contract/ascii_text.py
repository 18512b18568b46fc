"""Vietnamese for devices that have no letters for it."""

import unicodedata

_OTHERS = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "₫": "d"})


def ascii_text(text: str) -> str:
    """`text` in printable ASCII: letters without their marks (đ as d), "?" for what has none, a blank for any control.

    The same for composed and decomposed forms of the same text. Never raises; never holds a line end.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_OTHERS)).translate(_OTHERS)
    return "".join(map(_letter, (letter for letter in plain if not unicodedata.combining(letter))))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() else " "
    return " " if unicodedata.category(letter).startswith(("C", "Z")) else "?"
