"""Painted codes by PP-OCRv6's recogniser, and by both readers together: what `station eval --beside ocr` measures.

Both take the place of our own reader between the finder and what a picture says. No lane reads codes with them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from station.vision.code_crop import turned
from station.vision.code_forms import best_number, best_size_type, number_beam, size_type_beam
from station.vision.code_reader import CodeReader, CodeText, code_text
from station.vision.ctc import Candidate, beam
from station.vision.fusion import OWN_UNHEARD, SECOND_UNHEARD
from station.vision.second_file import ALPHABET
from station.vision.second_reader import SecondReader
from station.vision.tensors import Gray

Listen = Callable[[NDArray[np.float64], str], tuple[Candidate, ...]]
Choose = Callable[[tuple[Candidate, ...]], Candidate | None]


class SecondCodeReader:
    """The recogniser with our typed beam: each look as one line, a column turned a quarter to the left."""

    def __init__(self, second: SecondReader) -> None:
        self.entry = second.entry
        self._second = second

    def number(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """As `CodeReader.number`. Raises DeviceFault."""
        return self._surest(looks, upright, number_beam, best_number)

    def size_type(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """As `CodeReader.size_type`. Raises DeviceFault."""
        return self._surest(looks, upright, size_type_beam, best_size_type)

    def _surest(self, looks: list[Gray], upright: bool, listen: Listen, choose: Choose) -> CodeText:
        read = []
        for look in looks:
            shares = self._second.line(turned(look, upright=upright))
            heard = listen(shares, ALPHABET)
            read.append(code_text(beam(shares, ALPHABET)[0].text, choose(heard), heard))
        return max(read, key=lambda one: one.evidence)


class BothCodeReaders:
    """Our own reader and the second one: a text's share is the geometric mean of what both give it.

    Unlike for plates the shares are not made to sum to one: of a line of writing that is no number both name a few
    forced readings, of which one would then be certain.
    """

    def __init__(self, own: CodeReader, second: SecondCodeReader) -> None:
        self.entry = replace(own.entry, sha256=f"{own.entry.sha256}+{second.entry.sha256}")
        self._own, self._second = own, second

    def number(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """What both make of the look that says most to each. Raises DeviceFault."""
        own, second = (reader.number(looks, upright=upright) for reader in (self._own, self._second))
        heard = mean_shares(own.heard, second.heard)
        return code_text(own.raw, best_number(heard), heard)

    def size_type(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """The same for a size/type. Raises DeviceFault."""
        own, second = (reader.size_type(looks, upright=upright) for reader in (self._own, self._second))
        heard = mean_shares(own.heard, second.heard)
        return code_text(own.raw, best_size_type(heard), heard)


def mean_shares(own: tuple[Candidate, ...], second: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Every text that either reader named, likeliest first; one that a reader did not name is doubted, not barred."""
    ours, theirs = ({one.text: one.log_share for one in heard} for heard in (own, second))
    mean = [
        Candidate(
            text,
            (max(ours.get(text, OWN_UNHEARD), OWN_UNHEARD) + max(theirs.get(text, SECOND_UNHEARD), SECOND_UNHEARD)) / 2,
        )
        for text in sorted(ours.keys() | theirs.keys())
    ]
    return tuple(sorted(mean, key=lambda one: (-one.log_share, one.text)))
