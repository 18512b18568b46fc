"""The province of a Chinese plate: a dense character, which a reader of its own knows better than that of the whole."""

from dataclasses import replace
from typing import Final

from drivers.contract.quantities import Permille
from station.vision.ctc import Candidate, share_of
from station.vision.plate_reader import PlateReader, PlateText
from station.vision.tensors import Gray

ONE_LINE: Final = 2.2
"""A crop at least so many times as wide as high shows one line and little beside it (GA 36: one line is 440x140 mm, two
are 440x220).
"""


_GUESS = 0.1
"""The share below which a province is one of many that it might be."""


class ProvinceReader:
    """Looks once more at what a reader of whole plates takes for a Chinese plate of one line."""

    def __init__(self, reader: PlateReader) -> None:
        self.entry = reader.entry
        self._reader = reader

    def look_again(self, read: PlateText, heard: tuple[Candidate, ...], plate: Gray) -> PlateText:
        """`read` with the province that this reader sees; `heard` are the texts that `read` is one of.

        Unchanged where `read` begins with no province, the crop is not that of one line, or no one province is seen.
        Raises DeviceFault if the model's output is broken.
        """
        rows, columns = plate.shape
        if read.text[:1] not in self.entry.alphabet or not read.text or columns < ONE_LINE * rows:
            return read
        seen = self._reader.likely(plate)[0]
        if len(seen.text) != 1 or share_of(seen) < _GUESS:
            return read
        return joined(read, heard, seen, self.entry.sha256)


def joined(read: PlateText, heard: tuple[Candidate, ...], province: Candidate, model: str) -> PlateText:
    """The province of the one, the rest of the other. It is right if both are: the confidence is their product, and no
    agreement raises it.
    """
    rest = min(1.0, sum(share_of(candidate) for candidate in heard if candidate.text[1:] == read.text[1:]))
    first = share_of(province)
    return replace(
        read,
        text=province.text + read.text[1:],
        confidence=Permille(int(1000 * rest * first)),
        characters=(Permille(int(1000 * first)), *read.characters[1:]),
        model=f"{read.model}+{model}",
    )
