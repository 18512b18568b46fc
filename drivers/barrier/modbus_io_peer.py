"""A Modbus I/O module of no particular make, whose table of addresses is given to it. TCP or RTU, byte for byte."""

from collections.abc import Sequence

from drivers.barrier.io_module_model import IoModuleModel
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ModbusUnitPeer, Refusal, within


class ModbusIoPeer(ModbusUnitPeer):
    """Inputs by `input_function` (1 or 2) from `inputs_at`, outputs as coils from `outputs_at`.

    With `pulses_at`, function 5 there switches an output on for its value times `step_ms`. Without `has_block_writes`
    it knows no function 15.
    """

    model: IoModuleModel

    def __init__(
        self,
        model: IoModuleModel,
        *,
        unit: int = 1,
        is_rtu: bool = False,
        input_function: int = 2,
        inputs_at: int = 0,
        outputs_at: int = 0,
        pulses_at: int | None = None,
        step_ms: int = 100,
        has_block_writes: bool = True,
    ) -> None:
        super().__init__(model, unit=unit, is_rtu=is_rtu)
        self._input_function = input_function
        self._inputs_at = inputs_at
        self._outputs_at = outputs_at
        self._pulses_at = pulses_at
        self._step_ms = step_ms
        self._has_block_writes = has_block_writes

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        outputs, inputs = self.model.outputs, self.model.inputs()
        if function == self._input_function and self._inputs_at <= first < self._inputs_at + len(inputs):
            return inputs[within(first, count, self._inputs_at, len(inputs))]
        if function == 1:
            return outputs[within(first, count, self._outputs_at, len(outputs))]
        raise Refusal(ILLEGAL_ADDRESS)

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        if function == 15 and not self._has_block_writes:
            raise Refusal(ILLEGAL_FUNCTION)
        where = within(first, len(levels), self._outputs_at, len(self.model.outputs))
        self.model.set_outputs(where.start, levels)

    def write_strange_bit(self, address: int, value: int) -> None:
        if self._pulses_at is None:
            raise Refusal(ILLEGAL_ADDRESS)
        output = within(address, 1, self._pulses_at, len(self.model.outputs)).start
        self.model.start_pulse(output, value * self._step_ms)
