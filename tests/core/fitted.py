"""A lane that has everything, for stories about what stands around it."""

from drivers.contract.quantities import Tick
from drivers.contract.readings import PortalTrouble
from station.core.facts import DeviceOpened
from tests.core.script import Script
from tests.core.world import EXTRAS, FITTED


def fitted() -> Script:
    """A lane that has everything, every device open."""
    script = Script(FITTED)
    for device in EXTRAS:
        script.tell(DeviceOpened(Tick(script.now), device, device, "", motion_bounded=False))
    script.read("portal", PortalTrouble("none"))
    script.stamped.clear()
    script.sent.clear()
    return script


def alarms(script: Script) -> list[str]:
    return [alarm.code for alarm in script.state.alarms]


def held_for(script: Script) -> str:
    crossing = script.state.crossing
    return crossing.hold.reason if crossing is not None and crossing.hold is not None else ""
