"""The identity card's QR code: the published form, its declared variants, and every field that can be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.readings import IdentityField, IdentityRead, IdentityRefused
from drivers.scanner.cccd_codec import Variant, read_card

# The form of the example that the parsers of Vietnamese projects carry; the address is whole here.
CARD = "001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường Thử Nghiệm, Hà Nội|15042021"
FIELDS: tuple[tuple[IdentityField, str], ...] = (
    ("number", "001090123456"),
    ("old-number", "012345678"),
    ("name", "NGUYEN VAN A"),
    ("birth", "1990-01-01"),
    ("sex", "M"),
    ("address", "Phường Thử Nghiệm, Hà Nội"),
    ("issued", "2021-04-15"),
)
USUAL = Variant()


def with_field(place: int, value: str) -> str:
    parts = CARD.split("|")
    parts[place] = value
    return "|".join(parts)


def test_the_published_form() -> None:
    assert read_card(CARD, USUAL) == IdentityRead("cccd", FIELDS)


def test_an_empty_old_number_and_six_fields_are_the_same_card() -> None:
    without = tuple(field for field in FIELDS if field[0] != "old-number")
    assert read_card(with_field(1, ""), USUAL) == IdentityRead("cccd", without)
    assert read_card(CARD.replace("|012345678", ""), USUAL) == IdentityRead("cccd", without)


def test_letters_and_their_marks_apart_are_the_same_name() -> None:
    apart = with_field(2, "NGUYỄN VĂN MẪU")
    assert read_card(apart, USUAL) == read_card(with_field(2, "NGUYỄN VĂN MẪU"), USUAL)


def test_dates_with_slashes_only_where_they_are_declared() -> None:
    slashed = CARD.replace("01011990", "01/01/1990").replace("15042021", "15/04/2021")
    assert read_card(slashed, Variant(slashes=True)) == IdentityRead("cccd", FIELDS)
    assert read_card(slashed, USUAL) == IdentityRefused("cccd", "birth")
    assert read_card(CARD, Variant(slashes=True)) == IdentityRefused("cccd", "birth")


def test_more_fields_only_where_they_are_declared_and_then_left_out() -> None:
    longer = CARD + "||CHA MẪU|MẸ MẪU"
    assert read_card(longer, Variant(more_fields=True)) == IdentityRead("cccd", FIELDS)
    assert read_card(longer, USUAL) == IdentityRefused("cccd", "field-count")


@pytest.mark.parametrize("text", ["107900000010", "https://example.org/a", "", "NGUYEN VAN A"])
def test_another_code_is_no_card(text: str) -> None:
    assert read_card(text, USUAL) == IdentityRefused("unknown", "not-a-card")


@pytest.mark.parametrize(
    ("place", "value", "check"),
    [
        (0, "00109012345", "number"),
        (0, "00109012345O", "number"),
        (0, "٠٠١٠٩٠١٢٣٤٥٦", "number"),
        (0, "CCCD: 001090123456", "number"),  # a label before the value
        (1, "12345678", "old-number"),
        (2, "NGUY?N V?N A", "name"),  # what a 7-bit reader leaves of it
        (2, "", "name"),
        (2, "NGUYEN\tVAN", "name"),
        (3, "31021990", "birth"),
        (3, "1990", "birth"),
        (3, "00000000", "birth"),
        (4, "Nu", "sex"),
        (4, "M", "sex"),
        (5, "", "address"),
        (5, "Ph\ufffdng", "address"),
        (6, "15132021", "issued"),
        (6, "01011980", "issued"),  # before the birth
        (3, "01011991", "number-disagrees"),
        (3, "01012090", "issued"),
        (4, "Nữ", "number-disagrees"),
    ],
)
def test_each_field_is_checked_by_name(place: int, value: str, check: str) -> None:
    assert read_card(with_field(place, value), USUAL) == IdentityRefused("cccd", check)


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [("001190123456", "01011990", "Nữ"), ("001205123456", "01012005", "Nam"), ("001305123456", "01012005", "Nữ")],
)
def test_century_and_sex_in_the_number(number: str, birth: str, sex: str) -> None:
    card = f"{number}||NGUYEN VAN A|{birth}|{sex}|Hà Nội|15042021"
    assert isinstance(read_card(card, USUAL), IdentityRead)


variants = st.builds(Variant, st.booleans(), st.booleans())


@given(st.text(max_size=200) | st.lists(st.text(max_size=20), max_size=9).map("|".join), variants)
def test_any_text_is_a_card_or_a_refusal_that_tells_nothing_of_it(text: str, variant: Variant) -> None:
    found = read_card(text, variant)
    assert isinstance(found, IdentityRefused)
    assert found.check.replace("-", "").isalpha()


@given(st.integers(0, len(CARD.encode()) * 8 - 1))
def test_a_flipped_bit_never_gives_a_number_of_another_person_of_another_age(bit: int) -> None:
    spoilt = bytearray(CARD.encode())
    spoilt[bit // 8] ^= 1 << bit % 8
    found = read_card(spoilt.decode(errors="replace"), USUAL)
    if isinstance(found, IdentityRead):
        fields = dict(found.fields)
        assert fields["number"][3:6] == "0" + fields["birth"][2:4]
