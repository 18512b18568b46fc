"""One truck's visit to the yard: its body, its driver and what a bystander notes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.contract.quantities import Millis, Tick
from station.simulate.camera_view import Front
from station.simulate.drive import script_of
from station.simulate.ground import BEFORE_THE_LANE, IN_SIGHT, WHOLE_ON_DECK
from station.simulate.stories import Story
from station.simulate.truck import Truck


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
        self.truck = Truck(story.gross, BEFORE_THE_LANE)
        self.now = now
        self.is_waved = False
        self.is_over = False
        self._front = front
        self._around = surroundings
        self._burnt_until: Tick | None = None
        self._script = script_of(story, self)
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
        self.truck.advance(Millis(now - self.now))
        self.now = now
        if self._burnt_until is None and self.truck.nose_m > WHOLE_ON_DECK:
            self._burnt_until = Tick(now + self.story.sun)
        try:
            next(self._script)
        except StopIteration:
            self.is_over = True
            self.tell("gone")

    def in_sight(self) -> Front | None:
        """What the plate camera sees of it."""
        if not IN_SIGHT.start <= self.truck.nose_m <= IN_SIGHT.end or self.truck.is_in_bay:
            return None
        is_burnt = self.story.sun > 0 and (self._burnt_until is None or self.now < self._burnt_until)
        return self._front._replace(is_burnt=is_burnt)
