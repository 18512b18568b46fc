"""The inside of a simulated ADAM-6060 and what is wired to it: inputs, outputs, pulses, watchdog. No bytes.

The module times a pulse itself: `start_pulses` switches an output on for its high width and off for its low width,
as often as asked. A plain `set_outputs` holds a level until somebody writes again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.barrier.boom_model import BoomModel, HeldTime
from drivers.contract.quantities import Millis, Tick

OutputName = Literal["raise", "lower", "red", "green", "siren", "spare"]
OUTPUT_NAMES: tuple[OutputName, ...] = get_args(OutputName)
POINTS = 6
"""Inputs DI0-DI5 and outputs DO0-DO5."""

SAFE_OUTPUTS = (False, False, True, False, False, False)
"""What the host watchdog leaves: no motion, red."""
POWER_ON_OUTPUTS = (False,) * POINTS
FACTORY_WIDTH = 10_000
"""Pulse widths after a power cycle, in 0.1 ms: not the ones our driver wrote."""


def _free() -> bool:
    return False


@dataclass(slots=True)
class _Pulse:
    """A running train: how many pulses are left, and how long the present level still lasts."""

    count: int
    left_ms: int


class Adam6060Model:
    """The module with its boom and loops. Outputs: raise, lower, red, green, siren, spare.

    `entry_loop`, `under_boom_loop` and `exit_loop` say whether the loop is occupied now, `boom_beam` whether
    the light barrier is broken; None is a module without one. `normally_closed` names the loops and limit switches
    whose contact opens when reached; the beam's opens when broken. `watchdog` is the host idle time after which the
    module goes to its safe values; None is a module without it. `on_output(tick, name, on, held_ms)` tells every change
    at its exact model time; `held_ms` is 0 when it comes on. `widths_writable` False is a module that accepts widths
    and ignores them.
    """

    def __init__(
        self,
        boom: BoomModel,
        *,
        entry_loop: Callable[[], bool] = _free,
        under_boom_loop: Callable[[], bool] = _free,
        exit_loop: Callable[[], bool] = _free,
        boom_beam: Callable[[], bool] | None = None,
        normally_closed: Sequence[int] = (),
        watchdog: Millis | None = Millis(5000),
        on_output: Callable[[Tick, OutputName, bool, Millis], None] | None = None,
    ) -> None:
        self.boom = boom
        self.now = Tick(0)
        self.outputs: tuple[bool, ...] = POWER_ON_OUTPUTS
        self.counters = [0] * POINTS
        self.low_widths = [FACTORY_WIDTH] * POINTS
        self.high_widths = [FACTORY_WIDTH] * POINTS
        self.widths_writable = True
        self.watchdog_trips = 0
        self.held_ms: dict[OutputName, HeldTime] = {name: HeldTime() for name in OUTPUT_NAMES}
        self._loops = (entry_loop, under_boom_loop, exit_loop)
        self._boom_beam = boom_beam
        self._normally_closed = frozenset(normally_closed)
        self._watchdog = watchdog
        self._idle_ms = 0
        self._pulses: dict[int, _Pulse] = {}
        self._on_output = on_output
        self._seen = self.inputs()

    def start(self, now: Tick) -> None:
        """Set the model's clock, before anything happens."""
        self.now = self.boom.now = now

    def inputs(self) -> tuple[bool, ...]:
        """DI0-DI5 as the module sees them: entry, under-boom and exit loop, boom up, boom down, beam clear."""
        is_clear = self._boom_beam is not None and not self._boom_beam()
        raw = (*(loop() for loop in self._loops), self.boom.up_limit, self.boom.down_limit, is_clear)
        return tuple(on != (n in self._normally_closed) for n, on in enumerate(raw))

    def heard(self) -> None:
        """A host has spoken to the module: the watchdog starts again."""
        self._idle_ms = 0

    def set_outputs(self, first: int, levels: Sequence[bool]) -> None:
        """Write levels from output `first` on, all at once; a pulse running there is cancelled."""
        for n in range(first, first + len(levels)):
            self._pulses.pop(n, None)
        self._switch((*self.outputs[:first], *levels, *self.outputs[first + len(levels) :]))

    def start_pulses(self, output: int, count: int) -> None:
        """Begin `count` pulses on `output` now; 0 ends a running train with the output off."""
        self._pulses.pop(output, None)
        if count and self.high_widths[output]:
            self._pulses[output] = _Pulse(count, _milliseconds(self.high_widths[output]))
        self._switch_one(output, output in self._pulses)

    def pulses_left(self, output: int) -> int:
        """How many pulses the train on `output` still has, the present one included."""
        return self._pulses[output].count if output in self._pulses else 0

    def set_width(self, widths: list[int], output: int, tenths_of_ms: int) -> None:
        """Store a pulse width in 0.1 ms, in `low_widths` or `high_widths`."""
        if self.widths_writable:
            widths[output] = tenths_of_ms

    def reboot(self) -> None:
        """A power cycle: outputs to their defaults, widths and counters to the factory's."""
        self._pulses.clear()
        self._idle_ms = 0
        self.low_widths[:] = self.high_widths[:] = [FACTORY_WIDTH] * POINTS
        self.counters[:] = [0] * POINTS
        self._switch(POWER_ON_OUTPUTS)

    def advance(self, ms: int) -> None:
        """Let `ms` pass, in steps that end exactly where a pulse or the watchdog does."""
        left = ms
        while True:
            step = min([left, *(pulse.left_ms for pulse in self._pulses.values()), *self._watchdog_left()])
            self._pass(step)
            left -= step
            if left <= 0:
                return

    def _watchdog_left(self) -> tuple[int, ...]:
        if self._watchdog is None or self._idle_ms >= self._watchdog:
            return ()
        return (self._watchdog - self._idle_ms,)

    def _pass(self, ms: int) -> None:
        for name, on in zip(OUTPUT_NAMES, self.outputs, strict=True):
            self.held_ms[name].advance(on, ms)
        self.boom.advance(ms)
        self.now = Tick(self.now + ms)
        for output, pulse in list(self._pulses.items()):
            pulse.left_ms -= ms
            if pulse.left_ms <= 0:
                self._next_level(output, pulse)
        was_idle = self._idle_ms
        self._idle_ms += ms
        if self._watchdog is not None and was_idle < self._watchdog <= self._idle_ms:
            self._trip()
        self._count_edges()

    def _next_level(self, output: int, pulse: _Pulse) -> None:
        if not self.outputs[output]:
            pulse.left_ms = _milliseconds(self.high_widths[output])
            self._switch_one(output, on=True)
            return
        pulse.count -= 1
        pulse.left_ms = _milliseconds(self.low_widths[output])
        if pulse.count == 0:
            del self._pulses[output]
        self._switch_one(output, on=False)

    def _trip(self) -> None:
        self.watchdog_trips += 1
        self._pulses.clear()
        self._switch(SAFE_OUTPUTS)

    def _switch_one(self, output: int, on: bool) -> None:
        self._switch((*self.outputs[:output], on, *self.outputs[output + 1 :]))

    def _switch(self, levels: tuple[bool, ...]) -> None:
        changed = [n for n, level in enumerate(levels) if level != self.outputs[n]]
        self.outputs = levels
        self.boom.raise_input, self.boom.lower_input = levels[0], levels[1]
        self.boom.advance(0)
        for n in changed:
            held = self.held_ms[OUTPUT_NAMES[n]]
            if self._on_output is not None:
                self._on_output(self.now, OUTPUT_NAMES[n], levels[n], Millis(0 if levels[n] else held.current_ms))
            held.advance(levels[n], 0)

    def _count_edges(self) -> None:
        """Each counter counts its input coming on."""
        now = self.inputs()
        for n in range(POINTS):
            if now[n] and not self._seen[n]:
                self.counters[n] = (self.counters[n] + 1) % 2**32
        self._seen = now


def _milliseconds(tenths: int) -> int:
    """A width in whole milliseconds, never 0."""
    return max(1, -(-tenths // 10))
