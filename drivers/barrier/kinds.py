"""The kinds of barriers and of the I/O modules that carry them."""

from typing import Literal

from drivers.barrier.adam60xx import Adam6050Settings, Adam6060Settings
from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.io_settings import BarrierSettings
from drivers.barrier.modbus_io import ModbusIoSettings
from drivers.barrier.wago_750 import Wago750Settings
from drivers.barrier.waveshare_relay import WaveshareRelaySettings
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis
from drivers.contract.readings import BeamEdge, BoomMoved, ButtonEdge, ContactEdge, LoopEdge, OutputsRead
from drivers.contract.spec import DriverSpec


def _module(
    kind: str,
    protocol: str,
    settings: type[BarrierSettings],
    peer: str,
    *,
    tier: Literal[1, 2] = 1,
    slowest_answer: Millis = Millis(500),
) -> DriverSpec:
    """What is the same for all of them: one driver, one set of readings and orders."""
    return DriverSpec(
        kind=kind,
        protocol=protocol,
        wire="modbus",
        tier=tier,
        speaks="acts",
        settings=settings,
        build=BarrierDriver,
        peer=peer,
        readings=(LoopEdge, BeamEdge, ButtonEdge, ContactEdge, BoomMoved, OutputsRead),
        orders=(RaiseBoom, LowerBoom, ShowLight, SoundSiren, DropMotion),
        slowest_answer=slowest_answer,
    )


_ON_A_BUS = Millis(800)
"""Two looks of two exchanges, and one more to settle an answer in doubt, at the slowest."""
_ADAM = "drivers.barrier.adam60xx_peer:Adam60xxPeer"

SPECS: tuple[DriverSpec, ...] = (
    _module("adam-6060", "Advantech ADAM-6060 on Modbus TCP", Adam6060Settings, _ADAM),
    _module("adam-6050", "Advantech ADAM-6050 on Modbus TCP", Adam6050Settings, _ADAM),
    _module(
        "waveshare-relay-8ch",
        "Waveshare Modbus RTU Relay (D) 8ch",
        WaveshareRelaySettings,
        "drivers.barrier.waveshare_relay_peer:WaveshareRelayPeer",
        slowest_answer=_ON_A_BUS,
    ),
    _module(
        "modbus-io",
        "Modbus I/O module by a map in the settings, TCP or RTU",
        ModbusIoSettings,
        "drivers.barrier.modbus_io_peer:ModbusIoPeer",
        slowest_answer=_ON_A_BUS,
    ),
    _module(
        "wago-750",
        "WAGO 750 coupler on Modbus TCP, bounded by its watchdog",
        Wago750Settings,
        "drivers.barrier.wago_750_peer:Wago750Peer",
        tier=2,
    ),
)
