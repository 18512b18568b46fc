"""A scale whose indicator is read over Modbus TCP, with 20 t at rest on its deck."""

from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.modbus_indicator import ModbusIndicatorSettings
from drivers.weighbridge.modbus_indicator_peer import Maker, ModbusIndicatorPeer
from tests.drivers.harnesses.base import Harness, Served


class ModbusIndicatorHarness(Harness):
    """Any of the makers' register maps."""

    kind = "modbus-indicator"

    def __init__(self, folder: Path, maker: Maker = "laumas") -> None:
        super().__init__(folder)
        self.deck = DeckModel()
        self.deck.set_load(kilograms(20_000))
        self.deck.advance(Millis(20_000))
        self.peer = ModbusIndicatorPeer(self.deck, maker)
        self.port = ModbusPortPeer(self.peer)
        self._moved = now()
        self._served = Served(self._service)
        self.lock = self._served.lock
        self.settings: ModbusIndicatorSettings = ModbusIndicatorSettings(
            "modbus-indicator", maker, host="127.0.0.1", port=self.port.port, silence=Millis(1_500)
        )

    def acts(self) -> int:
        return self.peer.writes

    def unplug(self) -> None:
        with self.lock:
            self.peer.faults.hang_up = self.peer.faults.silent = True
            self.port.drop_connections()

    def plug_in(self) -> None:
        with self.lock:
            self.peer.faults.hang_up = self.peer.faults.silent = False

    def spoil(self) -> None:
        with self.lock:
            self.peer.faults.answer_function = 0x2B

    def close(self) -> None:
        self._served.close()
        self.port.close()

    def _service(self, tick: Tick) -> None:
        self.deck.advance(Millis(tick - self._moved))
        self._moved = tick
        self.port.service(tick)


HARNESSES: tuple[type[Harness], ...] = (ModbusIndicatorHarness,)
