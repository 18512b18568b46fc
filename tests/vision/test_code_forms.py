"""The form of a painted code is a must; check digit and owner only shift the choice."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from station.core.containers import check_digit, form_of
from station.vision.code_forms import (
    CHECK_DIGIT_BONUS,
    best_number,
    best_size_type,
    number_beam,
    owners,
    size_type_beam,
)
from station.vision.ctc import Candidate, log_shares

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def seen(*steps: dict[str, float]) -> NDArray[np.float64]:
    """One step per character with the given shares, a sure blank after each."""
    rows = []
    for step in steps:
        row = np.full(len(ALPHABET) + 1, 1e-6)
        for character, share in step.items():
            row[ALPHABET.index(character)] = share
        blank = np.full(len(ALPHABET) + 1, 1e-7)
        blank[-1] = 1.0
        rows += [row, blank]
    return log_shares(np.log(np.array(rows, np.float64)).astype(np.float32))


def painted(text: str) -> list[dict[str, float]]:
    return [{character: 0.97} for character in text]


def test_letters_stand_where_letters_must_and_digits_where_digits_must() -> None:
    steps = painted("TCLU4567897")
    steps[2] = {"1": 0.9, "L": 0.08}  # in the letters' part
    steps[5] = {"S": 0.9, "5": 0.08}  # in the digits' part
    best = best_number(number_beam(seen(*steps), ALPHABET))
    assert best is not None
    assert best.text == "TCLU4567897"
    assert math.exp(best.log_share) < 0.02, "the doubt of both places stays in the confidence"


def test_writing_of_another_form_is_no_number() -> None:
    for text in ("MAX GROSS".replace(" ", ""), "22G1", "TCLU456789", "KGSLBSCUBCAP"):
        heard = best_number(number_beam(seen(*painted(text)), ALPHABET))
        assert heard is None or math.exp(heard.log_share) < 1e-3


def test_a_doubtful_digit_falls_to_the_right_check_digit() -> None:
    steps = painted("TCLU4567897")
    steps[6] = {"8": 0.52, "6": 0.45}
    best = best_number(number_beam(seen(*steps), ALPHABET))
    assert best is not None
    assert best.text == "TCLU4567897"


def test_a_clearly_painted_wrong_check_digit_is_read_as_it_stands() -> None:
    best = best_number(number_beam(seen(*painted("MSCU1234567")), ALPHABET))
    assert best is not None
    assert best.text == "MSCU1234567"
    assert form_of(best.text) == "WRONG_CHECK_DIGIT"


def test_the_prior_never_raises_a_share() -> None:
    steps = painted("TCLU4567897")
    steps[10] = {"1": 0.6, "7": 0.3}
    heard = number_beam(seen(*steps), ALPHABET)
    best = best_number(heard)
    assert best is not None
    assert best.text == "TCLU4567897"
    assert best in heard
    assert math.exp(best.log_share) == pytest.approx(1 / 3, rel=0.05)


def test_a_listed_owner_wins_between_equals_and_no_more() -> None:
    listed = sorted(owners())[0]
    other = "QQQU"
    assert other not in owners()
    first, second = Candidate(f"{listed}1234561", -1.0), Candidate(f"{other}1234561", -0.5)
    assert form_of(first.text) == form_of(second.text) == "WRONG_CHECK_DIGIT"
    assert best_number((first, second)) == first
    assert best_number((first, Candidate(second.text, 2.0))) == Candidate(second.text, 2.0)


def test_the_check_digit_outweighs_the_owner() -> None:
    right = Candidate(f"QQQU456789{check_digit('QQQU456789')}", -1.0)
    assert best_number((Candidate("TCLU4567890", -1.0), right)) == right
    assert math.log(1000) > CHECK_DIGIT_BONUS, "a clear wrong digit must stay readable"


@given(st.from_regex(r"\A[A-Z]{3}[UJZ][0-9]{7}\Z"))
def test_every_number_that_is_painted_clearly_is_read(number: str) -> None:
    best = best_number(number_beam(seen(*painted(number)), ALPHABET))
    assert best is not None
    assert best.text == number


def test_size_and_type() -> None:
    best = best_size_type(size_type_beam(seen(*painted("22G1")), ALPHABET))
    assert best is not None
    assert best.text == "22G1"
    assert best_size_type(size_type_beam(seen(*painted("2201")), ALPHABET)) is None
    other = best_size_type(size_type_beam(seen(*painted("92G1")), ALPHABET))
    assert other is None or math.exp(other.log_share) < 1e-3


def test_every_listed_owner_is_a_prefix() -> None:
    assert len(owners()) > 100
    for prefix in owners():
        assert form_of(f"{prefix}0000000") != "MALFORMED"
