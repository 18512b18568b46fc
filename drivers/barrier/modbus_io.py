"""Any Modbus I/O module whose map is written down in the settings: where its points are, how it makes a pulse."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.barrier.io_module import IoProfile
from drivers.barrier.io_settings import LAST_POINT, BarrierSettings
from drivers.barrier.pulses import HeldCoil, Pulse, timed_coil
from drivers.contract.quantities import Millis

Address = Annotated[int, Interval(ge=0, le=0xFFFF)]
Points = Annotated[int, Interval(ge=5, le=LAST_POINT + 1)]


@dataclass(frozen=True, slots=True)
class ModbusIoSettings(BarrierSettings):
    """A module with the map that stands here, and what is wired to it. Addresses are those on the wire, from 0.

    inputs: how many inputs it has.
    inputs_are: coils (function 1) or discrete-inputs (function 2).
    inputs_at: the address of the first input.
    outputs: how many outputs it has; they are coils (functions 1 and 5).
    outputs_at: the address of the first output.
    outputs_read_at: where the outputs are read back, if not at outputs_at.
    writes_blocks: whether it writes several coils at once (function 15); without, the light changes in two steps.
    pulse_by: timed-coil if function 5 carries a time for the module to keep; host if we switch off ourselves.
    pulses_at: with timed-coil, the address of the first output's pulse.
    pulse_step: with timed-coil, the unit of that time in ms.
    """

    kind: Literal["modbus-io"]
    inputs: Points = 8
    inputs_are: Literal["coils", "discrete-inputs"] = "discrete-inputs"
    inputs_at: Address = 0
    outputs: Points = 8
    outputs_at: Address = 0
    outputs_read_at: Address | None = None
    writes_blocks: bool = True
    pulse_by: Literal["timed-coil", "host"] = "host"
    pulses_at: Address | None = None
    pulse_step: Annotated[Millis, Interval(ge=1, le=1000)] = Millis(100)

    def profile(self) -> IoProfile:
        read_at = self.outputs_at if self.outputs_read_at is None else self.outputs_read_at
        return IoProfile(
            inputs=self.inputs,
            inputs_are=self.inputs_are,
            inputs_at=self.inputs_at,
            outputs=self.outputs,
            outputs_at=self.outputs_at,
            outputs_read_at=read_at,
            pulse=self._pulse(),
            writes_blocks=self.writes_blocks,
        )

    def _pulse(self) -> Pulse:
        if self.pulse_by == "host":
            if self.pulses_at is not None:
                raise ValueError("pulses_at belongs to pulse_by = timed-coil")
            return HeldCoil(self.outputs_at)
        if self.pulses_at is None:
            raise ValueError("pulse_by = timed-coil needs pulses_at")
        return timed_coil(self.pulses_at, self.pulse_step, self.pulse)
