"""The far end of an ADAM-60xx's wire, byte for byte: Modbus TCP over an `Adam60xxModel`.

Written from the modules' address tables (ADAM-6000 manual, appendix B): inputs are coils from 0 (also discrete
inputs), outputs coils 16-21; registers, two words each, low word first: counters from 0, then the outputs' pulse low
widths, high widths (0.1 ms) and absolute pulse counts. The pulse registers are derived from the sister module
ADAM-6052 (8 inputs: counters 0, low 16, high 32, counts 48); a count reads as the pulses still to come. Both are to
be verified on a module.
"""

from collections.abc import Callable, Sequence

from drivers.barrier.adam60xx_model import OUTPUTS, Adam60xxModel
from drivers.barrier.io_module_model import OUTPUT_NAMES, OutputName
from drivers.contract.quantities import Tick
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ModbusUnitPeer, Refusal, within

FIRST_OUTPUT_COIL = 16


class Adam60xxPeer(ModbusUnitPeer):
    """An ADAM-6060, or an ADAM-6050 if its model has twelve inputs.

    `on_frame(tick, description)` tells of every frame that writes a motion output, when it arrives and before it acts:
    "FC16 raise pulses=1", "FC15 raise=0 lower=0".
    """

    model: Adam60xxModel

    def __init__(
        self, model: Adam60xxModel, *, unit: int = 1, on_frame: Callable[[Tick, str], None] | None = None
    ) -> None:
        super().__init__(model, unit=unit)
        inputs = len(model.inputs())
        self._low_widths, self._high_widths, self._pulse_counts, self._end = range(
            2 * inputs, 2 * inputs + 8 * OUTPUTS, 2 * OUTPUTS
        )
        self._on_frame = on_frame

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        if function == 1 and first >= FIRST_OUTPUT_COIL:
            return self.model.outputs[within(first, count, FIRST_OUTPUT_COIL, OUTPUTS)]
        inputs = self.model.inputs()
        return inputs[within(first, count, 0, len(inputs))]

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        names = OUTPUT_NAMES[within(first, len(levels), FIRST_OUTPUT_COIL, OUTPUTS)]
        self._tell(names, f"FC{function} " + " ".join(f"{n}={level:d}" for n, level in zip(names, levels, strict=True)))
        self.model.set_outputs(first - FIRST_OUTPUT_COIL, levels)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        return self._registers()[within(first, count, 0, self._end)]

    def write_words(self, function: int, first: int, words: tuple[int, ...]) -> None:
        """Counters are read-only; a value takes effect when its words are written, each keeping the other's half."""
        if first < self._low_widths or first + len(words) > self._end:
            raise Refusal(ILLEGAL_ADDRESS)
        registers = self._registers()
        registers[first : first + len(words)] = words
        for low in range(first - first % 2, first + len(words), 2):
            value = registers[low] | registers[low + 1] << 16
            output = (low - self._low_widths) % (2 * OUTPUTS) // 2
            if low < self._high_widths:
                self.model.set_width(self.model.low_widths, output, value)
            elif low < self._pulse_counts:
                self.model.set_width(self.model.high_widths, output, value)
            else:
                self._tell((OUTPUT_NAMES[output],), f"FC{function} {OUTPUT_NAMES[output]} pulses={value}")
                self.model.start_pulses(output, value)

    def _registers(self) -> list[int]:
        m = self.model
        counts = (m.pulses_left(n) for n in range(OUTPUTS))
        values = (*m.counters, *m.low_widths, *m.high_widths, *counts)
        return [word for value in values for word in (value & 0xFFFF, value >> 16)]

    def _tell(self, outputs: Sequence[OutputName], text: str) -> None:
        if self._on_frame is not None and ("raise" in outputs or "lower" in outputs):
            self._on_frame(self.model.now, text)
