"""Codes as lines of text: suffix and pause, what they may hold, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, Tick
from drivers.scanner.line_codec import SUFFIXES, Aim, BadScan, LineDecoder, Scan, Suffix, mark

QUIET = Millis(80)
# A CCCD chip card's QR (7 fields) and a GS1-128 code: AIM identifier, then GS between the fields.
CARD = "001090123456|012345678|NGUYỄN VĂN A|01011990|Nam|Phường Một|15042021"
GS1 = b"]C10109312345678907\x1d10ABC\r"


def _decode(data: bytes, suffix: str = "cr", *, prefix: str = "", aim: Aim = "off") -> list[Scan | BadScan]:
    decoder = LineDecoder(suffix, QUIET, prefix=prefix, aim=aim)
    return decoder.feed(data, Tick(0)) + decoder.wait(Tick(80)) + decoder.wait(Tick(10_000))


@pytest.mark.parametrize("suffix", list(SUFFIXES))
def test_a_code_with_its_suffix(suffix: Suffix) -> None:
    raw = CARD.encode() + SUFFIXES[suffix]
    assert _decode(raw, suffix) == [Scan(CARD, "", raw)]


def test_a_code_ends_only_after_the_pause() -> None:
    decoder = LineDecoder("cr", QUIET)
    assert decoder.due() is None
    assert decoder.feed(b"A\r", Tick(100)) == []
    assert decoder.due() == 180
    assert decoder.wait(Tick(179)) == []
    assert decoder.wait(Tick(180)) == [Scan("A", "", b"A\r")]
    assert decoder.due() is None


@pytest.mark.parametrize("inside", ["line one\rline two", "a\nb", "a\r\nb", "]Q1 is text", "\rA"])
def test_a_code_may_hold_the_suffix_itself(inside: str) -> None:
    assert _decode(inside.encode() + b"\r") == [Scan(inside, "", inside.encode() + b"\r")]


def test_bytes_that_lay_unread_do_not_tear_a_code() -> None:
    decoder = LineDecoder("cr", QUIET)
    assert decoder.feed(b"AB", Tick(0)) == []
    assert decoder.feed(b"CD\r", Tick(5000)) == []
    assert decoder.wait(Tick(5080)) == [Scan("ABCD", "", b"ABCD\r")]


def test_a_pause_without_a_suffix_does_not_end_a_code_but_a_long_one_refuses_it() -> None:
    decoder = LineDecoder("cr", QUIET)
    decoder.feed(b"ABC", Tick(0))
    assert decoder.wait(Tick(799)) == []
    assert decoder.wait(Tick(800)) == [BadScan(b"ABC", "no-suffix")]


def test_etx_tells_codes_in_a_burst_apart_at_once() -> None:
    decoder = LineDecoder("etx", QUIET)
    assert decoder.feed(b"A\x03B\r\n\x03C", Tick(0)) == [Scan("A", "", b"A\x03"), Scan("B\r\n", "", b"B\r\n\x03")]


def test_aim_identifier_is_the_symbology() -> None:
    found = Scan("0109312345678907\x1d10ABC", "]C1", GS1)
    assert _decode(GS1, aim="on") == _decode(GS1, aim="auto") == [found]
    assert _decode(GS1) == [Scan(GS1[:-1].decode(), "", GS1)]


def test_a_code_without_its_aim_identifier_is_refused_only_if_the_reader_always_sends_one() -> None:
    assert _decode(b"plain\r", aim="auto") == [Scan("plain", "", b"plain\r")]
    assert _decode(b"plain\r", aim="on") == [BadScan(b"plain\r", "no-aim")]


def test_aim_identifiers_tell_codes_in_a_burst_apart() -> None:
    burst = b"]C0A\r]Q1B\rC\r"
    assert _decode(burst, aim="on") == [Scan("A", "]C0", b"]C0A\r"), Scan("B\rC", "]Q1", b"]Q1B\rC\r")]
    assert _decode(burst, aim="auto") == [Scan("A\r]Q1B\rC", "]C0", burst)]


@pytest.mark.parametrize("raw", [b"Ph\xed\xf3ng\r", b"\xff\xfe\r", CARD.encode("utf-16") + b"\r"])
def test_what_is_no_utf_8_is_refused(raw: bytes) -> None:
    assert _decode(raw) == [BadScan(raw, "not-utf-8")]


def test_a_suffix_alone_is_no_code() -> None:
    assert _decode(b"\r") == [BadScan(b"\r", "empty")]


def test_what_stands_before_the_prefix_refuses_the_code() -> None:
    assert _decode(b"\x02A\x03", "etx", prefix="stx") == [Scan("A", "", b"\x02A\x03")]
    assert _decode(b"A\x03", "etx", prefix="stx") == [BadScan(b"A\x03", "no-prefix")]
    assert _decode(b"\x02]Q1A\x03", "etx", prefix="02", aim="on") == [Scan("A", "]Q1", b"\x02]Q1A\x03")]


def test_stx_tells_codes_in_a_burst_apart() -> None:
    assert _decode(b"\x02A\r\x02B\rC\r", prefix="stx") == [
        Scan("A", "", b"\x02A\r"),
        Scan("B\rC", "", b"\x02B\rC\r"),
    ]


def test_a_suffix_of_ones_own_may_be_unmistakable() -> None:
    """CR LF ETX, as it is best set at installation: nothing inside a code looks like it."""
    found = _decode(b"one\r\ntwo\r\n\x03three\r\n\x03", "0D0A03")
    assert [scan.text for scan in found if isinstance(scan, Scan)] == ["one\r\ntwo", "three"]


@pytest.mark.parametrize("text", ["", "0", "zz", "CR", "00" * 9])
def test_what_is_no_mark_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        mark(text)


def test_an_aim_identifier_without_a_code_is_refused() -> None:
    assert _decode(b"]Q1\r", aim="on") == [BadScan(b"]Q1\r", "empty")]


def test_a_code_of_3072_bytes_is_taken_and_a_longer_one_refused_with_its_tail() -> None:
    assert isinstance(_decode(b"x" * 3071 + b"\r")[0], Scan)
    decoder = LineDecoder("cr", QUIET)
    assert decoder.feed(b"x" * 3073, Tick(0)) == [BadScan(b"x" * 3073, "too-long")]
    assert decoder.feed(b"tail\r", Tick(10)) == []
    assert decoder.wait(Tick(810)) == [BadScan(b"tail\r", "too-long")]
    decoder.feed(b"next\r", Tick(900))
    assert decoder.wait(Tick(980)) == [Scan("next", "", b"next\r")]


suffixes: st.SearchStrategy[Suffix] = st.sampled_from(["cr", "lf", "crlf", "etx"])


@given(st.text(st.characters(exclude_characters="\x03", codec="utf-8"), min_size=1, max_size=80), suffixes, st.data())
def test_any_text_survives_any_split(text: str, suffix: Suffix, data: st.DataObject) -> None:
    raw = text.encode() + SUFFIXES[suffix]
    decoder = LineDecoder(suffix, QUIET)
    found: list[Scan | BadScan] = []
    at, sent = 0, 0
    while sent < len(raw):
        size = data.draw(st.integers(1, len(raw) - sent))
        at += data.draw(st.integers(0, 79))
        found += decoder.wait(Tick(at))
        found += decoder.feed(raw[sent : sent + size], Tick(at))
        sent += size
    assert found + decoder.wait(Tick(at + 80)) == [Scan(text, "", raw)]


steps = st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 1000)), max_size=20)


@given(steps, suffixes, st.sampled_from(["off", "on", "auto"]), st.sampled_from(["", "stx", "5D51"]))
def test_no_bytes_raise_and_all_are_given_back(
    pieces: list[tuple[bytes, int]], suffix: Suffix, aim: Aim, prefix: str
) -> None:
    decoder = LineDecoder(suffix, QUIET, prefix=prefix, aim=aim)
    found: list[Scan | BadScan] = []
    at = 0
    for data, pause in pieces:
        found += decoder.feed(data, Tick(at)) if data else []
        at += pause
        found += decoder.wait(Tick(at))
    found += decoder.wait(Tick(at + 10_000))
    assert b"".join(item.raw for item in found) == b"".join(data for data, _ in pieces)
    assert decoder.due() is None
