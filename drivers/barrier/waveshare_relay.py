"""Waveshare Modbus RTU Relay (D) 8ch: 8 relays, 8 inputs, a pulse of its own (unit 1, 9600 8N1 as delivered).

From the maker's wiki: relays are coils 0-7, inputs discrete inputs 0-7; function 5 at 0200h + relay switches it on for
its value times 100 ms; holding registers 1000h-1007h are the relays' control modes, 0 = by the host alone. Such
modules are delivered with relays that follow their inputs (a user's report), which at a gate would mean a boom that
obeys a loop; so the modes are set to 0 and read back before anything else.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.barrier.io_module import IoProfile
from drivers.barrier.io_settings import BarrierSettings, Contact
from drivers.barrier.pulses import timed_coil
from drivers.contract.quantities import Millis

POINTS = 8
_PULSES_AT = 0x0200
_MODES_AT = 0x1000
_STEP = Millis(100)


@dataclass(frozen=True, slots=True)
class WaveshareRelaySettings(BarrierSettings):
    """A Waveshare relay module and what is wired to it: inputs 0-7, outputs 0-7."""

    kind: Literal["waveshare-relay-8ch"]
    proof_output: Contact | None = 7

    def profile(self) -> IoProfile:
        return IoProfile(
            inputs=POINTS,
            inputs_are="discrete-inputs",
            inputs_at=0,
            outputs=POINTS,
            outputs_at=0,
            outputs_read_at=0,
            pulse=timed_coil(_PULSES_AT, _STEP, self.pulse),
            plain_modes_at=_MODES_AT,
        )
