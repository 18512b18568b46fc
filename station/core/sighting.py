"""What plate cameras say by themselves: recorded for the truck that stands here, and a second opinion on its plate.

It can only add control (law L8): it never corrects the plate that the lane read, and a camera that agrees proves
nothing. A camera at the entrance tells a truck up to some seconds before or after it comes onto the first loop.
"""

from dataclasses import replace

from drivers.contract.quantities import Millis
from drivers.contract.readings import PlateSeen
from station.core import plates
from station.core.consensus import ACCEPT_FROM
from station.core.presented_records import PlateSighted
from station.core.state import Crossing, EarlySighting
from station.core.turn import Turn

MOST_SIGHTINGS = 5
MOST_EARLY_SIGHTINGS = 3
"""Per crossing, and before it: what comes after that is not recorded any more."""

BEFORE_ARRIVAL = Millis(15_000)
"""For how long a plate that was seen without a truck may be the next one's."""


def seen(turn: Turn, device: str, reading: PlateSeen) -> None:
    """Record a sighting of the truck that stands here, or keep it for the next one."""
    pictures = tuple(sha256 for _, _, sha256 in reading.pictures)
    plate = plates.normalise(reading.plate)
    sighted = PlateSighted("", device, reading.event, plate, reading.confidence, reading.direction, pictures)
    crossing = turn.state.crossing
    if crossing is not None and not crossing.released:
        _record(turn, sighted)
        return
    others = tuple(early for early in turn.state.early_sightings if early.sighted != sighted)
    turn.set(early_sightings=(*others, EarlySighting(sighted, turn.now))[-MOST_EARLY_SIGHTINGS:])


def arrived(turn: Turn) -> None:
    """A crossing was opened: what was seen shortly before is its own."""
    early, since = turn.state.early_sightings, turn.now - BEFORE_ARRIVAL
    turn.set(early_sightings=())
    for sighting in early:
        if sighting.at >= since:
            _record(turn, sighting.sighted)


def contradicting(crossing: Crossing) -> str:
    """The plate that a camera saw in place of the one that was read; "" if one saw that too, or none has an opinion."""
    said = [sighted.plate for sighted in crossing.sightings if _is_opinion(sighted)]
    if crossing.plate is None or not said or crossing.plate.text in said:
        return ""
    return said[-1]


def _record(turn: Turn, sighted: PlateSighted) -> None:
    """The same sighting again is nothing; another plate of the same event is news."""
    crossing = turn.crossing
    known = {(told.device, told.event, told.plate) for told in crossing.sightings}
    if (sighted.device, sighted.event, sighted.plate) in known or len(known) == MOST_SIGHTINGS:
        return
    told = replace(sighted, crossing=crossing.crossing)
    turn.set_crossing(sightings=(*crossing.sightings, told))
    turn.record(told)


def _is_opinion(sighted: PlateSighted) -> bool:
    """A confident reading of a tractor's plate that came towards the camera; its trailer's contradicts nothing."""
    is_sure = sighted.confidence >= ACCEPT_FROM and sighted.direction != "reverse"
    return is_sure and plates.is_tractors(sighted.plate)
