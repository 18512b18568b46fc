"""What a tag reader's protocol brings: what it says and what it understands. The wire is the driver's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.contract.quantities import Tick
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting


@dataclass(frozen=True, slots=True)
class Alive:
    """A good frame without a tag. `detail` is what it says of the reader, "" for nothing."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The reader says that it cannot read: what it said, and what a technician does."""

    seen: str
    next_step: str


Heard = Sighting | Alive | Trouble | BadBytes


class TagVoice(Protocol):
    """One side of the talk with one reader. Pure: the caller says what time it is and carries the bytes."""

    def restart(self) -> None:
        """The wire was opened: nothing was said or heard yet."""

    def say(self, now: Tick, *, is_on: bool) -> bytes:
        """What is due to be said, b"" for nothing. `is_on`: the reader is to look for tags."""

    def next_word(self) -> Tick:
        """When `say` is to be asked again if nothing is heard."""

    def hear(self, data: bytes, now: Tick) -> Sequence[Heard]:
        """What `data` completes."""

    def farewell(self) -> bytes:
        """What leaves the reader at rest."""
