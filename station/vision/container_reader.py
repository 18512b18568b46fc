"""Read the container number in a whole picture of one side: find the codes, cut them out, read them, choose one."""

from collections.abc import Sequence
from pathlib import Path

from drivers.contract.quantities import Permille
from station.vision.code_finder import MODEL as FINDER_MODEL
from station.vision.code_finder import CodeFinder, open_code_finder
from station.vision.code_reader import MODEL as READER_MODEL
from station.vision.code_reader import NO_CODE, CodeText, ReadsCodes, open_code_reader
from station.vision.container_seen import ContainerReader, ContainerSeen
from station.vision.found import Found
from station.vision.manifest import model_hashes, refusal
from station.vision.tensors import Gray, Region, crop, decode_gray, decode_half

READ_MOST = 4
"""So many finds are read: a container shows its number on the door and on the roof's edge."""

ENOUGH = Permille(900)
"""A reading as sure as this ends the search."""

_ENOUGH_PX = 36
"""Across a code in the half picture; a smaller one is read in the whole picture."""

_LOOKS: tuple[tuple[float, float], ...] = ((0.08, 0.15), (0.14, 0.2), (0.04, 0.1))
"""Margin along a code and across it, in its length and its thickness, of each look at it."""

_SIZE_TYPE_LOOKS: tuple[tuple[float, float], ...] = ((0.15, 0.1), (0.25, 0.2), (0.08, 0.05), (0.4, 0.2))
"""The same for a size/type: shorter, so that what a find lacks is a greater share of it."""

_SIZE_TYPES_READ = 2
"""So many of the nearest finds are read."""

_NEAR = 3.0
"""A size/type stands within so many thicknesses of its number."""

NOTHING = ContainerSeen("", "", Permille(0), (), "", Permille(0), (0, 0, 0, 0), "")
"""A picture in which no number was found."""


class WholeReader:
    """The two models together."""

    def __init__(self, finder: CodeFinder, reader: ReadsCodes) -> None:
        self._finder, self._reader = finder, reader
        self.entries = (finder.entry, reader.entry)

    def read_picture(self, data: bytes) -> ContainerSeen:
        """The surest number in a JPEG or PNG, with the size/type nearest to it. Raises PictureUnfit, DeviceFault."""
        half = decode_half(data)
        codes = self._finder.find(half)
        if not codes.numbers:
            return NOTHING
        smallest = min(min(one.box[2:]) for one in codes.numbers[:READ_MOST])
        picture, scale = (half, 1) if smallest >= _ENOUGH_PX else (decode_gray(data), 2)
        best, place = NO_CODE, codes.numbers[0]
        for one in codes.numbers[:READ_MOST]:
            read = self._reader.number(looks(picture, _times(one.box, scale)), upright=is_upright(one.box))
            if read.evidence > best.evidence:
                best, place = read, one
            if best.confidence >= ENOUGH:
                break
        if not best.text:
            return NOTHING
        size = self._size_type(picture, scale, place, codes.size_types)
        return ContainerSeen(
            raw=best.raw,
            text=best.text,
            confidence=best.confidence,
            characters=best.characters,
            size_type=size.text,
            size_type_confidence=size.confidence,
            box=_times(place.box, 2),
            model=self._reader.entry.sha256,
        )

    def _size_type(self, picture: Gray, scale: int, number: Found, found: Sequence[Found]) -> CodeText:
        """The size/type of those that stand nearest to the number, if one does."""
        near = sorted((apart(number.box, one.box), one.box) for one in found if _belongs(number.box, one.box))
        read = [
            self._reader.size_type(looks(picture, _times(box, scale), _SIZE_TYPE_LOOKS), upright=is_upright(box))
            for _, box in near[:_SIZE_TYPES_READ]
        ]
        return max(read, key=lambda one: one.evidence, default=NO_CODE)


def is_upright(box: Region) -> bool:
    """True for a column of letters."""
    return box[3] > box[2]


def looks(picture: Gray, box: Region, margins: tuple[tuple[float, float], ...] = _LOOKS) -> list[Gray]:
    """The crops of one code that are read: the same code with other margins, along it and across."""
    x, y, wide, high = box
    rows, columns = picture.shape
    crops = []
    for along, across in margins:
        dx, dy = (across * wide, along * high) if is_upright(box) else (along * wide, across * high)
        left, top = max(0, round(x - dx)), max(0, round(y - dy))
        right, bottom = min(columns, round(x + wide + dx)), min(rows, round(y + high + dy))
        crops.append(crop(picture, (left, top, max(right - left, 1), max(bottom - top, 1))))
    return crops


def apart(one: Region, other: Region) -> int:
    """How far apart two boxes are, in pixels; 0 where they meet."""
    right = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    down = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return max(right, 0) + max(down, 0)


def _belongs(number: Region, size_type: Region) -> bool:
    return apart(number, size_type) <= _NEAR * min(number[2:]) and is_upright(number) == is_upright(size_type)


def _times(box: Region, scale: int) -> Region:
    return (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)


def open_container_reader(manifest: Path) -> ContainerReader | None:
    """The reader, its models proved; None if the manifest lists neither of them. Raises DeviceFault("bad-model")."""
    listed = dict(model_hashes(manifest))
    both = {FINDER_MODEL, READER_MODEL}
    if not both & set(listed):
        return None
    if not both <= set(listed):
        missing = sorted(both - set(listed))[0]
        raise refusal(missing, "the manifest lists the other model for container numbers, and not this one")
    return WholeReader(open_code_finder(manifest), open_code_reader(manifest))
