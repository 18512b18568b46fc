"""The judgement over a worker's life, on the clock of the test."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.faults import FaultCode
from drivers.contract.quantities import Millis, Tick
from station.hosting import restarts
from station.hosting.restarts import Life


def life_after_deaths(ticks: list[int]) -> Life:
    life = Life()
    for tick in ticks:
        life = restarts.died(restarts.started(life, Tick(tick)), Tick(tick))
    return life


def test_the_first_start_is_at_once() -> None:
    assert restarts.judge(Life(), Tick(0)) == "START"


def test_silence_is_warned_then_killed() -> None:
    life = restarts.opened(restarts.started(Life(), Tick(0)), Tick(100))
    assert restarts.judge(life, Tick(2100)) == "KEEP"
    assert restarts.judge(life, Tick(2101)) == "WARN"
    life = restarts.leaving(life, Tick(2101))
    assert restarts.judge(life, Tick(3101)) == "KEEP"
    assert restarts.judge(life, Tick(3102)) == "KILL"


def test_opening_may_take_its_time() -> None:
    life = restarts.started(Life(), Tick(0))
    assert restarts.judge(life, Tick(restarts.OPENING)) == "KEEP"
    assert restarts.judge(life, Tick(restarts.OPENING + 1)) == "WARN"


def test_the_pause_doubles() -> None:
    starts = []
    tick = 0
    life = Life()
    for _ in range(5):
        life = restarts.died(restarts.started(life, Tick(tick)), Tick(tick))
        starts.append(restarts.next_start(life) - tick)
        tick = restarts.next_start(life)
    assert starts == [100, 200, 400, 800, 1600]


def test_the_pause_has_an_upper_bound() -> None:
    life = life_after_deaths([20_000 * n for n in range(30)])
    assert restarts.next_start(life) - life.sign == restarts.LONGEST_PAUSE
    assert not life.is_resting


def test_the_sixth_death_in_a_minute_brings_rest_with_a_try_a_minute() -> None:
    life = life_after_deaths([0, 100, 200, 300, 400])
    assert not life.is_resting
    life = life_after_deaths([0, 100, 200, 300, 400, 500])
    assert restarts.judge(life, Tick(501)) == "REST"
    assert restarts.judge(life, Tick(60_499)) == "REST"
    assert restarts.judge(life, Tick(60_500)) == "START"
    life = restarts.died(restarts.started(life, Tick(60_500)), Tick(60_600))
    assert restarts.judge(life, Tick(120_599)) == "REST"


def test_a_device_that_tells_its_fault_is_tried_every_five_seconds_without_rest() -> None:
    life, tick, pauses = Life(), 0, []
    for _ in range(40):
        life = restarts.died(restarts.started(life, Tick(tick)), Tick(tick), "port-missing")
        assert not life.is_resting
        pauses.append(restarts.next_start(life) - tick)
        tick = restarts.next_start(life)
    assert pauses[:6] == [100, 200, 400, 800, 1600, 3200]
    assert set(pauses[6:]) == {5000}


def test_a_fault_that_only_a_person_can_mend_brings_rest_like_any_other_death() -> None:
    life = Life()
    for tick in range(0, 600, 100):
        life = restarts.died(restarts.started(life, Tick(tick)), Tick(tick), "bad-model")
    assert life.is_resting


def test_a_worker_that_begins_anew_is_started_at_once_and_no_death_is_counted() -> None:
    life = restarts.opened(restarts.started(Life(), Tick(0)), Tick(500))
    life = restarts.died(life, Tick(100_000), "renewal")
    assert (life.deaths, life.is_resting) == ((), False)
    assert restarts.next_start(life) == 100_000 + restarts.FIRST_PAUSE


def test_told_faults_do_not_hide_a_worker_that_crashes() -> None:
    life = Life()
    for tick in range(0, 1200, 100):
        told: FaultCode | None = "silent" if tick % 200 else None
        life = restarts.died(restarts.started(life, Tick(tick)), Tick(tick), told)
    life = restarts.died(restarts.started(life, Tick(1200)), Tick(1200))
    assert life.is_resting


def test_a_minute_of_good_life_is_forgiveness() -> None:
    life = life_after_deaths([0, 100, 200, 300, 400, 500])
    life = restarts.opened(restarts.started(life, Tick(60_500)), Tick(61_000))
    ended = restarts.died(restarts.leaving(life, Tick(121_000)), Tick(121_900))
    assert not ended.is_resting
    assert restarts.next_start(ended) == 122_000
    short = restarts.died(restarts.leaving(life, Tick(120_999)), Tick(120_999))
    assert short.is_resting


@given(st.lists(st.tuples(st.sampled_from(["turn", "sign", "open", "end"]), st.integers(1, 3000)), max_size=200))
def test_any_life(happenings: list[tuple[str, int]]) -> None:
    life = Life()
    tick = Tick(0)
    starts: list[Tick] = []
    warned: Tick | None = None
    silent_since = Tick(0)
    for what, later in happenings:
        tick = Tick(tick + later)
        is_running = life.phase != "down"
        if what == "sign" and life.phase == "open":
            life, silent_since = restarts.signed(life, tick), tick
        elif what == "open" and life.phase == "opening":
            life, silent_since = restarts.opened(life, tick), tick
        elif what == "end" and is_running:
            life, warned = restarts.died(life, tick), None
        match restarts.judge(life, tick):
            case "START":
                assert life.phase == "down"
                life = restarts.started(life, tick)
                starts.append(tick)
                silent_since = tick
                # Six deaths a minute are the most, and one start more for each.
                assert sum(tick - start < restarts.DEATHS_WINDOW for start in starts) <= restarts.MOST_DEATHS + 2
            case "WARN":
                assert tick - silent_since > restarts.SILENCE
                life, warned = restarts.leaving(life, tick), tick
            case "KILL":
                assert warned is not None
                assert tick - warned > restarts.GRACE
            case "KEEP" | "REST":
                assert life.phase != "open" or tick - silent_since <= restarts.SILENCE
                assert life.phase != "down" or tick < restarts.next_start(life)


@given(st.integers(0, 40), st.integers(0, 200_000))
def test_a_start_always_comes(deaths: int, later: int) -> None:
    life = life_after_deaths([100 * n for n in range(deaths)])
    due = restarts.next_start(life)
    assert due - life.sign <= restarts.REST_PERIOD
    assert restarts.judge(life, Tick(due + later)) == "START"


def test_a_slow_device_gets_more_silence() -> None:
    life = restarts.opened(restarts.started(Life(), Tick(0)), Tick(0))
    assert restarts.judge(life, Tick(4000), Millis(5000)) == "KEEP"
