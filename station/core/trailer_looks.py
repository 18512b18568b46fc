"""How far a lane is with one truck's trailer plate: what was taken, what waits, what was read, what came of it."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import PlateRead

_NEVER = Tick(-1)


@dataclass(frozen=True, slots=True)
class Trailer:
    """The agreed plate behind: a trailer's, the vehicle's own once more, or any other; "" where none could be read."""

    text: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    confidence: Permille
    frames: int


@dataclass(frozen=True, slots=True)
class TrailerPicture:
    """A stored picture of the trailer camera that waits for the reader."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TrailerLooks:
    """One truck's looks since `began`. `reads` are of the trailer camera, `beside` what the plate camera saw of one;
    `taking` and `reading` are the ids of the newest orders for a picture and for its reading.
    """

    began: Tick = _NEVER
    taken: int = 0
    picture_at: Tick = _NEVER
    pending: tuple[TrailerPicture, ...] = ()
    taking: str = ""
    reading: str = ""
    reads: tuple[PlateRead, ...] = ()
    beside: tuple[PlateRead, ...] = ()
    pictures: tuple[str, ...] = ()
