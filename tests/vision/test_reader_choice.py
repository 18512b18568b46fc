"""Which of several readings of one plate goes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Permille
from station.vision.plate_reader import PlateText
from station.vision.plate_readers import choose

LATIN = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CHINESE = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ皖桂云挂")
LAO = frozenset("0123456789ກຂຄ")
LETTERS = (LATIN, CHINESE, LAO)


def reading(text: str, confidence: int, model: str = "") -> PlateText:
    return PlateText(text, text, Permille(confidence), tuple(Permille(confidence) for _ in text), model)


@pytest.mark.parametrize(
    ("latin", "chinese", "chosen"),
    [
        (("EA12345", 215), ("皖A12345", 980), "皖A12345"),
        (("12C04567", 990), ("云C04567", 120), "12C04567"),
        # What fits a grammar is worth more than confidence in what fits none.
        (("6A1234S", 700), ("皖A12345", 300), "皖A12345"),
        (("29C12345", 300), ("皖C1234", 700), "29C12345"),
        # Without a letter of its own the further reader is not heard, however sure it is.
        (("29C12345", 200), ("29C12346", 999), "29C12345"),
        (("", 0), ("29C12346", 999), ""),
        # Nothing read by the first, a Chinese text by the other, even a doubtful one.
        (("", 0), ("皖A12345", 90), "皖A12345"),
        (("", 0), ("皖A12", 90), "皖A12"),
        (("12C04567", 900), ("", 0), "12C04567"),
        (("", 0), ("", 0), ""),
    ],
)
def test_the_reading_with_more_evidence_goes_out(latin: tuple[str, int], chinese: tuple[str, int], chosen: str) -> None:
    assert choose([reading(*latin), reading(*chinese)], LETTERS[:2]).text == chosen


def test_a_third_reader_is_heard_for_its_own_letters_only() -> None:
    latin, chinese = reading("KK1111", 400), reading("桂K1111", 300)
    assert choose([latin, chinese, reading("ກຂ1111", 900)], LETTERS).text == "ກຂ1111"
    assert choose([latin, chinese, reading("1111", 999)], LETTERS).text == "KK1111"


def test_equal_evidence_falls_to_the_earlier_reader() -> None:
    assert choose([reading("12C04567", 500), reading("皖A12345", 500)], LETTERS[:2]).text == "12C04567"


texts = st.text(alphabet="皖桂12A", max_size=8)


@given(st.tuples(texts, st.integers(0, 1000)), st.tuples(texts, st.integers(0, 1000)))
def test_a_reading_goes_out_as_it_was_read(one: tuple[str, int], other: tuple[str, int]) -> None:
    """No reader's confidence is changed by what the other read."""
    readings = [reading(*one, model="a"), reading(*other, model="b")]
    assert choose(readings, LETTERS[:2]) in readings
