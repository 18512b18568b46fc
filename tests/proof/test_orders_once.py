"""G11 in a few stories, and its mutant."""

from tests.proof.measures.orders_once import forgetful, measure


def test_an_order_is_done_at_most_once_whatever_comes_between() -> None:
    found = measure(6)
    assert (found.twice, found.wrong) == (0, 0)
    assert found.effective > 0 < found.kills


def test_a_lane_that_forgets_acts_is_caught() -> None:
    with forgetful():
        assert measure(6).twice > 0
