import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from station.vision.ctc import Candidate, beam, character_shares, log_shares, prefer, share_of, together

ALPHABET = "AB"


def shares_of(rows: list[list[float]]) -> NDArray[np.float64]:
    return log_shares(np.log(np.array(rows, np.float32)))


def every_text(shares: NDArray[np.float64]) -> dict[str, float]:
    """The definition: sum over all paths. Independent of the beam."""
    total: dict[str, float] = {}
    for path in product(range(3), repeat=len(shares)):
        kept = [c for place, c in enumerate(path) if c != 2 and (place == 0 or path[place - 1] != c)]
        text = "".join(ALPHABET[c] for c in kept)
        total[text] = total.get(text, 0.0) + math.exp(sum(shares[step][c] for step, c in enumerate(path)))
    return total


rows = st.lists(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), min_size=1, max_size=3)


@given(rows)
def test_beam_gives_the_shares_of_the_definition(scores: list[list[float]]) -> None:
    shares = shares_of(scores)
    truth = every_text(shares)
    candidates = beam(shares, ALPHABET)
    for candidate in candidates:
        assert share_of(candidate) == pytest.approx(truth[candidate.text], abs=1e-6)
    best = max(truth.values())
    assert share_of(candidates[0]) == pytest.approx(best, abs=1e-6)


def test_a_repeated_character_needs_a_blank_between() -> None:
    a, blank = [0.998, 0.001, 0.001], [0.001, 0.001, 0.998]
    assert beam(shares_of([a, a]), ALPHABET)[0].text == "A"
    assert beam(shares_of([a, blank, a]), ALPHABET)[0].text == "AA"


def test_a_very_sure_blank_still_parts_repeats() -> None:
    a, blank = [0.998, 0.001, 0.001], [1e-6, 1e-6, 1.0]
    assert beam(shares_of([a, blank, a]), ALPHABET)[0].text == "AA"


def test_the_prior_shifts_the_choice_and_bars_nothing() -> None:
    candidates = (Candidate("A", math.log(0.6)), Candidate("B", math.log(0.3)))
    assert prefer(candidates, lambda text: 1.0 if text == "B" else 0.0).text == "B"
    assert prefer(candidates, lambda text: 0.5 if text == "B" else 0.0).text == "A"
    assert prefer(candidates, lambda text: 5.0 if text == "C" else 0.0).text == "A"


def test_character_shares_tell_the_doubtful_place() -> None:
    candidates = (Candidate("AB", math.log(0.6)), Candidate("AA", math.log(0.3)), Candidate("A", math.log(0.1)))
    assert character_shares("AB", candidates) == pytest.approx((0.9, 0.6))
    assert character_shares("", candidates) == ()


def test_looks_that_differ_are_weighed_together() -> None:
    sure_of_a = (Candidate("A", math.log(0.9)), Candidate("B", math.log(0.1)))
    leaning_to_b = (Candidate("B", math.log(0.6)), Candidate("A", math.log(0.4)))
    best, second = together([sure_of_a, leaning_to_b])
    assert (best.text, second.text) == ("A", "B")
    assert share_of(best) == pytest.approx(math.sqrt(0.9 * 0.4))


def test_a_text_that_one_look_never_saw_is_doubtful_and_not_impossible() -> None:
    (best, _) = together([(Candidate("A", math.log(0.99)),), (Candidate("B", math.log(0.98)),)])
    assert best.text == "A"
    assert 0 < share_of(best) < 0.01


@given(rows)
def test_one_look_alone_says_what_it_said(scores: list[list[float]]) -> None:
    candidates = beam(shares_of(scores), ALPHABET)
    alone = together([candidates])
    assert alone[0].text == candidates[0].text
    assert share_of(alone[0]) == pytest.approx(share_of(candidates[0]))
