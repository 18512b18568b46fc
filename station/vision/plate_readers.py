"""Several readers look at one plate, each with the letters of its countries; one reading goes out, as it was read."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.contract.quantities import Permille
from station.core.consensus import ACCEPT_FROM
from station.vision.manifest import model_hashes, refusal
from station.vision.plate_reader import (
    CHINESE_MODEL,
    MODEL,
    PROVINCE_MODEL,
    PlateReader,
    PlateText,
    grammar_bonus,
    open_plate_reader,
    plate_text,
)
from station.vision.province import ProvinceReader
from station.vision.tensors import Gray

if TYPE_CHECKING:
    from station.vision.second_opinion import SecondOpinion

FURTHER_MODELS: Final = (CHINESE_MODEL,)
"""Readers for the letters of other countries, asked where the manifest lists them."""

MOST_SURE: Final = Permille(ACCEPT_FROM - 1)
"""A further reader is never sure enough to be accepted without a person, until photos prove it: 3 of 92 Chinese plates
that it was sure of were wrong (models/cards/plate_reader_cn.md)."""


class PlateReaders:
    """The Vietnamese reader first, then those for further letters: all look at each plate.

    Where the Vietnamese reading is chosen, a `second` opinion is fused with it. The second knows no further letters, so
    it has no say in the choice: it would outvote the reader of a province by agreeing on the rest of the plate.
    `provinces` looks again at what the Chinese reader read. `entries` holds the second's last.
    """

    def __init__(
        self,
        readers: Sequence[PlateReader],
        second: "SecondOpinion | None" = None,
        provinces: ProvinceReader | None = None,
    ) -> None:
        self._readers = tuple(readers)
        self._second = second
        self._provinces = provinces
        beside = (part.entry for part in (provinces, second) if part is not None)
        self.entries = (*(reader.entry for reader in readers), *beside)
        self._letters = tuple(frozenset(reader.entry.alphabet) for reader in readers)

    def read(self, plate: Gray) -> PlateText:
        """The one reading of a crop of any size. Raises DeviceFault if a model's output is broken."""
        first, *further = self._readers
        ours = first.likely(plate)
        own = plate_text(ours, first.entry.sha256)
        chosen = choose([own, *(self._further(reader, plate) for reader in further)], self._letters)
        return self._second.join(own, ours, plate) if self._second is not None and chosen is own else chosen

    def _further(self, reader: PlateReader, plate: Gray) -> PlateText:
        heard = reader.likely(plate)
        read = plate_text(heard, reader.entry.sha256)
        if self._provinces is not None and reader.entry.name == CHINESE_MODEL:
            read = self._provinces.look_again(read, heard, plate)
        return replace(read, confidence=min(read.confidence, MOST_SURE))


def choose(readings: Sequence[PlateText], letters: Sequence[frozenset[str]]) -> PlateText:
    """One of the readings of a plate, unchanged; `letters` are what each reader knows, in the same order.

    A further reader is heard only where it read a letter that no reader before it knows: otherwise the plate is not
    its country's. Among those heard the greatest evidence wins, the earlier one of equals. Evidence is the reader's own
    confidence and what fitting a plate grammar is worth; no reader's confidence depends on another's.
    """
    heard = [
        reading
        for place, reading in enumerate(readings)
        if place == 0 or _has_own_letter(reading.text, letters[:place])
    ]
    return max(heard, key=_evidence)


def open_plate_readers(manifest: Path, second: "SecondOpinion | None" = None) -> PlateReaders:
    """Every plate reader that the manifest lists, after its files matched their hashes and it gave its known answer.

    The Vietnamese one must be listed. Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
    readers = [open_plate_reader(manifest, MODEL)]
    listed = {name for name, _ in model_hashes(manifest)}
    for name in FURTHER_MODELS:
        if name in listed:
            reader = open_plate_reader(manifest, name)
            if not _has_own_letter(reader.entry.alphabet, [frozenset(one.entry.alphabet) for one in readers]):
                raise refusal(name, "its alphabet has no letter of its own, so it would never be heard")
            readers.append(reader)
    provinces = ProvinceReader(open_plate_reader(manifest, PROVINCE_MODEL)) if PROVINCE_MODEL in listed else None
    return PlateReaders(readers, second, provinces)


def _has_own_letter(text: str, before: Sequence[frozenset[str]]) -> bool:
    return not frozenset(text) <= frozenset().union(*before)


def _evidence(reading: PlateText) -> float:
    return math.log(max(reading.confidence, 1)) + (grammar_bonus(reading.text) if reading.text else 0.0)
