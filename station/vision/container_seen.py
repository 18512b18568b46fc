"""What a reader of container numbers sees in one picture, and what it is asked by."""

from dataclasses import dataclass
from typing import Protocol

from drivers.contract.quantities import Permille


@dataclass(frozen=True, slots=True)
class ContainerSeen:
    """One picture's reading; the fields are those of `ContainerRead`. `text` is "" where no number was found."""

    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    size_type: str
    size_type_confidence: Permille
    box: tuple[int, int, int, int]
    model: str


class ContainerReader(Protocol):
    """Finds and reads the container number in a whole picture."""

    def read_picture(self, data: bytes) -> ContainerSeen:
        """The reading of a JPEG or PNG. Raises PictureUnfit for a picture that cannot be judged, and
        DeviceFault("bad-model") if a model's output is broken.
        """
