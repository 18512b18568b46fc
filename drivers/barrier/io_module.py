"""An I/O module as its driver sees it: numbered inputs and outputs, wherever its profile says that they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from drivers.barrier.pulses import Pulse
from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_link import ModbusLink


@dataclass(frozen=True, slots=True)
class IoProfile:
    """One kind of module: how many points it has and at which addresses (as on the wire, from 0).

    `inputs_are` "coils" is read by function 1, "discrete-inputs" by function 2. Outputs are coils, read back at
    `outputs_read_at`. `writes_blocks`: neighbours change in one write (function 15). `plain_modes_at` is the first of
    the registers that say, per output, what else may switch it; they must be 0, which is: only the host.
    """

    inputs: int
    inputs_are: Literal["coils", "discrete-inputs"]
    inputs_at: int
    outputs: int
    outputs_at: int
    outputs_read_at: int
    pulse: Pulse
    writes_blocks: bool = True
    plain_modes_at: int | None = None


class IoModule:
    """The points of the module at the far end of `link`. Every method raises DeviceFault as its exchanges do."""

    def __init__(self, link: ModbusLink, profile: IoProfile, clock: Clock) -> None:
        self._link = link
        self._profile = profile
        self._clock = clock

    def inputs(self, patience: Millis) -> tuple[bool, ...]:
        """All inputs, in one exchange."""
        p = self._profile
        read = self._link.read_coils if p.inputs_are == "coils" else self._link.read_discrete_inputs
        return read(p.inputs_at, p.inputs, patience)

    def outputs(self, patience: Millis) -> tuple[bool, ...]:
        """All outputs as the module has them, in one exchange."""
        return self._link.read_coils(self._profile.outputs_read_at, self._profile.outputs, patience)

    def switch(self, levels: Mapping[int, bool], until: Tick) -> None:
        """Set outputs: neighbours in one write where the module can; else what goes off goes off first.

        No byte leaves after `until`.
        """
        at, numbers = self._profile.outputs_at, sorted(levels)
        if self._profile.writes_blocks and 1 < len(numbers) == numbers[-1] - numbers[0] + 1:
            self._link.write_coils(at + numbers[0], tuple(levels[n] for n in numbers), self._left(until))
            return
        for number in sorted(numbers, key=lambda n: levels[n]):
            self._link.write_coil(at + number, levels[number], self._left(until))

    def require_plain_modes(self, outputs: tuple[int, ...], patience: Millis) -> None:
        """Make sure that nothing but the host switches `outputs`; an input that does could move the boom by itself.

        Those that something else had are off afterwards. Raises DeviceFault("unfit") for one that keeps its mode.
        """
        at = self._profile.plain_modes_at
        if at is None or not (strange := self._strange_modes(at, outputs, patience)):
            return
        self._link.write_registers(at, (0,) * self._profile.outputs, patience)
        for output in strange:
            self._link.write_coil(self._profile.outputs_at + output, on=False, patience=patience)
        if strange := self._strange_modes(at, outputs, patience):
            seen = f"outputs {strange} obey something else than the host"
            raise DeviceFault("unfit", "the module's control modes", seen, "set every output to its normal mode")

    def _strange_modes(self, at: int, outputs: tuple[int, ...], patience: Millis) -> tuple[int, ...]:
        modes = self._link.read_registers(at, self._profile.outputs, patience)
        return tuple(n for n in outputs if modes[n] != 0)

    def _left(self, until: Tick) -> Millis:
        left = until - self._clock()
        if left <= 0:
            raise DeviceFault("silent", "the module", "no time is left for the exchange", "check device and network")
        return Millis(left)
