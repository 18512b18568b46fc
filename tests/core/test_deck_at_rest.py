"""What the deck alone may say: a load at rest is a vehicle, a swing is not."""

from drivers.contract.quantities import kilograms
from drivers.contract.readings import DeckSample
from station.core.records import CrossingCompleted
from tests.core.script import Script


def test_a_deck_that_swings_behind_a_truck_is_no_vehicle() -> None:
    script = Script(gross=43_320)
    script.drive_on()
    script.scan()
    for mass in (-240, 260, 680):
        script.read("scale", DeckSample(kilograms(mass), moving=True, valid=True))
        script.now += 200
    script.deck(0)
    script.wait(1_500)
    assert [r.end for r in script.records if isinstance(r, CrossingCompleted)] == ["REFERRED"]
    assert script.state.crossing is None
    assert script.state.crossings == 1


def test_a_vehicle_found_at_rest_on_the_deck_is_taken_up() -> None:
    script = Script()
    script.deck(42_000)
    assert script.state.crossing is not None
