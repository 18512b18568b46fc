"""A lane with a trailer camera, for stories about the plate at a truck's rear."""

from collections.abc import Callable
from dataclasses import replace

from drivers.contract.quantities import Tick
from station.core.facts import DeviceOpened
from station.core.parameters import Parts
from station.core.presented_records import TrailerIdentified
from tests.core.script import Script
from tests.core.world import ENTRY, PARAMETERS

REAR = "rear"
DECLARED = ENTRY.trailer
OTHER = "15RM00321"
LOOK_ALIKE = "12RM00821"
"""Not a look-alike of the known pairs: 3 and 8 are told apart."""


def lane(
    behind: Callable[[int], str] | str = DECLARED,
    *,
    camera: str = REAR,
    declared: str = DECLARED,
    is_dead: bool = False,
    mute: set[type] | None = None,
    plate: str = ENTRY.plate,
) -> Script:
    """Every device open, the trailer camera unless it is dead; `behind` is what its pictures show."""
    parameters = replace(PARAMETERS, parts=Parts(trailer_camera=camera))
    says = behind if callable(behind) else lambda _: behind
    script = Script(parameters, behind=says, declared_trailer=declared, mute=mute or set(), plate=plate)
    if camera and not is_dead:
        script.tell(DeviceOpened(Tick(script.now), camera, "camera", "", motion_bounded=False))
    script.stamped.clear()
    script.sent.clear()
    return script


def seen_behind(script: Script) -> TrailerIdentified:
    (record,) = (record for record in script.records if isinstance(record, TrailerIdentified))
    return record
