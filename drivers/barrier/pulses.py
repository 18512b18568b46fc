"""How an I/O module makes the pulse that moves a boom, and how we make sure that the module itself will end it."""

from dataclasses import dataclass
from typing import Protocol

from drivers.contract.driver import Clock
from drivers.contract.quantities import Millis
from drivers.links.modbus_link import ModbusLink, from_low_word_first, low_word_first

_PAUSE_BETWEEN_PULSES = Millis(100)
_WORDS_PER_VALUE = 2
_WIDTH_UNITS_PER_MS = 10
_PROOF_TRIES = 3
_PROOF_LOOK = Millis(20)
_SEEN_WITHIN = Millis(300)
"""Two exchanges at the slowest: what is on for so long is seen on."""
_PROOF_SLACK = Millis(300)
"""How much longer than ordered the pulse of a proof may be seen, before it counts as one without end."""


class Pulse(Protocol):
    """The pulse of one kind of module. Every method raises DeviceFault as its exchanges do."""

    @property
    def is_ended_by_host(self) -> bool:
        """Whether it is for us to switch the output off when its time is over."""

    @property
    def is_lost_by_restart(self) -> bool:
        """Whether a module that was without power must be set up again before it may move anything."""

    @property
    def is_believed_unseen(self) -> bool:
        """Whether a module that has been set up is taken to end its pulses, even where no spare output shows it."""

    @property
    def proof_width(self) -> Millis:
        """The pulse for a spare output: short, but long enough to be seen by a host that is busy."""

    def set_up(self, link: ModbusLink, outputs: tuple[int, ...], width: Millis, patience: Millis) -> bool:
        """Make the module ready for pulses of `width` on `outputs`, which are neighbours. True if it says that it is.

        A module that cannot be set up may refuse.
        """

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        """One exchange, with which `output` comes on."""


@dataclass(frozen=True, slots=True)
class CountedPulse:
    """The module stores the widths of each output and counts pulses down (ADAM-60xx): written, then read back.

    The three addresses are the first registers of blocks of two words per output, low word first, in 0.1 ms. A count
    of 0 is never written: the sister module ADAM-4150 takes it for pulses without end.
    """

    low_widths_at: int
    high_widths_at: int
    counts_at: int

    @property
    def is_ended_by_host(self) -> bool:
        return False

    @property
    def is_lost_by_restart(self) -> bool:
        return True

    @property
    def is_believed_unseen(self) -> bool:
        return True

    @property
    def proof_width(self) -> Millis:
        return _SEEN_WITHIN

    def set_up(self, link: ModbusLink, outputs: tuple[int, ...], width: Millis, patience: Millis) -> bool:
        first, count = min(outputs), len(outputs)
        for block, ms in ((self.low_widths_at, _PAUSE_BETWEEN_PULSES), (self.high_widths_at, width)):
            at, units = register(block, first), ms * _WIDTH_UNITS_PER_MS
            link.write_registers(at, low_word_first(units) * count, patience)
            found = from_low_word_first(link.read_registers(at, count * _WORDS_PER_VALUE, patience))
            if found != (units,) * count:
                return False
        return True

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_registers(register(self.counts_at, output), low_word_first(1), patience)


@dataclass(frozen=True, slots=True)
class TimedCoil:
    """The order carries its own time: function 5 at `pulses_at` + output, its value the time in steps of `step`.

    Nothing is stored, so nothing can be set up, read back or lost: only a spare output shows that it works.
    """

    pulses_at: int
    step: Millis

    @property
    def is_ended_by_host(self) -> bool:
        return False

    @property
    def is_lost_by_restart(self) -> bool:
        return False

    @property
    def is_believed_unseen(self) -> bool:
        return False

    @property
    def proof_width(self) -> Millis:
        return Millis(self.step * -(-_SEEN_WITHIN // self.step))

    def set_up(self, link: ModbusLink, outputs: tuple[int, ...], width: Millis, patience: Millis) -> bool:
        return True

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_coil_raw(self.pulses_at + output, width // self.step, patience)


class Watchdog(Protocol):
    """What makes a module drop its outputs when its host falls silent."""

    def arm(self, link: ModbusLink, patience: Millis) -> bool:
        """Set it up; True if it reads back as running."""


@dataclass(frozen=True, slots=True)
class HeldCoil:
    """A plain coil at `outputs_at` + output that we switch on and off. Bounded only by a `watchdog` of the module."""

    outputs_at: int
    watchdog: Watchdog | None = None

    @property
    def is_ended_by_host(self) -> bool:
        return True

    @property
    def is_lost_by_restart(self) -> bool:
        return self.watchdog is not None

    @property
    def is_believed_unseen(self) -> bool:
        return True

    @property
    def proof_width(self) -> Millis:
        return Millis(0)

    def set_up(self, link: ModbusLink, outputs: tuple[int, ...], width: Millis, patience: Millis) -> bool:
        return self.watchdog is not None and self.watchdog.arm(link, patience)

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_coil(self.outputs_at + output, on=True, patience=patience)


def register(block: int, output: int) -> int:
    """The first register of `output` in a block of two-word values."""
    return block + _WORDS_PER_VALUE * output


def timed_coil(pulses_at: int, step: Millis, width: Millis) -> TimedCoil:
    """The pulse of a module that counts its time in steps of `step`. Raises ValueError if `width` is no such time."""
    if width % step:
        raise ValueError(f"pulse = {width}: the module counts it in steps of {step} ms")
    return TimedCoil(pulses_at, step)


def is_seen_to_end(link: ModbusLink, pulse: Pulse, output: int, read_at: int, patience: Millis, clock: Clock) -> bool:
    """Whether a pulse on the spare `output`, read back at `read_at`, comes on and goes off by itself.

    A host that was too slow to see it on has seen nothing, and tries again. Bounded by the clock and not by looks: on
    a bus the other units wait meanwhile, and a worker that is silent for seconds is replaced.
    """

    def is_on() -> bool:
        return link.read_coils(read_at + output, 1, patience)[0]

    for _ in range(_PROOF_TRIES):
        pulse.begin(link, output, pulse.proof_width, patience)
        end = clock() + pulse.proof_width + _PROOF_SLACK
        was_on = is_still_on = is_on()
        while is_still_on and clock() < end:
            link.pause(_PROOF_LOOK)
            is_still_on = is_on()
        if was_on:
            return not is_still_on
    return False
