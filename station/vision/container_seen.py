"""What one picture of a container says, and who reads it."""

from dataclasses import dataclass
from typing import Protocol

from drivers.contract.quantities import Permille


@dataclass(frozen=True, slots=True)
class ContainerSeen:
    """One picture's reading; "" and 0 for what was not found.

    `text` is of the form of a container number, its check digit as it is painted. `raw` is the net's own string,
    `box` where the number stands (x, y, width, height in pixels), `model` the sha256 of the reader's file.
    """

    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    size_type: str
    size_type_confidence: Permille
    box: tuple[int, int, int, int]
    model: str


class ContainerReader(Protocol):
    """What reads the container number in a whole picture."""

    def read_picture(self, data: bytes) -> ContainerSeen:
        """Raises PictureUnfit, DeviceFault."""
        ...
