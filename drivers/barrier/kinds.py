"""The kinds of barriers and of the I/O modules that carry them."""

from typing import Literal

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.io_settings import BarrierSettings
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis
from drivers.contract.readings import BeamEdge, BoomMoved, ButtonEdge, ContactEdge, LoopEdge, OutputsRead
from drivers.contract.spec import DriverSpec


def _module(
    kind: str, protocol: str, settings: type[BarrierSettings], peer: str, tier: Literal[1, 2] = 1
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
        slowest_answer=Millis(500),
    )


_ADAM = "drivers.barrier.adam6060_peer:Adam6060Peer"

SPECS: tuple[DriverSpec, ...] = (_module("adam-6060", "Advantech ADAM-6060 on Modbus TCP", Adam6060Settings, _ADAM),)
