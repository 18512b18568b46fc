"""The watchdog is fed by whole turns only, and not more often than it asks for."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, Tick
from station.health.report import WHOLE_TURN, Step, Turn, Watch, status_line, watch_for


def test_a_whole_turn_feeds_three_times_per_period() -> None:
    watch = watch_for(Millis(30_000))
    fed = []
    for tick in range(0, 60_000, 500):
        watch, feed = watch.after(Turn(Tick(tick), WHOLE_TURN))
        if feed:
            fed.append(tick)
    assert fed == [0, 10_000, 20_000, 30_000, 40_000, 50_000]


@given(st.lists(st.sampled_from(WHOLE_TURN), unique=True).filter(lambda steps: tuple(steps) != WHOLE_TURN))
def test_a_turn_that_did_not_go_the_whole_way_never_feeds(finished: list[Step]) -> None:
    watch = Watch(Millis(10_000))
    assert watch.after(Turn(Tick(1_000_000), tuple(finished))) == (watch, False)


def test_without_a_watchdog_nothing_is_fed() -> None:
    assert watch_for(None).after(Turn(Tick(1), WHOLE_TURN)) == (Watch(None), False)


def test_the_status_line_names_the_unfit() -> None:
    assert status_line("AUTOMATIC", "IDLE", ()) == "AUTOMATIC IDLE"
    assert status_line("CLOSED", "IDLE", ("barrier", "scale")) == "CLOSED IDLE unfit: barrier scale"


def test_the_status_line_tells_a_disk_that_fills_up_and_the_days_left_if_they_are_known() -> None:
    assert status_line("AUTOMATIC", "IDLE", (), "LOW", 12) == "AUTOMATIC IDLE disk: LOW, 12 days left"
    assert status_line("CLOSED", "IDLE", (), "READ_ONLY") == "CLOSED IDLE disk: READ_ONLY"
