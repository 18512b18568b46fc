"""One truck's visit to the yard: its body, its driver and what a bystander notes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.contract.quantities import Millis, Tick
from station.simulate.camera_view import Front
from station.simulate.drive import Script, follow, script_of
from station.simulate.ground import BEFORE_THE_LANE, IN_SIGHT, WHOLE_ON_DECK
from station.simulate.stories import Story
from station.simulate.truck import Pace, Truck

_HURRY = Pace(cruise_m_per_s=8.0, push_m_per_s2=4.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a driver can see and reach in the yard."""

    may_go: Callable[[], bool]
    show: Callable[[str], None]
    note: Callable[[str, Story, Truck], None]


class Visit:
    """A driver's cab (`drive.Cab`) from arrival to departure. `advance` moves body and mind; `is_over` ends it."""

    def __init__(self, story: Story, front: Front, surroundings: Surroundings, now: Tick) -> None:
        self.story = story
        self.truck = Truck(story.gross, BEFORE_THE_LANE, story.shape)
        self.vehicles = [self.truck]
        """It and, behind it, whoever follows."""
        self.now = now
        self.is_waved = False
        self.is_over = False
        self._front = front
        self._around = surroundings
        self._burnt_until: Tick | None = None
        self._scripts: list[Script] = [script_of(story, self)]
        if story.tail is not None:
            tail = Truck(story.tail.gross, BEFORE_THE_LANE, story.tail.shape, _HURRY)
            self.vehicles.append(tail)
            self._scripts.append(follow(self.truck, tail, story.tail.gap_m))
        self.tell("arrives")

    @property
    def may_go(self) -> bool:
        return self._around.may_go()

    def show(self, code: str) -> None:
        self._around.show(code)

    def tell(self, event: str) -> None:
        self._around.note(event, self.story, self.truck)

    def advance(self, now: Tick) -> None:
        """Live until `now`."""
        for vehicle in self.vehicles:
            vehicle.advance(Millis(now - self.now))
        self.now = now
        if self._burnt_until is None and self.truck.nose_m > WHOLE_ON_DECK:
            self._burnt_until = Tick(now + self.story.sun)
        self._scripts = [script for script in self._scripts if _goes_on(script)]
        if not self._scripts:
            self.is_over = True
            self.tell("gone")

    def in_sight(self) -> Front | None:
        """What the plate camera sees of it."""
        if not IN_SIGHT.start <= self.truck.nose_m <= IN_SIGHT.end or self.truck.is_in_bay:
            return None
        is_burnt = self.story.sun > 0 and (self._burnt_until is None or self.now < self._burnt_until)
        return self._front._replace(is_burnt=is_burnt)

    def container_in_sight(self) -> str:
        """The number that the container cameras see; "" while they see none."""
        return "" if self.in_sight() is None else self.story.container


def _goes_on(script: Script) -> bool:
    try:
        next(script)
    except StopIteration:
        return False
    return True
