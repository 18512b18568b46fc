"""GS1 element strings: fields, lengths, check digits and what is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.gs1 import Element, NotGs1, check_digit, parse


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("629104150021", "3"),  # the worked example of the GS1 check digit: GTIN-13 6291041500213
        ("37610425002123456", "9"),  # the same of an SSCC: 376104250021234569
        ("0950600013435", "2"),  # GTIN-14 09506000134352 of the GS1 digital link examples
    ],
)
def test_check_digits_of_the_public_examples(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def test_fields_of_fixed_and_of_variable_length() -> None:
    assert parse("0109506000134352" + "3103001750" + "10ABC-1\x1d" + "17271231") == (
        Element("01", "09506000134352"),
        Element("3103", "001750"),
        Element("10", "ABC-1"),
        Element("17", "271231"),
    )


def test_a_logistic_unit() -> None:
    assert parse("00376104250021234569") == (Element("00", "376104250021234569"),)
    assert parse("\x1d00376104250021234569\x1d400PO-77") == (
        Element("00", "376104250021234569"),
        Element("400", "PO-77"),
    )


def test_an_identifier_with_a_fixed_and_a_variable_part() -> None:
    assert parse("3911704" + "1250") == (Element("3911", "7041250"),)
    assert parse("421704BAC-1\x1d20" + "01") == (Element("421", "704BAC-1"), Element("20", "01"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("\x1d", "empty"),
        ("0109506000134353", "check digit of AI 01"),
        ("00376104250021234560", "check digit of AI 00"),
        ("010950600013435", "AI 01"),  # one digit short
        ("10" + "A" * 21, "AI 10"),
        ("10ABC\x1d", "nothing follows"),
        ("17271331", "no date"),
        ("05123", "no application identifier"),
        ("10Đồng", "AI 10"),
    ],
)
def test_what_is_none_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(NotGs1, match=named):
        parse(text)


@given(st.text(max_size=60) | st.text("0123456789\x1d", max_size=60))
def test_any_text_is_fields_or_a_refusal(text: str) -> None:
    try:
        found = parse(text)
    except NotGs1:
        return
    joined = "".join(element.ai + element.value for element in found)
    assert joined == text.replace("\x1d", "")
