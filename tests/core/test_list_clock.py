"""A clock that is behind the list in force: nothing that expires can be judged by it, so a person decides."""

from dataclasses import replace

import pytest

from drivers.contract.orders import RaiseBoom
from station.core.effects import Effect
from station.core.facts import Fact, LookedUp
from station.core.records import CrossingHeld
from station.core.rules import MOST_AHEAD
from tests.core.script import Script
from tests.core.world import UTC


class Later(Script):
    """The list was issued `ahead` ms after now."""

    ahead = 0

    def _answers(self, effect: Effect) -> list[Fact]:
        return [
            replace(fact, list_issued_ms=UTC + self.now + self.ahead) if isinstance(fact, LookedUp) else fact
            for fact in super()._answers(effect)
        ]


@pytest.mark.parametrize(("ahead", "reasons"), [(MOST_AHEAD - 1_000, []), (MOST_AHEAD + 1_000, ["CLOCK_BEHIND_LIST"])])
def test_a_list_from_later_than_an_hour_holds(ahead: int, reasons: list[str]) -> None:
    script = Later()
    script.ahead = ahead
    script.drive_on()
    script.scan()
    assert [held.reason for held in script.of(CrossingHeld) if isinstance(held, CrossingHeld)] == reasons
    assert any(isinstance(order, RaiseBoom) for order in script.sent) == (not reasons)
