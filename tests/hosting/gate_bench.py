"""A gate's barrier and three scales on one bus: devices of the catalog, in the product's own worker."""

from pathlib import Path

from drivers.barrier.waveshare_relay import WaveshareRelaySettings
from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.modbus_indicator import ModbusIndicatorSettings
from drivers.weighbridge.modbus_indicator_peer import ModbusIndicatorPeer
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from tests.drivers.io_bench import WaveshareBench
from tests.hosting.bus_bench import BusBench

PATIENT = Millis(140)
"""The longest reply limit that a barrier may have: this machine may be too busy for the 80 ms of a real bus."""
SCALES = (2, 3, 4)


class GateBench(BusBench):
    """A barrier's module is unit 1; the scales follow."""

    def __init__(self, folder: Path) -> None:
        self.gate = WaveshareBench(folder)
        self.decks = {unit: DeckModel() for unit in SCALES}
        self.scales = {
            unit: ModbusIndicatorPeer(deck, "laumas", unit=unit, is_rtu=True) for unit, deck in self.decks.items()
        }
        devices = {1: ("barrier", 2), **{unit: (f"scale{unit}", 3) for unit in SCALES}}
        super().__init__(folder, {1: self.gate.peer, **self.scales}, devices)
        self.gate.end()  # its own port; it is heard on the bus
        self.gate.lock = self.lock

    def start(self, slowest: Millis = PATIENT) -> None:
        """`slowest`: the reply limit of every unit."""
        barrier = WaveshareRelaySettings(
            "waveshare-relay-8ch", bus="yard", poll_period=Millis(200), slowest_answer=slowest
        )
        units = [WorkerSpec("barrier", "", barrier.kind, barrier, self.folder)]
        for unit in SCALES:
            scale = ModbusIndicatorSettings("modbus-indicator", "laumas", bus="yard", unit=unit, slowest_answer=slowest)
            units.append(WorkerSpec(f"scale{unit}", "", scale.kind, scale, self.folder))
        self.serve(units, CATALOG_WORKER)

    def bear(self, unit: int, mass: Grams) -> None:
        """Let scale `unit` come to rest under `mass`."""
        with self.lock:
            self.decks[unit].set_load(mass)
            self.decks[unit].advance(Millis(20_000))
