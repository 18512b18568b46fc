"""The physics of one boom and its own controller: no bytes, no wall clock, whole milliseconds.

Behaviour as makers describe it: a pulse starts a movement that then completes by itself; a maintained "raise" holds
the arm up; an obstacle while lowering stops and reverses it; it never starts down over one (Magnetic, Chamberlain,
FAAC operating manuals).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Tick

BoomPhase = Literal["down", "rising", "up", "lowering"]


@dataclass(slots=True)
class HeldTime:
    """How long a signal has been on: this time (0 while off), the longest time ever, and how often it came on."""

    current_ms: int = 0
    longest_ms: int = 0
    times: int = 0
    _on: bool = False

    def advance(self, on: bool, ms: int) -> None:
        """The signal has had the level `on` for the `ms` that just passed."""
        if on and not self._on:
            self.times += 1
        self._on = on
        self.current_ms = self.current_ms + ms if on else 0
        self.longest_ms = max(self.longest_ms, self.current_ms)


class BoomModel:
    """One boom. Set the inputs and faults, call `advance`, read the limit switches.

    Inputs: `raise_input`, `lower_input` (levels from the I/O module), `obstacle` (something is under the arm, seen by
    the controller's own safety loop). Faults: `stuck` (the drive turns nothing), `both_switches` (a wiring fault),
    `arm_broken` (the drive works, the arm is gone).
    `held_ms` says for each input how long it was on. `reversals` counts how often an obstacle turned the arm round.
    `on_phase(tick, phase)` is called at the exact model time of each change.
    """

    def __init__(
        self, travel: Millis = Millis(2000), on_phase: Callable[[Tick, BoomPhase], None] | None = None
    ) -> None:
        if travel <= 0:
            raise ValueError(f"a boom needs a travel time above 0 ms, not {travel}")
        self.raise_input = False
        self.lower_input = False
        self.obstacle = False
        self.stuck = False
        self.both_switches = False
        self.arm_broken = False
        self.now = Tick(0)
        self.reversals = 0
        self.held_ms: dict[Literal["raise", "lower"], HeldTime] = {"raise": HeldTime(), "lower": HeldTime()}
        self._travel = travel
        self._position = 0  # milliseconds of travel away from "down"
        self._phase: BoomPhase = "down"
        self._lower_was_on = False
        self._on_phase = on_phase

    @property
    def phase(self) -> BoomPhase:
        """What the drive does now."""
        return self._phase

    @property
    def up_limit(self) -> bool:
        """The switch at the upper end."""
        return self.both_switches or self._position == self._travel

    @property
    def down_limit(self) -> bool:
        """The switch at the lower end."""
        return self.both_switches or self._position == 0

    @property
    def blocks_way(self) -> bool:
        """Whether a truck would hit the arm: it is there and less than three quarters up."""
        return not self.arm_broken and 4 * self._position < 3 * self._travel

    def advance(self, ms: int) -> None:
        """Let `ms` pass with the inputs as they are now; 0 only samples them."""
        self._sample_inputs()
        self.held_ms["raise"].advance(self.raise_input, ms)
        self.held_ms["lower"].advance(self.lower_input, ms)
        end = Tick(self.now + ms)
        self._move(ms)
        self.now = end

    def _sample_inputs(self) -> None:
        lower_began = self.lower_input and not self._lower_was_on
        self._lower_was_on = self.lower_input
        if self.raise_input:  # raise wins: both at once must never bring the arm down
            if self._phase in {"down", "lowering"}:
                self._enter("rising")
        elif lower_began and not self.obstacle and self._phase in {"up", "rising"}:
            self._enter("lowering")
        if self._phase == "lowering" and self.obstacle:
            self.reversals += 1
            self._enter("rising")

    def _move(self, ms: int) -> None:
        if self.stuck:
            return
        if self._phase == "rising":
            step = min(ms, self._travel - self._position)
            self._position += step
            if self._position == self._travel:
                self.now = Tick(self.now + step)
                self._enter("up")
        elif self._phase == "lowering":
            step = min(ms, self._position)
            self._position -= step
            if self._position == 0:
                self.now = Tick(self.now + step)
                self._enter("down")

    def _enter(self, phase: BoomPhase) -> None:
        self._phase = phase
        if self._on_phase is not None:
            self._on_phase(self.now, phase)
