import pytest

from drivers.contract.quantities import Grams, Millis, kilograms
from station.simulate.ground import (
    BEFORE_THE_LANE,
    BEYOND_THE_LANE,
    DECK,
    ENTRY_LOOP,
    EXIT_LOOP,
    STOP_LINE,
    UNDER_BOOM_LOOP,
)
from station.simulate.truck import Truck, five_axles

GROSS = kilograms(42_140)


def drive(truck: Truck, goal_m: float) -> list[tuple[bool, bool, bool, Grams]]:
    """Drive there and note each change of (entry, under boom, exit, load on the deck)."""
    truck.head_for(goal_m)
    seen: list[tuple[bool, bool, bool, Grams]] = []
    for _ in range(6000):
        now = (truck.covers(ENTRY_LOOP), truck.covers(UNDER_BOOM_LOOP), truck.covers(EXIT_LOOP), truck.on_deck())
        if not seen or seen[-1] != now:
            seen.append(now)
        if truck.is_at_goal:
            return seen
        truck.advance(Millis(10))
    raise AssertionError(f"stuck at {truck.nose_m} m")


@pytest.mark.parametrize("gross", [kilograms(42_140), Grams(16_000_001), Grams(99)])
def test_axle_loads_add_up_to_the_gram(gross: Grams) -> None:
    assert sum(axle.load for axle in five_axles(gross)) == gross


def test_a_truck_stops_whole_on_the_deck_and_on_no_loop() -> None:
    truck = Truck(five_axles(GROSS), BEFORE_THE_LANE)
    seen = drive(truck, STOP_LINE)
    assert truck.nose_m == STOP_LINE and truck.speed_m_per_s == 0
    assert seen[0] == (False, False, False, 0) and seen[-1] == (False, False, False, GROSS)
    loads = [load for *_, load in seen]
    assert loads == sorted(loads) and len(set(loads)) == 6
    assert [entry for entry, *_ in seen if entry]


def test_driving_off_meets_the_loops_in_the_order_of_the_lane() -> None:
    truck = Truck(five_axles(GROSS), BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    seen = drive(truck, BEYOND_THE_LANE)
    under = [n for n, step in enumerate(seen) if step[1]]
    leaving = [n for n, step in enumerate(seen) if step[2]]
    unloaded = next(n for n, step in enumerate(seen) if step[3] == 0)
    assert under[0] < leaving[0] < unloaded <= under[-1] < leaving[-1]
    assert seen[-1] == (False, False, False, 0)


def test_reversing_unloads_the_deck_over_the_entry_loop_alone() -> None:
    truck = Truck(five_axles(GROSS), BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    seen = drive(truck, BEFORE_THE_LANE)
    assert not any(under or leaving for _, under, leaving, _ in seen)
    assert any(entry for entry, *_ in seen) and seen[-1] == (False, False, False, 0)


def test_turning_aside_unloads_the_deck_and_touches_no_loop() -> None:
    truck = Truck(five_axles(GROSS), BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    truck.turn_aside()
    loads = []
    while not truck.is_in_bay:
        truck.advance(Millis(10))
        assert not any(truck.covers(stretch) for stretch in (ENTRY_LOOP, UNDER_BOOM_LOOP, EXIT_LOOP, DECK))
        loads.append(truck.on_deck())
    assert loads[0] == GROSS and loads[-1] == 0 and loads == sorted(loads, reverse=True)


def test_time_in_one_piece_or_in_many_is_the_same_way() -> None:
    one, many = (Truck(five_axles(GROSS), BEFORE_THE_LANE) for _ in range(2))
    one.head_for(STOP_LINE)
    many.head_for(STOP_LINE)
    one.advance(Millis(2_000))
    for _ in range(200):
        many.advance(Millis(10))
    assert one.nose_m == pytest.approx(many.nose_m)
