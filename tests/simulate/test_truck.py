from collections.abc import Sequence
from itertools import pairwise

import pytest

from drivers.contract.quantities import Grams, Millis, kilograms
from station.simulate.ground import (
    BEAM_HEIGHTS_M,
    BEFORE_THE_LANE,
    BEYOND_THE_LANE,
    BOOM,
    DECK,
    ENTRY_LOOP,
    EXIT_LOOP,
    STOP_LINE,
    UNDER_BOOM_LOOP,
)
from station.simulate.shapes import DRAWBAR, HIGH_BED, LOW_LOADER, MOTORCYCLE, ORDINARY, TRACTOR, Shape
from station.simulate.truck import Truck

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


SHAPES = (ORDINARY, HIGH_BED, DRAWBAR, LOW_LOADER, TRACTOR, MOTORCYCLE)


@pytest.mark.parametrize("gross", [kilograms(42_140), Grams(16_000_001), Grams(99)])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_axle_loads_add_up_to_the_gram(shape: Shape, gross: Grams) -> None:
    assert sum(axle.load for axle in shape.laden(gross)) == gross


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_two_beams_see_every_vehicle_from_nose_to_tail(shape: Shape) -> None:
    """The proof of the shapes leans on this; one beam alone loses the drawbar or the high bed."""
    assert gaps(shape, BEAM_HEIGHTS_M) == 0
    lower, upper = BEAM_HEIGHTS_M
    assert (gaps(shape, (lower,)) > 0) == (shape.name in ("high-bed", "low-loader"))
    assert (gaps(shape, (upper,)) > 0) == (shape.name in ("drawbar", "low-loader"))


def gaps(shape: Shape, heights_m: Sequence[float]) -> int:
    """How often a beam becomes free between nose and tail."""
    truck = Truck(GROSS, BOOM, shape)
    seen = []
    while truck.nose_m - BOOM < truck.length_m - 0.02:
        truck.nose_m += 0.01
        seen.append(truck.breaks(BOOM, heights_m))
    return sum(before and not after for before, after in pairwise(seen))


@pytest.mark.parametrize(("shape", "drops"), [(ORDINARY, 0), (HIGH_BED, 1), (DRAWBAR, 0), (LOW_LOADER, 0)])
def test_only_a_high_bed_lets_a_loop_drop_out_for_metres(shape: Shape, drops: int) -> None:
    truck = Truck(GROSS, UNDER_BOOM_LOOP.start, shape)
    felt: list[bool] = []
    while truck.covers(UNDER_BOOM_LOOP) or not felt:
        truck.nose_m += 0.01
        felt.append(truck.is_felt(UNDER_BOOM_LOOP))
    free = felt.index(True), len(felt) - felt[::-1].index(True)
    between = felt[slice(*free)]
    assert sum(before and not after for before, after in pairwise(between)) == drops
    assert (between.count(False) > 200) == (drops > 0)


def test_a_motorcycle_is_no_load_for_the_scale_and_no_iron_for_a_short_loop() -> None:
    motorcycle = Truck(kilograms(220), 10.0, MOTORCYCLE)
    assert motorcycle.on_deck() == kilograms(220)
    motorcycle.nose_m = 24.5
    assert motorcycle.is_felt(UNDER_BOOM_LOOP, 0.9) and not motorcycle.is_felt(UNDER_BOOM_LOOP, 0.7)
    assert motorcycle.breaks(BOOM)


def test_a_truck_stops_whole_on_the_deck_and_on_no_loop() -> None:
    truck = Truck(GROSS, BEFORE_THE_LANE)
    seen = drive(truck, STOP_LINE)
    assert truck.nose_m == STOP_LINE and truck.speed_m_per_s == 0
    assert seen[0] == (False, False, False, 0) and seen[-1] == (False, False, False, GROSS)
    loads = [load for *_, load in seen]
    assert loads == sorted(loads) and len(set(loads)) == 6
    assert [entry for entry, *_ in seen if entry]


def test_driving_off_meets_the_loops_in_the_order_of_the_lane() -> None:
    truck = Truck(GROSS, BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    seen = drive(truck, BEYOND_THE_LANE)
    under = [n for n, step in enumerate(seen) if step[1]]
    leaving = [n for n, step in enumerate(seen) if step[2]]
    unloaded = next(n for n, step in enumerate(seen) if step[3] == 0)
    assert under[0] < leaving[0] < unloaded <= under[-1] < leaving[-1]
    assert seen[-1] == (False, False, False, 0)


def test_reversing_unloads_the_deck_over_the_entry_loop_alone() -> None:
    truck = Truck(GROSS, BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    seen = drive(truck, BEFORE_THE_LANE)
    assert not any(under or leaving for _, under, leaving, _ in seen)
    assert any(entry for entry, *_ in seen) and seen[-1] == (False, False, False, 0)


def test_turning_aside_unloads_the_deck_and_touches_no_loop() -> None:
    truck = Truck(GROSS, BEFORE_THE_LANE)
    drive(truck, STOP_LINE)
    truck.turn_aside()
    loads = []
    while not truck.is_in_bay:
        truck.advance(Millis(10))
        assert not any(truck.covers(stretch) for stretch in (ENTRY_LOOP, UNDER_BOOM_LOOP, EXIT_LOOP, DECK))
        loads.append(truck.on_deck())
    assert loads[0] == GROSS and loads[-1] == 0 and loads == sorted(loads, reverse=True)


def test_time_in_one_piece_or_in_many_is_the_same_way() -> None:
    one, many = (Truck(GROSS, BEFORE_THE_LANE) for _ in range(2))
    one.head_for(STOP_LINE)
    many.head_for(STOP_LINE)
    one.advance(Millis(2_000))
    for _ in range(200):
        many.advance(Millis(10))
    assert one.nose_m == pytest.approx(many.nose_m)
