"""The physics of one boom and its own controller: no bytes, no wall clock, whole milliseconds.

Behaviour as makers describe it: a pulse starts a movement that then completes by itself; a maintained "raise" holds
the arm up; an obstacle while lowering stops and reverses it; it never starts down over one (Magnetic, Chamberlain,
FAAC operating manuals).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Tick

BoomPhase = Literal["down", "rising", "up", "lowering", "halted"]


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
    the controller's own safety loop), `stop_open` (the normally closed STOP circuit is open: nothing moves, whatever
    else is asked; a movement does not go on by itself afterwards). Faults: `stuck` (the drive turns nothing),
    `both_switches` (a wiring fault), `arm_broken` (the drive works, the arm is gone). `cut_power` and `restore_power`,
    `by_hand` moves the arm as somebody with the crank does.
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
        self.stop_open = False
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
        self._has_power = True
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

    def cut_power(self, *, arm_falls: bool = False) -> None:
        """The mains fail: the drive stops where it is, or a spring lets the arm down. The switches read as ever."""
        self._has_power = False
        self._halt(Millis(0) if arm_falls else None)

    def restore_power(self) -> None:
        """The mains are back; the arm stays where it is until it is told otherwise."""
        self._has_power = True

    def by_hand(self, up_permille: int) -> None:
        """The arm is unlocked and moved to so much of its travel (0 down, 1000 up)."""
        self._halt(Millis(self._travel * up_permille // 1000))

    def advance(self, ms: int) -> None:
        """Let `ms` pass with the inputs as they are now; 0 only samples them."""
        if self.stop_open:
            self._halt(None)
        elif self._has_power:
            self._sample_inputs()
        self._lower_was_on = self.lower_input
        self.held_ms["raise"].advance(self.raise_input, ms)
        self.held_ms["lower"].advance(self.lower_input, ms)
        end = Tick(self.now + ms)
        self._move(ms)
        self.now = end

    def _sample_inputs(self) -> None:
        lower_began = self.lower_input and not self._lower_was_on
        if self.raise_input:  # raise wins: both at once must never bring the arm down
            if self._phase in {"down", "lowering", "halted"}:
                self._enter("rising")
        elif lower_began and not self.obstacle and self._phase in {"up", "rising", "halted"}:
            self._enter("lowering")
        if self._phase == "lowering" and self.obstacle:
            self.reversals += 1
            self._enter("rising")

    def _move(self, ms: int) -> None:
        if self.stuck or self.stop_open or not self._has_power:
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

    def _halt(self, position: Millis | None) -> None:
        """Stand still at `position` of the travel, None for where the arm is now."""
        if position is not None:
            self._position = position
        resting: BoomPhase = "down" if self._position == 0 else "up" if self._position == self._travel else "halted"
        if self._phase != resting:
            self._enter(resting)

    def _enter(self, phase: BoomPhase) -> None:
        self._phase = phase
        if self._on_phase is not None:
            self._on_phase(self.now, phase)
