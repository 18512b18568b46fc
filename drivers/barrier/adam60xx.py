"""Advantech ADAM-6060 (6 inputs, 6 relays) and ADAM-6050 (12 inputs, 6 outputs) on Modbus TCP.

Inputs, outputs and counters: ADAM-6000 manual, appendix B (inputs 00001 on, outputs 00017 on; users' programs agree
for the 6050). Pulse registers: by the layout of the sister module ADAM-6052 (counters, low widths, high widths,
absolute counts; two words per point, low word first; 0.1 ms); to be verified on a module, or at each open() by a
`proof_output`. The maker's utility must have set the outputs that move the boom to pulse output. The inputs are
documented as coils; that function 2 reads them too is users' experience only, so function 1 is used.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.barrier.io_module import IoProfile
from drivers.barrier.io_settings import BarrierSettings
from drivers.barrier.pulses import CountedPulse

OUTPUTS = 6
_OUTPUTS_AT = 16
_WORDS_PER_VALUE = 2


def profile_of(inputs: int) -> IoProfile:
    """The map of a module with so many inputs, each of which has a counter before the pulse registers."""
    low_widths = _WORDS_PER_VALUE * inputs
    block = _WORDS_PER_VALUE * OUTPUTS
    return IoProfile(
        inputs=inputs,
        inputs_are="coils",
        inputs_at=0,
        outputs=OUTPUTS,
        outputs_at=_OUTPUTS_AT,
        outputs_read_at=_OUTPUTS_AT,
        pulse=CountedPulse(low_widths, low_widths + block, low_widths + 2 * block),
    )


ADAM_6060 = profile_of(inputs=6)
ADAM_6050 = profile_of(inputs=12)


@dataclass(frozen=True, slots=True)
class Adam6060Settings(BarrierSettings):
    """An ADAM-6060 and what is wired to it: inputs 0-5, outputs 0-5. It speaks Modbus TCP."""

    kind: Literal["adam-6060"]
    host: str

    def profile(self) -> IoProfile:
        return _on_the_network(self, ADAM_6060)


@dataclass(frozen=True, slots=True)
class Adam6050Settings(BarrierSettings):
    """An ADAM-6050 and what is wired to it: inputs 0-11, outputs 0-5. It speaks Modbus TCP."""

    kind: Literal["adam-6050"]
    host: str

    def profile(self) -> IoProfile:
        return _on_the_network(self, ADAM_6050)


def _on_the_network(settings: BarrierSettings, profile: IoProfile) -> IoProfile:
    if settings.bus:
        raise ValueError(f"an ADAM-60xx has no serial bus: give its host instead of bus = {settings.bus!r}")
    return profile
