"""How far the looks at one truck's seal are: a picture of each seal camera, and what it says."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Tick
from station.core.advice_records import SealVerdict

_NEVER = Tick(-1)


@dataclass(frozen=True, slots=True)
class SealView:
    """One camera: its picture once it is there, the order under way for it, and what came of it.

    `tries` counts pictures that were asked for, `asked` how often its picture was given to the adviser. `said` is a
    word of `Seal` or the code of why there is none; "" while it is open. `distance` in tenths of a unit of L*a*b*.
    """

    camera: str
    region: tuple[int, int, int, int]
    tries: int = 0
    picture_at: Tick = _NEVER
    order_id: str = ""
    path: str = ""
    sha256: str = ""
    asked: int = 0
    said: str = ""
    distance: int = 0


@dataclass(frozen=True, slots=True)
class SealLooks:
    """One view per camera as soon as the truck has stood whole; the adviser was free for them since `since`."""

    since: Tick = _NEVER
    views: tuple[SealView, ...] = ()
    verdict: SealVerdict | Literal[""] = ""

    @property
    def pictures(self) -> tuple[str, ...]:
        """SHA-256 of what was taken."""
        return tuple(view.sha256 for view in self.views if view.sha256)
