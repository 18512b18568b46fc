"""A lane with two container cameras, for stories about the number on the box."""

from collections.abc import Callable
from dataclasses import replace

from drivers.contract.quantities import Tick
from station.core.facts import DeviceOpened
from station.core.parameters import Parts
from station.core.presented_records import ContainerIdentified
from station.core.records import CrossingDecided
from tests.core.script import Script
from tests.core.view_world import VIEWS
from tests.core.world import ENTRY, PARAMETERS

LEFT, REAR = VIEWS
DECLARED = ENTRY.container
OTHER = "TEMU1234565"
Says = Callable[[str], tuple[str, int]]


def lane(
    says: Says = lambda _: (DECLARED, 970),
    *,
    cameras: tuple[str, ...] = VIEWS,
    declared: str = DECLARED,
    dead: tuple[str, ...] = (),
    mute: set[type] | None = None,
) -> Script:
    """Every device open but those that are `dead`; `says` is what a picture of each camera shows."""
    parameters = replace(PARAMETERS, parts=Parts(container_cameras=cameras))
    script = Script(parameters, container=says, declared_container=declared, mute=mute or set())
    for camera in cameras:
        if camera not in dead:
            script.tell(DeviceOpened(Tick(script.now), camera, "camera", "", motion_bounded=False))
    script.stamped.clear()
    script.sent.clear()
    return script


def passage(script: Script) -> Script:
    """A truck drives on and shows its code; time passes until it is let go or held."""
    script.drive_on()
    script.scan()
    for _ in range(200):
        if script.state.phase not in ("GATHERING", "DECIDING"):
            break
        script.wait(500)
    return script


def fixed(**texts: str) -> Says:
    """Each camera always shows its own text: `left`, `rear`."""
    return lambda camera: (texts[camera.removeprefix("camera-")], 970)


def identified(script: Script) -> ContainerIdentified:
    (record,) = (record for record in script.records if isinstance(record, ContainerIdentified))
    return record


def decided(script: Script) -> CrossingDecided:
    (record,) = (record for record in script.records if isinstance(record, CrossingDecided))
    return record
