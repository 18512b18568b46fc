"""Every figure against a value worked out by hand."""

import pytest

from station.evaluation.figures import accepted_from, curve, nothing, share, times, widest, wilson

JUDGED = [(990, True), (950, True), (950, True), (900, True), (900, False), (700, True), (400, False), (0, False)]


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilsons_interval(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_share_tells_its_n_and_interval() -> None:
    line = share("s", "w", 8, 10, "set")
    assert (line.n, line.value, line.unit) == (10, 80.0, "%")
    assert line.low == pytest.approx(49.02, abs=5e-3) and line.high == pytest.approx(94.33, abs=5e-3)


def test_a_share_of_nothing_has_no_value() -> None:
    assert share("s", "w", 0, 0).value is None and share("s", "w", 0, 0).why == "eval-none"
    assert nothing("s", "w", "eval-none").n == 0


def test_precision_and_coverage() -> None:
    points = curve(JUDGED)
    assert [(point.confidence, point.kept, point.right) for point in points] == [
        (990, 1, 1), (950, 3, 3), (900, 5, 4), (700, 6, 5), (400, 7, 5), (0, 8, 5),
    ]  # fmt: skip
    assert points[2].coverage == 5 / 8 and points[2].precision == 0.8


def test_equals_are_kept_together_whatever_their_order() -> None:
    assert curve(JUDGED) == curve(JUDGED[::-1])


def test_accepting_from_a_confidence_on() -> None:
    points = curve(JUDGED)
    kept = accepted_from(points, 901)
    assert kept is not None and (kept.confidence, kept.kept) == (950, 3)
    assert accepted_from(points, 991) is None


def test_the_widest_coverage_that_still_holds() -> None:
    points = curve([(9, False), *((8, True),) * 99, (7, False)])
    best = widest(points, 0.99)
    assert best is not None and (best.kept, best.right) == (100, 99), "a miss at the top does not end the search"
    assert widest(curve([(9, False)]), 0.99) is None


def test_median_and_p95() -> None:
    p50, p95 = times("s", "w", [float(n) for n in range(1, 101)])
    assert (p50.value, p95.value, p95.n, p95.of) == (50.5, 95.0, 100, "p95")
    assert times("s", "w", [])[0].value is None
