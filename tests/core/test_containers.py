import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.containers import check_digit, form_of, is_size_type, normalise, owner_of, size_type_of

# Numbers of the domain brief, section 4.1.
VALID = ["CSQU3054383", "TCLU4567897", "TEMU1234565", "GESU1234564", "TRHU5123455", "TCLU1000030"]

TENS = st.from_regex(r"\A[A-Z]{3}[UJZ][0-9]{6}\Z")


@pytest.mark.parametrize("number", VALID)
def test_numbers_of_the_brief_are_valid(number: str) -> None:
    assert form_of(number) == "VALID"
    assert owner_of(number) == number[:4]


def test_a_wrong_check_digit_is_told_apart_from_no_number() -> None:
    assert form_of("MSCU1234567") == "WRONG_CHECK_DIGIT"
    assert check_digit("MSCU123456") == 6
    assert owner_of("MSCU1234567") == "MSCU"
    for text in ("", "MSCU123456", "MSCX1234566", "MSC01234566", "MSCU123456A", "mscu1234566", "MSCU12345661"):
        assert form_of(text) == "MALFORMED"
        assert owner_of(text) == ""


def test_a_remainder_of_ten_is_written_as_zero() -> None:
    assert check_digit("TCLU100003") == 0


def test_no_check_digit_of_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="six digits"):
        check_digit("TCLU45678")


@given(TENS)
def test_exactly_one_check_digit_fits(first_ten: str) -> None:
    assert sum(form_of(f"{first_ten}{digit}") == "VALID" for digit in range(10)) == 1


@given(TENS, st.integers(4, 9), st.integers(1, 9))
def test_one_wrong_digit_shows_unless_it_stands_for_the_shared_zero(first_ten: str, place: int, step: int) -> None:
    other = first_ten[:place] + str((int(first_ten[place]) + step) % 10) + first_ten[place + 1 :]
    if check_digit(first_ten) != 0:  # remainders 0 and 10 are both written 0
        assert check_digit(other) != check_digit(first_ten)


@pytest.mark.parametrize(("written", "number"), [("tclu 456789-7", "TCLU4567897"), ("TCLU\n456 789 7", "TCLU4567897")])
def test_one_normal_form(written: str, number: str) -> None:
    assert normalise(written) == number


def test_size_and_type() -> None:
    assert size_type_of("22G1") is not None
    seen = size_type_of("45R1")
    assert seen is not None
    assert (seen.length_mm, seen.height_mm, seen.group) == (12_192, 2_896, "R")
    for text in ("", "22G", "22G12", "2201", "92G1", "MAX "):
        assert not is_size_type(text)
        assert size_type_of(text) is None
