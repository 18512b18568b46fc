"""Stays of tags: told once, the strongest first, and never more than the lane can take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import TagSeen
from drivers.scanner.stays import MOST_AT_ONCE, ONE_MORE_EVERY, Sighting, StayRule, Stays

AWAY = Millis(5000)
ALL = StayRule(AWAY, -128, (1, 2))


def sighting(epc: str = "E2", strength: int = -50, antenna: int = 1) -> Sighting:
    return Sighting(epc, antenna, strength, strength)


def told(stays: Stays, now: int) -> list[str]:
    return [seen.epc for seen in stays.tell(Tick(now))]


def test_a_tag_is_told_once_as_long_as_it_stays_and_again_after_it_was_away() -> None:
    stays = Stays(ALL)
    for now in range(0, 60_000, 20):  # 50 reads a second for a minute
        stays.saw(sighting(), Tick(now))
        assert told(stays, now) == (["E2"] if now == 0 else [])
    assert told(stays, 59_980 + AWAY - 1) == []
    stays.saw(sighting(), Tick(59_980 + AWAY - 1))
    assert told(stays, 70_000) == []
    stays.saw(sighting(), Tick(70_001))
    assert told(stays, 70_001) == ["E2"]


def test_what_is_told_is_the_strongest_read_so_far() -> None:
    stays = Stays(ALL)
    for strength, antenna in ((-70, 1), (-48, 2), (-60, 1)):
        stays.saw(sighting(strength=strength, antenna=antenna), Tick(0))
    assert stays.tell(Tick(0)) == [TagSeen("E2", 2, -48)]


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        (StayRule(AWAY, -50, (1,)), True),
        (StayRule(AWAY, -49, (1,)), False),  # the neighbour lane's tag is weaker
        (StayRule(AWAY, -50, (2,)), False),
    ],
)
def test_weak_reads_and_foreign_antennas_do_not_count(rule: StayRule, is_told: bool) -> None:
    stays = Stays(rule)
    stays.saw(sighting(), Tick(0))
    assert told(stays, 0) == ["E2"] * is_told


def test_an_unknown_antenna_counts() -> None:
    stays = Stays(StayRule(AWAY, -128, (3,)))
    stays.saw(sighting(antenna=0), Tick(0))
    assert told(stays, 0) == ["E2"]


def test_a_new_vehicle_is_told_of_whoever_is_there() -> None:
    stays = Stays(ALL)
    stays.saw(sighting(), Tick(0))
    assert told(stays, 0) == ["E2"]
    stays.forget_told()
    stays.saw(sighting(), Tick(100))
    assert told(stays, 100) == ["E2"]


def test_two_hundred_tags_at_fifty_reads_a_second_do_not_flood_the_lane() -> None:
    """A minute of them: four at first, then one a second, the strongest of those that wait."""
    stays = Stays(ALL)
    times: list[int] = []
    order: list[str] = []
    for n in range(50 * 60):
        now = 1000 + 20 * n
        stays.saw(sighting(f"{n % 200:04X}", -100 + (n * 37 % 200) // 4), Tick(now))
        for seen in stays.tell(Tick(now)):
            times.append(now)
            order.append(seen.epc)
    assert len(order) == len(set(order))
    for begin in range(0, 61_000, 500):
        in_ten_seconds = [time for time in times if begin <= time < begin + 10_000]
        assert len(in_ten_seconds) <= MOST_AT_ONCE + 10_000 // ONE_MORE_EVERY
    assert len(order) >= 50


def test_the_strongest_of_many_is_told_among_the_first_and_who_left_untold_is_counted() -> None:
    stays = Stays(ALL)
    for n in range(200):
        stays.saw(sighting(f"{n:04X}", -90 + n % 30), Tick(0))
    stays.saw(sighting("FFFF", -30), Tick(1))
    first = stays.tell(Tick(1))
    assert len(first) == MOST_AT_ONCE
    assert first[0].epc == "FFFF"
    stays.saw(sighting("AAAA"), Tick(AWAY + 1))
    (later,) = stays.tell(Tick(AWAY + 1))
    assert (later.epc, later.untold) == ("AAAA", 201 - MOST_AT_ONCE)


def test_more_tags_than_can_be_kept_leave_the_strongest() -> None:
    stays = Stays(ALL)
    for n in range(1000):
        stays.saw(sighting(f"{n:04X}", -100), Tick(0))
    stays.saw(sighting("FFFF", -30), Tick(0))
    seen = stays.tell(Tick(0))
    assert seen[0].epc == "FFFF"
    assert seen[0].untold == 1


steps = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 30), st.integers(-90, -30)), max_size=200)


@given(steps)
def test_nobody_is_told_twice_in_one_stay_nor_more_than_allowed(reads: list[tuple[int, int, int]]) -> None:
    stays = Stays(ALL)
    now, last_read, staying, times = 0, dict[str, int](), set[str](), list[int]()
    for pause, tag, strength in reads:
        now += pause
        epc = f"{tag:02X}"
        if now - last_read.get(epc, now) >= AWAY:
            staying.discard(epc)
        last_read[epc] = now
        stays.saw(sighting(epc, strength), Tick(now))
        for seen in stays.tell(Tick(now)):
            assert seen.epc not in staying
            assert now - last_read[seen.epc] < AWAY
            staying.add(seen.epc)
            times.append(now)
    for begin in times:
        assert sum(begin <= time < begin + 10_000 for time in times) <= MOST_AT_ONCE + 10
