"""One weight out of many frames, few samples out of many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import DeckSample, WeighingFailed, WeighingWindow
from drivers.weighbridge.window import Conditioner, WeighedFrame, WindowJudge

ORDER = TakeWeight("w1", Tick(10_000), Millis(1000), kilograms(20), Millis(15_000))
PERIOD = 143


def _frame(kilos: int, *, moving: bool = False, doubt: str = "") -> WeighedFrame:
    return WeighedFrame(kilograms(kilos), moving, doubt, kilos.to_bytes(4, "big", signed=True))  # type: ignore[arg-type]


def _judge(frames: list[WeighedFrame], period: int = PERIOD) -> list[tuple[int, WeighingWindow]]:
    judge = WindowJudge(ORDER, Tick(0))
    found = [(n, judge.see(frame, Tick(n * period))) for n, frame in enumerate(frames)]
    return [(n, window) for n, window in found if window]


def test_a_second_of_equal_still_frames_is_a_weight() -> None:
    (n, window), *_ = _judge([_frame(16_360)] * 12)
    assert n * PERIOD >= 1000 > (n - 1) * PERIOD
    assert (window.order_id, window.mass, window.spread, window.frames) == ("w1", kilograms(16_360), 0, n + 1)
    assert (window.began, window.ended) == (0, n * PERIOD)
    assert len(window.raw) == n + 1
    assert set(window.raw) == {"00003fe8"}


def test_the_mass_is_the_median_and_the_spread_the_range() -> None:
    frames = [_frame(kilos) for kilos in (16_360, 16_380, 16_360, 16_380, 16_380, 16_380, 16_360, 16_380)]
    ((_, window),) = _judge(frames)
    assert (window.mass, window.spread) == (kilograms(16_380), kilograms(20))


@pytest.mark.parametrize(
    "shown",
    [  # what a wire without checksum made of 45,080 and 53,640 kg in a million windows
        (45_080, 45_084, 45_084, 45_080, 45_090),
        (53_642, 53_640, 53_640, 53_650, 53_641),
        (45_080, 45_084, 45_084, 45_080, 45_090, 45_082),
    ],
)
def test_a_mass_that_most_frames_do_not_show_is_no_weight(shown: tuple[int, ...]) -> None:
    assert _judge([_frame(kilos) for kilos in shown], period=200) == []


def test_a_display_between_two_divisions_is_weighed_as_soon_as_one_of_them_has_more() -> None:
    flickers = [_frame(16_360 + 20 * (n % 2)) for n in range(12)]
    (n, window), *_ = _judge(flickers, period=200)
    assert n == 6, "of six frames neither has more; of seven one has"
    assert (window.mass, window.frames) == (kilograms(16_360), 7)


def test_a_display_that_never_agrees_with_itself_is_unstable_and_nothing_is_piled_up() -> None:
    judge = WindowJudge(ORDER, Tick(0))
    for n in range(1_100):
        assert judge.see(_frame(16_000 + n % 3), Tick(n * 13)) is None
    assert len(judge._run) <= 2000 / 13 + 2
    assert judge.overdue(Tick(15_000)) == WeighingFailed("w1", "unstable")


def test_motion_breaks_the_window() -> None:
    assert _judge([_frame(16_360)] * 7 + [_frame(16_360, moving=True)] + [_frame(16_360)] * 7) == []


@pytest.mark.parametrize("doubt", ["out-of-range", "not-zeroed"])
def test_doubt_breaks_the_window_and_is_the_reason(doubt: str) -> None:
    judge = WindowJudge(ORDER, Tick(0))
    for n in range(60):
        assert judge.see(_frame(16_360, doubt=doubt), Tick(n * PERIOD)) is None
    assert judge.overdue(Tick(14_999)) is None
    assert judge.overdue(Tick(15_000)) == WeighingFailed("w1", doubt)  # type: ignore[arg-type]


def test_a_single_false_stable_frame_is_no_weight() -> None:
    swing = [_frame(16_000 + 400 * (n % 3), moving=True) for n in range(40)]
    swing[20] = _frame(16_400)
    assert _judge(swing) == []


def test_frames_that_wander_are_unstable() -> None:
    judge = WindowJudge(ORDER, Tick(0))
    for n in range(100):
        assert judge.see(_frame(16_000 + 20 * n), Tick(n * PERIOD)) is None
    assert judge.overdue(Tick(15_000)) == WeighingFailed("w1", "unstable")


def test_no_frame_at_all_is_silent() -> None:
    assert WindowJudge(ORDER, Tick(0)).overdue(Tick(15_000)) == WeighingFailed("w1", "silent")


def test_few_frames_or_gaps_are_no_window() -> None:
    assert _judge([_frame(16_360)] * 4, period=400) == []
    assert _judge([_frame(16_360)] * 20, period=501) == []


kilos = st.integers(-10, 200).map(lambda n: 16_000 + 20 * n)


@given(st.lists(st.tuples(kilos, st.booleans(), st.sampled_from(["", "", "", "out-of-range"]), st.integers(50, 700))))
def test_every_window_keeps_its_promises(course: list[tuple[int, bool, str, int]]) -> None:
    judge, at = WindowJudge(ORDER, Tick(0)), 0
    seen: list[tuple[int, WeighedFrame]] = []
    for mass, moving, doubt, gap in course:
        at += gap
        frame = _frame(mass, moving=moving, doubt=doubt)
        seen.append((at, frame))
        if window := judge.see(frame, Tick(at)):
            inside = [held for when, held in seen if window.began <= when <= window.ended]
            masses = [held.mass for held in inside]
            assert window.frames == len(inside) >= 6
            assert window.ended - window.began >= 1000
            assert window.spread == max(masses) - min(masses) <= kilograms(20)
            assert masses.count(window.mass) > len(masses) / 2
            assert not any(held.moving or held.doubt for held in inside)


def _samples(frames: list[tuple[int, WeighedFrame]]) -> list[tuple[int, DeckSample]]:
    conditioner = Conditioner()
    found = [(at, conditioner.see(frame, Tick(at))) for at, frame in frames]
    return [(at, sample) for at, sample in found if sample]


def test_the_first_frame_is_a_sample() -> None:
    assert _samples([(0, _frame(0))]) == [(0, DeckSample(Grams(0), moving=False, valid=True))]


def test_an_idle_hour_is_twelve_heartbeats_and_as_many_settlings_at_most() -> None:
    flicker = (0, 20, 0, -20)
    frames = [(at, _frame(flicker[at // PERIOD % 4], moving=at % 5 == 0)) for at in range(0, 3_600_000, PERIOD)]
    assert 12 <= len(_samples(frames)) <= 25


def test_wind_on_an_empty_deck_is_no_news() -> None:
    gusts = (40, -40, 100, -80)
    frames = [(at, _frame(gusts[at // 5_000 % 4])) for at in range(0, 3_600_000, PERIOD)]
    assert len(_samples(frames)) <= 13


def test_presence_is_reported_at_once() -> None:
    frames = [(0, _frame(480)), (10, _frame(500, moving=True)), (20, _frame(500, moving=True))]
    assert [at for at, _ in _samples(frames)] == [0, 10]


def test_a_mass_at_the_limit_of_presence_does_not_flicker() -> None:
    frames = [(n * PERIOD, _frame(480 if n % 2 else 500)) for n in range(100)]
    assert len(_samples(frames)) == 1


def test_coming_to_rest_is_reported_at_once() -> None:
    rolling = [(0, _frame(0)), (300, _frame(9000, moving=True)), (600, _frame(9300, moving=True))]
    samples = _samples([*rolling, (610, _frame(9340)), (620, _frame(9340))])
    assert [(at, sample.moving) for at, sample in samples][1:] == [(300, True), (600, True), (610, False)]


def test_at_most_four_samples_a_second_while_the_mass_changes() -> None:
    frames = [(n * PERIOD, _frame(1000 + 300 * n, moving=True)) for n in range(70)]
    assert 30 <= len(_samples(frames)) <= 41


def test_a_flickering_indicator_is_bounded_too() -> None:
    frames = [(n * PERIOD, _frame(9000, doubt="out-of-range" if n % 2 else "")) for n in range(700)]
    assert len(_samples(frames)) <= 4 * 100 + 2


def test_out_of_range_is_reported_as_not_valid() -> None:
    assert _samples([(0, _frame(0)), (10, _frame(90_000, doubt="out-of-range"))])[-1][1].valid is False


@given(st.lists(st.tuples(st.integers(-500, 90_000), st.booleans())))
def test_a_mass_at_rest_is_always_known_to_within_the_settled_band(course: list[tuple[int, bool]]) -> None:
    conditioner, last = Conditioner(), None
    for n, (mass, moving) in enumerate(course):
        frame = _frame(mass, moving=moving)
        last = conditioner.see(frame, Tick(n * 300)) or last
        assert last is not None
        if not moving:
            is_empty = max(abs(frame.mass), abs(last.mass)) < kilograms(500)
            assert abs(frame.mass - last.mass) < kilograms(200 if is_empty else 50)
            assert not last.moving
