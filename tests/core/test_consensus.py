from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import PlateRead
from station.core.consensus import ACCEPT_FROM, Consensus, agree


def seen(text: str, confidence: int, characters: tuple[int, ...] | None = None) -> PlateRead:
    each = (confidence,) * len(text) if characters is None else characters
    return PlateRead(
        order_id="o",
        sha256="0" * 64,
        raw=text,
        text=text,
        confidence=Permille(confidence),
        characters=tuple(Permille(c) for c in each),
        model="plate-reader",
        took=Millis(3),
    )


texts = st.sampled_from(["12C04567", "12C04587", "12C84567", "12C0456", "29R01234", "", "XX"])
reads = st.lists(st.builds(seen, texts, st.integers(0, 1000)), max_size=6)


def test_nothing_seen_is_unreadable() -> None:
    nothing = Consensus("", Permille(0), "UNREADABLE", 0)
    assert agree([]) == nothing
    assert agree([seen("", 0), seen("12C04567", 30)]) == nothing


@given(reads, st.randoms(use_true_random=False))
def test_the_order_of_the_frames_does_not_matter(frames: list[PlateRead], chance: Random) -> None:
    shuffled = list(frames)
    chance.shuffle(shuffled)
    assert agree(shuffled) == agree(frames)


@given(st.integers(200, 1000), st.integers(200, 1000), st.integers(0, 1000))
def test_one_confident_wrong_frame_never_outvotes_two_agreeing_ones(one: int, two: int, wrong: int) -> None:
    outcome = agree([seen("12C04567", one), seen("12C84567", wrong), seen("12C04567", two)])
    assert (outcome.text, outcome.frames) == ("12C04567", 2)


@given(reads)
def test_results_are_integers_in_range_and_accepted_ones_were_read_by_a_frame(frames: list[PlateRead]) -> None:
    outcome = agree(frames)
    assert type(outcome.confidence) is int
    assert 0 <= outcome.confidence <= 1000
    assert outcome.frames == sum(read.text == outcome.text and read.confidence >= 200 for read in frames if read.text)
    if outcome.verdict == "ACCEPTED":
        assert outcome.confidence >= ACCEPT_FROM
        assert outcome.frames >= 1
    assert (outcome.verdict == "UNREADABLE") == (outcome.text == "")


@given(st.integers(200, 1000), st.integers(200, 1000))
def test_an_agreeing_frame_never_lowers_the_confidence(one: int, two: int) -> None:
    alone = agree([seen("12C04567", max(one, two))])
    assert agree([seen("12C04567", one), seen("12C04567", two)]).confidence >= alone.confidence


def test_a_lone_confident_frame_is_accepted_and_a_weak_one_goes_to_a_person() -> None:
    assert agree([seen("12C04567", 960)]).verdict == "ACCEPTED"
    assert agree([seen("12C04567", 880)]).verdict == "REVIEW"


def test_two_middling_frames_that_agree_are_accepted() -> None:
    outcome = agree([seen("12C04567", 850), seen("12C04567", 840)])
    assert (outcome.verdict, outcome.frames) == ("ACCEPTED", 2)


def test_a_draw_between_two_texts_is_for_a_person() -> None:
    outcome = agree([seen("12C04567", 990), seen("12C84567", 995), seen("12C04567", 990), seen("12C84567", 995)])
    assert outcome.verdict == "REVIEW"


def test_a_text_of_no_known_grammar_is_never_accepted() -> None:
    assert agree([seen("13C12345", 999), seen("13C12345", 999)]).verdict == "REVIEW"


def test_frames_that_all_differ_are_voted_on_but_not_accepted() -> None:
    frames = [
        seen("12C04587", 700, (900, 900, 900, 900, 900, 900, 300, 900)),
        seen("12C84567", 700, (900, 900, 900, 300, 900, 900, 900, 900)),
        seen("12G04567", 700, (900, 900, 300, 900, 900, 900, 900, 900)),
    ]
    outcome = agree(frames)
    assert (outcome.text, outcome.verdict, outcome.frames) == ("12C04567", "REVIEW", 0)


@pytest.mark.parametrize("wrong", ["12C84567", "12C0456"])
def test_two_lone_frames_that_contradict_are_never_accepted(wrong: str) -> None:
    assert agree([seen("12C04567", 999), seen(wrong, 999)]).verdict == "REVIEW"
