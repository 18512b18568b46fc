from station.centre import alarms
from station.centre.known_lanes import KnownLanes


def test_made_up_names_end_at_the_bound_and_known_ones_go_on() -> None:
    lanes = KnownLanes([("S", "L1"), ("S", "L2")])
    made_up = [lanes.takes(("S", f"X{number}")) for number in range(2 * alarms.MOST_LANES)]
    assert sum(made_up) == alarms.MOST_LANES - 2 and made_up == sorted(made_up, reverse=True)
    assert lanes.takes(("S", "L1")) and lanes.takes(("S", "X0")) and not lanes.takes(("S", "L3"))


def test_each_station_has_its_own() -> None:
    lanes = KnownLanes(("S", f"L{number}") for number in range(alarms.MOST_LANES))
    assert not lanes.takes(("S", "L")) and lanes.takes(("T", "L"))
