"""A second I/O module or scale in the lane: only the device that plays the part is believed."""

import pytest

from drivers.contract.orders import LowerBoom
from drivers.contract.quantities import Tick, kilograms
from drivers.contract.readings import BoomMoved, DeckSample, LoopEdge, OutputsRead, Reading
from station.core.facts import DeviceOpened
from tests.core.script import Script

STRANGER = "cabinet-module"


@pytest.fixture
def script() -> Script:
    made = Script()
    made.tell(DeviceOpened(Tick(made.now), STRANGER, "modbus-io", "", motion_bounded=True))
    return made


@pytest.mark.parametrize(
    "reading",
    [
        LoopEdge("entry-loop", occupied=True),
        BoomMoved("up"),
        BoomMoved("wiring-fault"),
        OutputsRead(raise_pulse=False, lower_pulse=False, light="green", siren=True),
        DeckSample(kilograms(20_000), moving=False, valid=True),
    ],
    ids=lambda reading: type(reading).__name__,
)
def test_what_another_device_says_of_the_lane_changes_nothing(script: Script, reading: Reading) -> None:
    before = script.state
    script.read(STRANGER, reading)
    assert script.state == before


def test_the_boom_is_not_lowered_on_a_truck_that_another_module_does_not_feel(script: Script) -> None:
    script.drive_on()
    script.scan()
    script.loop("under-boom-loop", occupied=True)
    script.read(STRANGER, LoopEdge("under-boom-loop", occupied=False))
    script.wait(60_000)
    assert not [order for order in script.sent if isinstance(order, LowerBoom)]
