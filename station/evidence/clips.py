"""The indexes of clips in a bundle: rows name an index, and the index names its frames."""

from collections.abc import Iterable

from drivers.contract.clips import CLIP_ENDING, ClipIndex
from drivers.contract.plain import NotPlain, decode
from station.evidence.manifest import Body

LARGEST_INDEX = 256 << 10
MOST_INDEXES = 16 << 20
"""Bytes of one and of all that are read; an ordinary one has 12 KB. What is beyond is carried, but not looked into."""


class IndexRoom:
    """Which members a reader holds as indexes, asked in ascending order of their names; maker and verifier agree."""

    def __init__(self) -> None:
        self._left = MOST_INDEXES

    def takes(self, name: str, size: int) -> bool:
        """Whether this file is an index that is looked into."""
        if not name.endswith(CLIP_ENDING) or size > min(LARGEST_INDEX, self._left):
            return False
        self._left -= size
        return True


def read_index(data: bytes) -> ClipIndex | None:
    """The index in `data`, None if it is none."""
    try:
        index: ClipIndex = decode(ClipIndex, data)
    except NotPlain:
        return None
    return index


def frames_named(indexes: Iterable[bytes]) -> set[str]:
    """The SHA-256 of every frame that these indexes name."""
    read = (read_index(data) for data in indexes)
    return {sha256 for index in read if index is not None for _, sha256 in index.frames}


def indexes_named(bodies: Iterable[Body], crossing: str) -> set[str]:
    """The SHA-256 of each index that a row names for this crossing; a clip of another truck is not its evidence."""
    kept = (body for body in bodies if body.get("is") == "ClipKept" and body.get("crossing") == crossing)
    return {str(body.get("sha256", "")) for body in kept} - {""}
