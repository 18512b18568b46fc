"""What several views of a container say together; mutants that accept more than they may are caught."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Permille
from station.core import container_consensus
from station.core.container_consensus import NOTHING, Container, agree
from station.core.container_looks import ViewRead
from station.core.containers import form_of

NUMBER, OTHER = "TCLU4567897", "TEMU1234565"
PAINTED = "TEMU1234585"
"""Its check digit is wrong."""


def read(view: str, text: str, confidence: int = 970, size_type: str = "") -> ViewRead:
    return ViewRead(view, text, text, Permille(confidence), size_type, Permille(900 if size_type else 0))


def test_two_views_that_read_the_same_are_believed() -> None:
    agreed = agree([read("left", NUMBER, 800), read("rear", NUMBER, 700, "22G1")], 2)
    assert agreed == Container(NUMBER, "ACCEPTED", "VALID", Permille(940), 2, "", "22G1")


def test_one_picture_is_never_enough_whatever_its_check_digit_says() -> None:
    for cameras in (1, 2, 4):
        assert agree([read("left", NUMBER, 1000)], cameras).verdict == "REVIEW"


def test_a_lone_camera_is_believed_in_its_second_sure_picture() -> None:
    assert agree([read("rear", NUMBER, 950), read("rear", NUMBER, 910)], 1).verdict == "ACCEPTED"
    assert agree([read("rear", NUMBER, 990), read("rear", NUMBER, 890)], 1).verdict == "REVIEW"
    assert agree([read("rear", NUMBER), read("rear", NUMBER)], 2).verdict == "REVIEW"  # the other one said nothing
    assert agree([read("rear", PAINTED), read("rear", PAINTED)], 1).verdict == "REVIEW"


def test_two_views_that_disagree_surely_are_both_told() -> None:
    agreed = agree([read("left", NUMBER), read("rear", OTHER, 960)], 2)
    assert (agreed.text, agreed.verdict, agreed.against, agreed.views) == (NUMBER, "REVIEW", OTHER, 1)
    three = agree([read("left", NUMBER), read("right", NUMBER), read("rear", OTHER)], 3)
    assert (three.text, three.verdict, three.against) == (NUMBER, "REVIEW", OTHER)
    both_see_two = [read(view, text) for view in ("left", "rear") for text in (NUMBER, OTHER)]
    assert agree(both_see_two, 2).against != ""


def test_a_view_corrects_itself_and_a_doubtful_one_contradicts_nothing() -> None:
    reads = [read("left", OTHER), read("left", NUMBER), read("rear", NUMBER)]
    assert agree(reads, 2).verdict == "ACCEPTED"
    assert agree([read("left", NUMBER), read("right", NUMBER), read("rear", OTHER, 500)], 3).verdict == "ACCEPTED"
    assert agree([read("left", NUMBER), read("right", NUMBER), read("rear", PAINTED)], 3).verdict == "ACCEPTED"
    lone = [read("rear", NUMBER), read("rear", NUMBER), read("rear", OTHER)]
    assert (agree(lone, 1).verdict, agree(lone, 1).against) == ("REVIEW", OTHER)


def test_a_wrong_check_digit_is_kept_as_painted_and_never_repaired() -> None:
    once = agree([read("left", PAINTED)], 2)
    assert (once.text, once.verdict, once.form) == (PAINTED, "REVIEW", "WRONG_CHECK_DIGIT")
    twice = agree([read("left", PAINTED), read("rear", PAINTED)], 2)
    assert (twice.text, twice.verdict, twice.form) == (PAINTED, "ACCEPTED", "WRONG_CHECK_DIGIT")


def test_what_is_no_number_or_hardly_seen_does_not_count() -> None:
    assert agree([], 2) == NOTHING
    assert agree([read("left", ""), read("rear", "MAERSK"), read("rear", NUMBER, 199)], 2) == NOTHING


texts = st.sampled_from([NUMBER, NUMBER, NUMBER, OTHER, PAINTED, "TCLU4567807", "", "MAERSK"])
views = st.sampled_from(["left", "right", "rear", "front"])
codes = st.sampled_from(["", "22G1", "45G1", "99"])
readings = st.lists(
    st.builds(read, views, texts, st.sampled_from([100, 300, 700, 850, 920, 1000]), codes), min_size=0, max_size=6
)


def hold_the_rules(decide: Callable[[Sequence[ViewRead], int], Container], reads: list[ViewRead], cameras: int) -> None:
    """AssertionError names what may never be."""
    agreed = decide(reads, cameras)
    assert agreed.text in {"", *(one.text for one in reads)}, "repaired"
    assert agreed.form == form_of(agreed.text), "misnamed"
    assert (agreed.text == "") == (agreed.verdict == "UNREADABLE"), "nothing"
    supporters = [one for one in reads if one.text == agreed.text]
    if agreed.verdict != "ACCEPTED":
        return
    assert len(supporters) >= 2, "a single picture"
    assert agreed.against == "", "contradicted"
    assert len({one.view for one in supporters}) >= 2 or (cameras == 1 and agreed.form == "VALID"), "a single view"
    sure = {one.view: one.text for one in reads if one.confidence >= 900 and form_of(one.text) == "VALID"}
    if len([one for one in reads if one.text]) == 2 == len(sure):
        assert len(set(sure.values())) == 1, "two views that disagree"


@given(readings, st.integers(1, 4))
def test_the_rules_hold_for_any_readings(reads: list[ViewRead], cameras: int) -> None:
    hold_the_rules(agree, reads, cameras)


@given(readings.filter(lambda reads: len(reads) <= 4), st.integers(1, 4))
def test_the_order_of_the_pictures_does_not_matter(reads: list[ViewRead], cameras: int) -> None:
    assert len({agree(order, cameras) for order in permutations(reads)}) <= 1


@given(readings, st.integers(2, 4))
def test_a_view_that_contradicts_never_makes_a_doubtful_number_certain(reads: list[ViewRead], cameras: int) -> None:
    before = agree(reads, cameras)
    after = agree([*reads, read("above", "GESU1234564", 1000)], cameras)
    assert before.verdict == "ACCEPTED" or after.verdict != "ACCEPTED"


def believe_the_check_digit(reads: Sequence[ViewRead], cameras: int) -> Container:
    agreed = agree(reads, cameras)
    return replace(agreed, verdict="ACCEPTED") if agreed.form == "VALID" and agreed.against == "" else agreed


def repair_the_check_digit(reads: Sequence[ViewRead], cameras: int) -> Container:
    from station.core.containers import check_digit

    agreed = agree(reads, cameras)
    if agreed.form != "WRONG_CHECK_DIGIT":
        return agreed
    return replace(agreed, text=f"{agreed.text[:-1]}{check_digit(agreed.text[:-1])}", form="VALID")


CASES = [
    ([read("left", NUMBER, 1000)], 2),
    ([read("left", NUMBER, 1000), read("left", NUMBER, 1000)], 3),
    ([read("left", PAINTED), read("rear", PAINTED)], 2),
    ([read("left", NUMBER), read("rear", NUMBER), read("left", OTHER, 950), read("rear", OTHER, 950)], 2),
]


def hold_the_cases(decide: Callable[[Sequence[ViewRead], int], Container]) -> None:
    for reads, cameras in CASES:
        hold_the_rules(decide, reads, cameras)


@pytest.mark.parametrize(
    ("mutant", "rule"), [(believe_the_check_digit, "a single"), (repair_the_check_digit, "repaired")]
)
def test_a_consensus_that_takes_too_much_is_caught(
    mutant: Callable[[Sequence[ViewRead], int], Container], rule: str
) -> None:
    with pytest.raises(AssertionError, match=rule):
        hold_the_cases(mutant)


def test_a_consensus_that_does_not_hear_the_other_view_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_consensus, "_against", lambda *_: "")
    with pytest.raises(AssertionError):
        test_two_views_that_disagree_surely_are_both_told()
