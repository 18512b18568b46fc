"""The inside of a simulated Advantech ADAM-60xx: an I/O module with counters and stored pulse widths. No bytes."""

from collections.abc import Callable, Sequence

from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_module_model import IoModuleModel, OutputName, Sensor, open_contact
from drivers.contract.quantities import Millis, Tick

OUTPUTS = 6
"""DO0-DO5, on the 6060 and on the 6050."""

SAFE_OUTPUTS = (False, False, True, False, False, False)
"""What the host watchdog leaves: no motion, red."""
FACTORY_WIDTH = 10_000
"""Pulse widths after a power cycle, in 0.1 ms: not the ones our driver wrote."""
ENDLESS = 2**32


class Adam60xxModel(IoModuleModel):
    """A module with `sensors` at DI0, DI1 and so on.

    A counter counts its input coming on. Pulses have widths that the host has stored before, lost by a reboot;
    `widths_writable` False is a module that accepts widths and ignores them.
    """

    def __init__(
        self,
        boom: BoomModel,
        sensors: Sequence[Sensor],
        *,
        watchdog: Millis | None = Millis(5000),
        on_output: Callable[[Tick, OutputName, bool, Millis], None] | None = None,
    ) -> None:
        super().__init__(boom, sensors, OUTPUTS, watchdog=watchdog, safe_outputs=SAFE_OUTPUTS, on_output=on_output)
        self.counters = [0] * len(sensors)
        self.low_widths = [FACTORY_WIDTH] * OUTPUTS
        self.high_widths = [FACTORY_WIDTH] * OUTPUTS
        self.widths_writable = True
        self._seen = self.inputs()

    def start_pulses(self, output: int, count: int) -> None:
        """Begin `count` pulses of the stored widths on `output` now; 0 (as on an ADAM-4150) for ever."""
        high, low = _milliseconds(self.high_widths[output]), _milliseconds(self.low_widths[output])
        self.start_pulse(output, high, low_ms=low, count=count or ENDLESS)

    def set_width(self, widths: list[int], output: int, tenths_of_ms: int) -> None:
        """Store a pulse width in 0.1 ms, in `low_widths` or `high_widths`."""
        if self.widths_writable:
            widths[output] = tenths_of_ms

    def reboot(self) -> None:
        """A power cycle: outputs off, widths and counters to the factory's."""
        self.low_widths[:] = self.high_widths[:] = [FACTORY_WIDTH] * OUTPUTS
        self.counters[:] = [0] * len(self.counters)
        super().reboot()

    def _pass(self, ms: int) -> None:
        super()._pass(ms)
        now = self.inputs()
        for n, on in enumerate(now):
            if on and not self._seen[n]:
                self.counters[n] = (self.counters[n] + 1) % 2**32
        self._seen = now


class Adam6060Model(Adam60xxModel):
    """An ADAM-6060 at a gate: DI0-DI5 are entry, under-boom and exit loop, boom up, boom down and the boom's beam.

    `entry_loop`, `under_boom_loop` and `exit_loop` say whether the loop is occupied now, `boom_beam` whether the light
    barrier is broken; None is a gate without one. `normally_closed` names the loops and limit switches whose contact
    opens when reached; the beam's opens when broken.
    """

    def __init__(
        self,
        boom: BoomModel,
        *,
        entry_loop: Sensor = open_contact,
        under_boom_loop: Sensor = open_contact,
        exit_loop: Sensor = open_contact,
        boom_beam: Sensor | None = None,
        normally_closed: Sequence[int] = (),
        watchdog: Millis | None = Millis(5000),
        on_output: Callable[[Tick, OutputName, bool, Millis], None] | None = None,
    ) -> None:
        ends: tuple[Sensor, ...] = (lambda: boom.up_limit, lambda: boom.down_limit)
        closing = (entry_loop, under_boom_loop, exit_loop, *ends)
        sensors = [opens_when(sensor) if n in normally_closed else sensor for n, sensor in enumerate(closing)]
        sensors.append(open_contact if boom_beam is None else opens_when(boom_beam))
        super().__init__(boom, sensors, watchdog=watchdog, on_output=on_output)


def opens_when(reached: Sensor) -> Sensor:
    """A normally closed contact: it opens when `reached`."""
    return lambda: not reached()


def _milliseconds(tenths: int) -> int:
    """A width in whole milliseconds; a width above 0 is never 0."""
    return -(-tenths // 10)
