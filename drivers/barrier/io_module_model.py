"""The inside of a simulated I/O module and what is wired to it: inputs, outputs, pulses, watchdog. No bytes.

The module times a pulse itself: `start_pulse` switches an output on, and off when its time is over. A plain
`set_outputs` holds a level until somebody writes again.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from drivers.barrier.boom_model import BoomModel, HeldTime
from drivers.contract.quantities import Millis, Tick

OutputName = Literal["raise", "lower", "red", "green", "siren", "spare", "spare-2", "spare-3"]
OUTPUT_NAMES: tuple[OutputName, ...] = get_args(OutputName)
"""What hangs on DO0, DO1 and so on."""

Sensor = Callable[[], bool]
"""Whether a contact is closed now."""


def open_contact() -> bool:
    """An input that nothing is wired to."""
    return False


@dataclass(slots=True)
class _Pulse:
    """A running train: the widths, how many pulses are left, and how long the present level still lasts."""

    high_ms: int
    low_ms: int
    count: int
    left_ms: int


class IoModuleModel:
    """A module with `sensors` at DI0, DI1 and so on, and `outputs` relays of which the first two move `boom`.

    `watchdog` is the host idle time after which the module goes to `safe_outputs`; None is a module without it.
    `on_output(tick, name, on, held_ms)` tells every change of an output at its exact model time; `held_ms` is 0 when
    it comes on. Faults: `welded` outputs whose contact stays closed whatever the module says; `stuck_inputs`, read as
    they are here; `bounce`, for which a contact that has changed reads either way (by `seed`).
    """

    def __init__(
        self,
        boom: BoomModel,
        sensors: Sequence[Sensor],
        outputs: int,
        *,
        watchdog: Millis | None = None,
        safe_outputs: Sequence[bool] | None = None,
        on_output: Callable[[Tick, OutputName, bool, Millis], None] | None = None,
        seed: int = 1,
    ) -> None:
        self.boom = boom
        self.now = Tick(0)
        self.outputs: tuple[bool, ...] = (False,) * outputs
        self.watchdog = watchdog
        self.watchdog_trips = 0
        self.welded: set[int] = set()
        self.stuck_inputs: dict[int, bool] = {}
        self.bounce = Millis(0)
        self.held_ms: dict[OutputName, HeldTime] = {name: HeldTime() for name in OUTPUT_NAMES[:outputs]}
        self._sensors = tuple(sensors)
        self._safe_outputs = tuple(safe_outputs) if safe_outputs is not None else self.outputs
        self._idle_ms = 0
        self._pulses: dict[int, _Pulse] = {}
        self._on_output = on_output
        self._random = random.Random(seed)
        self._contacts = self._closed_contacts()
        self._bounces_until = [Tick(0)] * len(self._contacts)

    def start(self, now: Tick) -> None:
        """Set the model's clock, before anything happens."""
        self.now = self.boom.now = now

    def inputs(self) -> tuple[bool, ...]:
        """The inputs as the module sees them now."""
        contacts = self._closed_contacts()
        for n, closed in enumerate(contacts):
            if closed != self._contacts[n]:
                self._bounces_until[n] = Tick(self.now + self.bounce)
        self._contacts = contacts
        seen = [closed ^ self._is_bouncing(n) for n, closed in enumerate(contacts)]
        return tuple(self.stuck_inputs.get(n, closed) for n, closed in enumerate(seen))

    def heard(self) -> None:
        """A host has spoken to the module: the watchdog starts again."""
        self._idle_ms = 0

    def set_outputs(self, first: int, levels: Sequence[bool]) -> None:
        """Write levels from output `first` on, all at once; a pulse running there is cancelled."""
        for n in range(first, first + len(levels)):
            self._pulses.pop(n, None)
        self._switch((*self.outputs[:first], *levels, *self.outputs[first + len(levels) :]))

    def start_pulse(self, output: int, high_ms: int, *, low_ms: int = 0, count: int = 1) -> None:
        """Begin `count` pulses on `output` now; 0 pulses, or pulses of no width, switch it off."""
        self._pulses.pop(output, None)
        if count and high_ms:
            self._pulses[output] = _Pulse(high_ms, low_ms, count, high_ms)
        self._switch_one(output, output in self._pulses)

    def pulses_left(self, output: int) -> int:
        """How many pulses the train on `output` still has, the present one included."""
        return self._pulses[output].count if output in self._pulses else 0

    def reboot(self) -> None:
        """A power cycle: all outputs off, every pulse forgotten."""
        self._pulses.clear()
        self._idle_ms = 0
        self._switch((False,) * len(self.outputs))

    def advance(self, ms: int) -> None:
        """Let `ms` pass, in steps that end exactly where a pulse or the watchdog does."""
        left = ms
        while True:
            step = min([left, *(pulse.left_ms for pulse in self._pulses.values()), *self._watchdog_left()])
            self._pass(step)
            left -= step
            if left <= 0:
                return

    def _closed_contacts(self) -> tuple[bool, ...]:
        return tuple(sensor() for sensor in self._sensors)

    def _is_bouncing(self, n: int) -> bool:
        """Whether contact `n` reads the wrong way just now."""
        return self.now < self._bounces_until[n] and self._random.random() < 0.5

    def _watchdog_left(self) -> tuple[int, ...]:
        if self.watchdog is None or self._idle_ms >= self.watchdog:
            return ()
        return (self.watchdog - self._idle_ms,)

    def _pass(self, ms: int) -> None:
        for name, on in zip(self.held_ms, self.outputs, strict=True):
            self.held_ms[name].advance(on, ms)
        self._drive_boom(ms)
        self.now = Tick(self.now + ms)
        for output, pulse in list(self._pulses.items()):
            pulse.left_ms -= ms
            if pulse.left_ms <= 0:
                self._next_level(output, pulse)
        was_idle = self._idle_ms
        self._idle_ms += ms
        if self.watchdog is not None and was_idle < self.watchdog <= self._idle_ms:
            self._trip()

    def _next_level(self, output: int, pulse: _Pulse) -> None:
        if not self.outputs[output]:
            pulse.left_ms = pulse.high_ms
            self._switch_one(output, on=True)
            return
        pulse.count -= 1
        pulse.left_ms = max(1, pulse.low_ms)
        if pulse.count == 0:
            del self._pulses[output]
        self._switch_one(output, on=False)

    def _trip(self) -> None:
        self.watchdog_trips += 1
        self._pulses.clear()
        self._switch(self._safe_outputs)

    def _switch_one(self, output: int, on: bool) -> None:
        self._switch((*self.outputs[:output], on, *self.outputs[output + 1 :]))

    def _switch(self, levels: tuple[bool, ...]) -> None:
        changed = [n for n, level in enumerate(levels) if level != self.outputs[n]]
        self.outputs = levels
        self._drive_boom(0)
        for n in changed:
            held = self.held_ms[OUTPUT_NAMES[n]]
            if self._on_output is not None:
                self._on_output(self.now, OUTPUT_NAMES[n], levels[n], Millis(0 if levels[n] else held.current_ms))
            held.advance(levels[n], 0)

    def _drive_boom(self, ms: int) -> None:
        """What the boom's controller sees is the contact, not the module's word for it."""
        self.boom.raise_input = self.outputs[0] or 0 in self.welded
        self.boom.lower_input = self.outputs[1] or 1 in self.welded
        self.boom.advance(ms)
