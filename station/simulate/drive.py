"""How drivers behave: small scripts that look at the light, the boom and a waving hand, never at the lane's software.

A script is a generator that is resumed at every look of the yard; it yields while it waits.
"""

from collections.abc import Callable, Generator
from typing import Protocol

from drivers.contract.quantities import Millis, Tick
from station.simulate.ground import BEFORE_THE_LANE, BEYOND_THE_LANE, BOOM, STOP_LINE
from station.simulate.stories import Story
from station.simulate.truck import Truck

Script = Generator[None, None, None]

_FIND_THE_CODE = Millis(1_500)
_NOTICES_MISTAKE = Millis(8_000)
_PULLS_AWAY = Millis(500)
_HALTS = Millis(10_000)
_PULLED_AWAY_M = 0.1


class Cab(Protocol):
    """What a driver sees and can do."""

    truck: Truck

    @property
    def now(self) -> Tick:
        """The driver's watch."""

    @property
    def may_go(self) -> bool:
        """The light is green and the boom is all the way up."""

    @property
    def is_waved(self) -> bool:
        """Somebody at the lane waves the truck to the bay."""

    def show(self, code: str) -> None:
        """Hold a code under the reader."""

    def tell(self, event: str) -> None:
        """Something a bystander would note."""


def script_of(story: Story, cab: Cab) -> Script:
    """What the driver of `story` does, from arrival until the truck is gone."""
    match story.behaviour:
        case "pass":
            return _pass(story, cab)
        case "reverse":
            return _reverse(cab)
        case "bay":
            return _to_bay(story, cab)


def follow(lead: Truck, truck: Truck, gap_m: float) -> Script:
    """Once `lead` pulls away from the line, catch up with it and keep `gap_m` behind its tail, whatever the light."""
    while lead.nose_m < STOP_LINE + _PULLED_AWAY_M:
        yield
    truck.head_for(BEYOND_THE_LANE)
    while not truck.is_at_goal:
        most_m = lead.nose_m - lead.length_m - gap_m
        if truck.nose_m > most_m and lead.nose_m < BEYOND_THE_LANE:
            truck.nose_m, truck.speed_m_per_s = most_m, max(0.0, lead.speed_m_per_s)
        yield


def _pass(story: Story, cab: Cab) -> Script:
    yield from _onto_the_deck(cab)
    yield from _present(story, cab)
    if not (yield from _await(cab, lambda: cab.may_go, story.patience)):
        cab.tell("gives-up")
        yield from _back_out(cab)
        return
    yield from _pause(cab, _PULLS_AWAY)
    cab.tell("drives-off")
    if story.halts_m:
        yield from _drive(cab, BOOM + story.halts_m)
        cab.tell("halts")
        yield from _pause(cab, _HALTS)
    yield from _drive(cab, BEYOND_THE_LANE)


def _reverse(cab: Cab) -> Script:
    yield from _onto_the_deck(cab)
    yield from _pause(cab, _NOTICES_MISTAKE)
    yield from _back_out(cab)


def _to_bay(story: Story, cab: Cab) -> Script:
    yield from _onto_the_deck(cab)
    yield from _present(story, cab)
    yield from _await(cab, lambda: cab.is_waved or cab.may_go, story.patience)
    cab.tell("turns-aside")
    cab.truck.turn_aside()
    while not cab.truck.is_in_bay:
        yield


def _onto_the_deck(cab: Cab) -> Script:
    yield from _drive(cab, STOP_LINE)
    cab.tell("stands")


def _present(story: Story, cab: Cab) -> Script:
    yield from _pause(cab, _FIND_THE_CODE)
    cab.show(story.code)
    cab.tell("shows-code")


def _back_out(cab: Cab) -> Script:
    cab.tell("reverses")
    yield from _drive(cab, BEFORE_THE_LANE)


def _drive(cab: Cab, nose_m: float) -> Script:
    cab.truck.head_for(nose_m)
    while not cab.truck.is_at_goal:
        yield


def _pause(cab: Cab, wait: Millis) -> Script:
    yield from _await(cab, lambda: False, wait)


def _await(cab: Cab, condition: Callable[[], bool], patience: Millis) -> Generator[None, None, bool]:
    """Whether the condition came true within the driver's patience."""
    until = cab.now + patience
    while not condition():
        if cab.now >= until:
            return False
        yield
    return True
