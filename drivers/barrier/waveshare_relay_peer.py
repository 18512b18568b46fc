"""The far end of a Waveshare Modbus RTU Relay (D) 8ch, byte for byte, in RTU framing.

Written from the maker's wiki: relays are coils 0-7 (functions 1, 5, 15), 00FFh all of them and 01FFh their toggle
(write-only); function 5 at 0200h + relay switches on for its value times 100 ms; inputs are discrete inputs 0-7;
holding registers 1000h-1007h are control modes: 0 by the host, 1 the relay follows its input. Not simulated: the
other modes and the pulse that switches off (0400h).
"""

from collections.abc import Callable, Sequence

from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_module_model import IoModuleModel, OutputName, Sensor
from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusUnitPeer, Refusal, within

RELAYS = 8
_ALL, _TOGGLE_ALL = 0x00FF, 0x01FF
_FLASH_ON = 0x0200
_FLASH_MS = 100
_MODES = 0x1000
_BY_HOST, _BY_INPUT = 0, 1


class WaveshareRelayModel(IoModuleModel):
    """Eight relays, eight inputs, no watchdog. `modes` outlive a reboot; as delivered every relay follows its input."""

    def __init__(
        self,
        boom: BoomModel,
        sensors: Sequence[Sensor],
        *,
        on_output: Callable[[Tick, OutputName, bool, Millis], None] | None = None,
    ) -> None:
        if len(sensors) != RELAYS:
            raise ValueError(f"this module has {RELAYS} inputs, not {len(sensors)}")
        super().__init__(boom, sensors, RELAYS, on_output=on_output)
        self.modes = [_BY_INPUT] * RELAYS

    def _pass(self, ms: int) -> None:
        super()._pass(ms)
        inputs = self.inputs()
        for n, mode in enumerate(self.modes):
            if mode == _BY_INPUT and self.outputs[n] != inputs[n]:
                self.set_outputs(n, (inputs[n],))


class WaveshareRelayPeer(ModbusUnitPeer):
    """The module's voice. Relays 0 and 1 move the boom."""

    model: WaveshareRelayModel

    def __init__(self, model: WaveshareRelayModel, *, unit: int = 1) -> None:
        super().__init__(model, unit=unit, is_rtu=True)

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        bits = self.model.outputs if function == 1 else self.model.inputs()
        return bits[within(first, count, 0, RELAYS)]

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        if function == 5 and first == _ALL:
            self.model.set_outputs(0, levels * RELAYS)
        elif function == 5 and first == _TOGGLE_ALL:
            self.model.set_outputs(0, tuple(not on for on in self.model.outputs))
        elif function == 5 and first >= _FLASH_ON:
            self.write_strange_bit(first, 0xFF00 * levels[0])
        else:
            within(first, len(levels), 0, RELAYS)
            self.model.set_outputs(first, levels)

    def write_strange_bit(self, address: int, value: int) -> None:
        if address < RELAYS:
            raise Refusal(ILLEGAL_VALUE)
        relay = within(address, 1, _FLASH_ON, RELAYS).start
        self.model.start_pulse(relay, value * _FLASH_MS)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        return self.model.modes[self._modes(function, first, count)]

    def write_words(self, function: int, first: int, words: tuple[int, ...]) -> None:
        where = self._modes(3, first, len(words))
        if any(word not in (_BY_HOST, _BY_INPUT) for word in words):
            raise Refusal(ILLEGAL_VALUE)
        self.model.modes[where] = words

    @staticmethod
    def _modes(function: int, first: int, count: int) -> slice:
        if function != 3:
            raise Refusal(ILLEGAL_ADDRESS)
        return within(first, count, _MODES, RELAYS)
