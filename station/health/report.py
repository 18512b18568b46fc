"""Judges whether the lane is fit, for the watchdog and for the status line. Pure.

The loop reports each pass as a `Turn`. The watchdog is fed only after a turn that went the whole way: a loop that
spins without deciding, or hangs in a commit, must look dead to the supervisor, because it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from drivers.contract.quantities import Millis, Tick

Step = Literal["gather", "decide", "keep", "perform"]

WHOLE_TURN: tuple[Step, ...] = ("gather", "decide", "keep", "perform")
"""gather: every inbox was read; decide: the core has stepped; keep: the rows are committed, or the lane has closed
itself because it cannot keep them; perform: the effects are handed to their workers."""

_FEEDS_PER_PERIOD = 3  # one lost or late feed must not be a death


@dataclass(frozen=True, slots=True)
class Turn:
    """One pass of the loop: the steps it finished, in their order, and when it ended."""

    ended: Tick
    finished: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """How often the watchdog wants to be fed (None: no watchdog), and when it last was (None: never)."""

    every: Millis | None
    fed: Tick | None = None

    def after(self, turn: Turn) -> "tuple[Watch, bool]":
        """The watch after `turn`, and whether to feed now: after a whole turn, at most once per `every`."""
        if self.every is None or turn.finished != WHOLE_TURN:
            return self, False
        if self.fed is not None and turn.ended - self.fed < self.every:
            return self, False
        return replace(self, fed=turn.ended), True


def watch_for(patience: Millis | None) -> Watch:
    """The watch for a supervisor that waits `patience` for each feed; it is fed three times as often."""
    return Watch(None if patience is None else Millis(patience // _FEEDS_PER_PERIOD))


def status_line(mode: str, phase: str, unfit_devices: Sequence[str], disk: str = "OK", days_left: int = -1) -> str:
    """One line in codes, for `systemctl status`: `AUTOMATIC IDLE`, `CLOSED IDLE unfit: barrier scale`, and the disk
    if it is not OK: `AUTOMATIC IDLE disk: LOW, 12 days left`.
    """
    unfit = f" unfit: {' '.join(unfit_devices)}" if unfit_devices else ""
    left = f", {days_left} days left" if days_left >= 0 else ""
    return f"{mode} {phase}{unfit}" + ("" if disk == "OK" else f" disk: {disk}{left}")
