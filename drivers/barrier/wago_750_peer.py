"""The far end of a WAGO 750 Ethernet coupler's wire, byte for byte: Modbus TCP and its alternative watchdog.

Written from the WAGO-I/O-SYSTEM 750 manuals' register tables: inputs are discrete inputs from 0 (also coils, function
1), outputs coils from 0, read back from 0200h; 1000h watchdog time in 100 ms, not to be changed while it runs; 1006h
its state; AA55h to 1008h stops it; 1 in 100Ah makes the next request start it and every request feed it; when it runs
out all outputs drop, until a host speaks again. To be verified on a coupler.
"""

from collections.abc import Sequence

from drivers.barrier.io_module_model import IoModuleModel
from drivers.contract.quantities import Millis
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusUnitPeer, Refusal, within

_READ_BACK = 0x0200
_TIME, _STATE, _STOP, _ALTERNATIVE = 0x1000, 0x1006, 0x1008, 0x100A
_STOP_WORDS = (0xAA55, 0x55AA)
_OUTPUT_BITS, _INPUT_BITS = 0x1024, 0x1025
_UNIT_MS = 100


class Wago750Peer(ModbusUnitPeer):
    """The coupler's voice over a module that has no watchdog until a host sets one up."""

    model: IoModuleModel

    def __init__(self, model: IoModuleModel, *, unit: int = 1) -> None:
        super().__init__(model, unit=unit)
        self._time = 0
        self._is_alternative = 0

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        if function == 1 and first >= _READ_BACK:
            return self.model.outputs[within(first, count, _READ_BACK, len(self.model.outputs))]
        inputs = self.model.inputs()
        return inputs[within(first, count, 0, len(inputs))]

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        within(first, len(levels), 0, len(self.model.outputs))
        self.model.set_outputs(first, levels)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        known = {
            _TIME: self._time,
            _STATE: int(self.model.watchdog is not None),
            _ALTERNATIVE: self._is_alternative,
            _OUTPUT_BITS: len(self.model.outputs),
            _INPUT_BITS: len(self.model.inputs()),
        }
        if function != 3 or any(at not in known for at in range(first, first + count)):
            raise Refusal(ILLEGAL_ADDRESS)
        return [known[at] for at in range(first, first + count)]

    def write_words(self, function: int, first: int, words: tuple[int, ...]) -> None:
        if len(words) != 1:
            raise Refusal(ILLEGAL_ADDRESS)
        (word,) = words
        if first == _STOP and word in _STOP_WORDS:
            self._is_alternative, self.model.watchdog = 0, None
        elif first == _TIME and self.model.watchdog is None:
            self._time = word
        elif first == _ALTERNATIVE and word in (0, 1):
            self._is_alternative = word
            self.model.watchdog = Millis(self._time * _UNIT_MS) if word and self._time else None
        else:
            raise Refusal(ILLEGAL_VALUE if first in (_STOP, _TIME, _ALTERNATIVE) else ILLEGAL_ADDRESS)
