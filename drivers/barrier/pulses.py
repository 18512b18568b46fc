"""How an I/O module makes the pulse that moves a boom, and how we make sure that the module itself will end it."""

from dataclasses import dataclass
from typing import Protocol

from drivers.contract.quantities import Millis
from drivers.links.modbus_link import ModbusLink, from_low_word_first, low_word_first

_PAUSE_BETWEEN_PULSES = Millis(100)
_WORDS_PER_VALUE = 2
_WIDTH_UNITS_PER_MS = 10
_PROOF_TRIES = 3
_PROOF_UNITS = 3
_PROOF_LOOK = Millis(20)


class Pulse(Protocol):
    """The pulse of one kind of module. Every method raises DeviceFault as its exchanges do."""

    @property
    def is_ended_by_host(self) -> bool:
        """Whether it is for us to switch the output off when its time is over."""

    @property
    def is_lost_by_restart(self) -> bool:
        """Whether a module that was without power must be proven again before it may move anything."""

    def prove(self, link: ModbusLink, outputs: tuple[int, int], width: Millis, patience: Millis) -> bool:
        """Set the module up for pulses of `width` on `outputs`. True if it ends them whatever becomes of us.

        A module that cannot be set up may refuse.
        """

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        """One exchange, with which `output` comes on."""


@dataclass(frozen=True, slots=True)
class CountedPulse:
    """The module stores the widths of each output and counts pulses down (ADAM-60xx): written, then read back.

    The three addresses are the first registers of blocks of two words per output, low word first, in 0.1 ms.
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

    def prove(self, link: ModbusLink, outputs: tuple[int, int], width: Millis, patience: Millis) -> bool:
        first = min(outputs)
        for block, ms in ((self.low_widths_at, _PAUSE_BETWEEN_PULSES), (self.high_widths_at, width)):
            at, units = register(block, first), ms * _WIDTH_UNITS_PER_MS
            link.write_registers(at, low_word_first(units) * 2, patience)
            found = from_low_word_first(link.read_registers(at, 2 * _WORDS_PER_VALUE, patience))
            if found != (units, units):
                return False
        return True

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_registers(register(self.counts_at, output), low_word_first(1), patience)


@dataclass(frozen=True, slots=True)
class TimedCoil:
    """The order carries its own time: function 5 at `pulses_at` + output, its value the time in steps of `step`.

    Nothing is stored, so nothing can be lost. Whether the module keeps its word is seen on `proof_output`, a spare
    one with nothing wired to it: pulsed once, it must come on and go off by itself. None proves nothing.
    """

    pulses_at: int
    outputs_read_at: int
    step: Millis
    proof_output: int | None

    @property
    def is_ended_by_host(self) -> bool:
        return False

    @property
    def is_lost_by_restart(self) -> bool:
        return False

    def prove(self, link: ModbusLink, outputs: tuple[int, int], width: Millis, patience: Millis) -> bool:
        proof = self.proof_output
        return proof is not None and any(self._is_seen_to_end(link, proof, patience) for _ in range(_PROOF_TRIES))

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_coil_raw(self.pulses_at + output, width // self.step, patience)

    def _is_seen_to_end(self, link: ModbusLink, output: int, patience: Millis) -> bool:
        """A pulse on `output` came on and went off: a host that was too slow to see it on has proven nothing."""
        link.write_coil_raw(self.pulses_at + output, _PROOF_UNITS, patience)
        looks_until_late = 2 * _PROOF_UNITS * self.step // _PROOF_LOOK
        looks = [self._is_on(link, output, patience)]
        while looks[-1] and len(looks) < looks_until_late:
            link.pause(_PROOF_LOOK)
            looks.append(self._is_on(link, output, patience))
        return looks[0] and not looks[-1]

    def _is_on(self, link: ModbusLink, output: int, patience: Millis) -> bool:
        return link.read_coils(self.outputs_read_at + output, 1, patience)[0]


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

    def prove(self, link: ModbusLink, outputs: tuple[int, int], width: Millis, patience: Millis) -> bool:
        return self.watchdog is not None and self.watchdog.arm(link, patience)

    def begin(self, link: ModbusLink, output: int, width: Millis, patience: Millis) -> None:
        link.write_coil(self.outputs_at + output, on=True, patience=patience)


def register(block: int, output: int) -> int:
    """The first register of `output` in a block of two-word values."""
    return block + _WORDS_PER_VALUE * output


def timed_coil(
    pulses_at: int, outputs_read_at: int, step: Millis, proof_output: int | None, width: Millis
) -> TimedCoil:
    """The pulse of a module that counts its time in steps of `step`. Raises ValueError if `width` is no such time."""
    if width % step:
        raise ValueError(f"pulse = {width}: the module counts it in steps of {step} ms")
    return TimedCoil(pulses_at, outputs_read_at, step, proof_output)
