"""WAGO 750 Ethernet coupler with digital terminals on Modbus TCP, its motion bounded by its host watchdog.

WAGO-I/O-SYSTEM 750 manuals (750-342, 750-880, 750-882), Modbus registers: 1000h watchdog time in 100 ms, 1006h 1 =
watchdog running, 1008h stops it with AA55h, 100Ah 1 = alternative watchdog, started by the next request and fed by
each. When it runs out all outputs drop, the red light among them. Inputs are discrete inputs from 0, outputs coils
from 0, read back at 200h (the read-back address is general knowledge). To be verified on a coupler.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.barrier.io_module import IoProfile
from drivers.barrier.io_settings import LAST_POINT, BarrierSettings
from drivers.barrier.pulses import HeldCoil
from drivers.contract.quantities import Millis
from drivers.links.modbus_link import ModbusLink

_READ_BACK_AT = 0x0200
_TIME_AT, _RUNNING_AT, _STOP_AT, _ALTERNATIVE_AT = 0x1000, 0x1006, 0x1008, 0x100A
_STOP = 0xAA55
_STEP = Millis(100)


@dataclass(frozen=True, slots=True)
class WagoWatchdog:
    """The coupler's alternative watchdog: outputs drop when no request has come for `time`."""

    time: Millis

    def arm(self, link: ModbusLink, patience: Millis) -> bool:
        """Set the time unless it is set; the time cannot be changed while the watchdog runs."""
        steps = self.time // _STEP
        if not self._is_armed(link, steps, patience):
            link.write_register(_STOP_AT, _STOP, patience)
            link.write_register(_TIME_AT, steps, patience)
            link.write_register(_ALTERNATIVE_AT, 1, patience)
        return self._is_armed(link, steps, patience)

    def _is_armed(self, link: ModbusLink, steps: int, patience: Millis) -> bool:
        return all(
            link.read_registers(at, 1, patience) == (wanted,)
            for at, wanted in ((_TIME_AT, steps), (_ALTERNATIVE_AT, 1), (_RUNNING_AT, 1))
        )


@dataclass(frozen=True, slots=True)
class Wago750Settings(BarrierSettings):
    """A WAGO 750 coupler and what is wired to its digital terminals, counted from the coupler.

    inputs: how many digital inputs its terminals have.
    outputs: how many digital outputs its terminals have.
    watchdog: how long the coupler waits for us before it drops all outputs, in ms, in steps of 100.
    """

    kind: Literal["wago-750"]
    host: str
    inputs: Annotated[int, Interval(ge=5, le=LAST_POINT + 1)] = 8
    outputs: Annotated[int, Interval(ge=5, le=LAST_POINT + 1)] = 8
    watchdog: Annotated[Millis, Interval(ge=300, le=2000)] = Millis(1000)

    def profile(self) -> IoProfile:
        if self.bus:
            raise ValueError(f"a WAGO 750 Ethernet coupler has no serial bus: give its host instead of {self.bus!r}")
        if self.watchdog % _STEP:
            raise ValueError(f"watchdog = {self.watchdog}: the coupler counts it in steps of {_STEP} ms")
        return IoProfile(
            inputs=self.inputs,
            inputs_are="discrete-inputs",
            inputs_at=0,
            outputs=self.outputs,
            outputs_at=0,
            outputs_read_at=_READ_BACK_AT,
            pulse=HeldCoil(0, WagoWatchdog(self.watchdog)),
        )
