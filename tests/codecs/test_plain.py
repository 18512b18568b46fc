"""Canonical JSON: what we write reads back the same, and nothing else gets in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.orders import Order, RaiseBoom, ReadPlate
from drivers.contract.plain import DEEPEST, NotPlain, canonical, decode, encode, parse
from drivers.contract.quantities import Tick
from drivers.contract.readings import CodeScanned, Reading

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_parse_then_write_gives_the_same_bytes(value: object) -> None:
    written = canonical(value)
    assert canonical(parse(written)) == written


@given(st.binary(max_size=200))
def test_no_bytes_lead_to_anything_but_a_value_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(NotPlain):
        decode(Order, data)


@given(st.text())
def test_a_reading_comes_back_whatever_its_text(text: str) -> None:
    reading = CodeScanned(text, "", "")
    assert decode(Reading, encode(reading)) == reading


def test_half_a_character_in_a_text_is_written_as_a_question_mark() -> None:
    assert decode(Reading, encode(CodeScanned("a\ud800b", "", ""))) == CodeScanned("a?b", "", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"1.5",
        b"NaN",
        b'{"a":1,"a":2}',
        b'"\\ud800"',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_what_is_not_plain_is_refused(data: bytes) -> None:
    with pytest.raises(NotPlain):
        parse(data)


def test_the_deepest_allowed_is_read() -> None:
    assert parse(b"[" * DEEPEST + b"]" * DEEPEST)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b'{"is":"RaiseBoom","order_id":"m1"}', "not_after"),
        (b'{"is":"RaiseBoom","order_id":7,"not_after":1}', "order_id"),
        (b'{"is":"RaiseBoom","order_id":"m1","not_after":true}', "not_after"),
        (b'{"is":"RaiseBoom","order_id":"m1","not_after":1,"boost":1}', "boost"),
        (b'{"is":"ToggleBoom"}', "ToggleBoom"),
        (b'["RaiseBoom"]', "object"),
    ],
)
def test_a_refusal_names_the_field(data: bytes, named: str) -> None:
    with pytest.raises(NotPlain, match=named):
        decode(Order, data)


def test_an_order_comes_back() -> None:
    for order in (RaiseBoom("m1", Tick(5)), ReadPlate("r1", Tick(5), "/p", "ab", (1, 2, 3, 4))):
        assert decode(Order, encode(order)) == order
