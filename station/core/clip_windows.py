"""How far the clips of a lane are: each window of time, and what each camera has said of it."""

from dataclasses import dataclass

from drivers.contract.clips import ClipStored
from drivers.contract.quantities import Millis, Tick

_NEVER = Tick(-1)


@dataclass(frozen=True, slots=True)
class ClipView:
    """One camera that has not said its last word. `order_id` is that of the newest order, "" if none counts.

    `told` is the end of the window as it was told to the camera; `ask_at` is when it is asked (again). `stored` is what
    it has stored so far.
    """

    camera: str
    order_id: str = ""
    told: Tick = _NEVER
    ask_at: Tick = _NEVER
    stored: ClipStored | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """One window; `given_up` is the tick from which on no answer is waited for."""

    clip: str
    events: tuple[tuple[str, int], ...]
    crossing: str
    since: Tick
    until: Tick
    since_ms: int
    given_up: Tick
    views: tuple[ClipView, ...]


@dataclass(frozen=True, slots=True)
class Footage:
    """How much was asked for in the hour that began at `hour`; `refused`: what did not fit has been recorded."""

    hour: Tick = _NEVER
    used: Millis = Millis(0)
    refused: bool = False
