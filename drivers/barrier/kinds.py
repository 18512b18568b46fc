"""The kinds of barriers and of the I/O modules that carry them."""

from drivers.barrier.adam6060_driver import Adam6060Driver, Adam6060Settings
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis
from drivers.contract.readings import BeamEdge, BoomMoved, LoopEdge, OutputsRead
from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="adam-6060",
        protocol="Advantech ADAM-6060 on Modbus TCP",
        wire="modbus",
        tier=1,
        speaks="acts",
        settings=Adam6060Settings,
        build=Adam6060Driver,
        peer="drivers.barrier.adam6060_peer:Adam6060Peer",
        readings=(LoopEdge, BeamEdge, BoomMoved, OutputsRead),
        orders=(RaiseBoom, LowerBoom, ShowLight, SoundSiren, DropMotion),
        slowest_answer=Millis(500),
    ),
)
