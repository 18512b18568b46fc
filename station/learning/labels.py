"""The list of plates that an officer wrote down beside the pictures: CSV with the columns picture and text."""

import csv
import re
from collections.abc import Iterable

from station.core.plates import normalise
from station.learning.refusal import LearningRefused

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_ROWS = 100_000
_MOST_CHARACTERS = 12


def read_labels(lines: Iterable[str], thing: str) -> dict[str, str]:
    """Picture (sha256 in hex) -> text, normalised. Raises LearningRefused naming `thing` and the line, not the text."""
    try:
        rows = csv.DictReader(lines)
        if not {"picture", "text"} <= set(rows.fieldnames or ()):
            raise LearningRefused("bad-labels", thing, "no columns picture,text")
        found: dict[str, str] = {}
        for row in rows:
            picture, text = row["picture"] or "", normalise(row["text"] or "")
            where = f"{thing}:{rows.line_num}"
            if not _SHA256.fullmatch(picture):
                raise LearningRefused("bad-labels", where, "picture is not 64 lower-case hex digits")
            if not 2 <= len(text) <= _MOST_CHARACTERS:
                raise LearningRefused("bad-labels", where, f"a text of {len(text)} characters")
            if found.setdefault(picture, text) != text:
                raise LearningRefused("bad-labels", where, "the picture stands twice, with two texts")
            if len(found) > _MOST_ROWS:
                raise LearningRefused("bad-labels", where, f"more than {_MOST_ROWS} rows")
    except (csv.Error, UnicodeDecodeError) as error:
        raise LearningRefused("bad-labels", thing, type(error).__name__) from error
    return found
