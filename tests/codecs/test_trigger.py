"""The commands that light a reader, and a Newland's answers among its codes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.trigger import Reply, ReplySieve, command

ACK = bytes.fromhex("02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03")
NAK = ACK.replace(b"\x06", b"\x15")


def test_honeywell_n86_manual_p_166() -> None:
    assert command("honeywell", on=True) == bytes.fromhex("16 54 0D")
    assert command("honeywell", on=False) == bytes.fromhex("16 55 0D")


def test_newland_command_form_of_the_manual_p_35() -> None:
    assert command("newland", on=True) == bytes.fromhex("7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03")
    assert command("newland", on=False) == bytes.fromhex("7E 01 30 30 30 30 23 53 43 4E 54 52 47 30 3B 03")


def test_a_reader_without_a_trigger_is_told_nothing() -> None:
    assert command("none", on=True) == command("none", on=False) == b""


@pytest.mark.parametrize(("answer", "meaning"), [(ACK, "ack"), (NAK, "nak"), (ACK.replace(b"\x06", b"\x05"), None)])
def test_an_answer_is_taken_out_of_the_codes_around_it(answer: bytes, meaning: str | None) -> None:
    rest, replies = ReplySieve().feed(b"A\r" + answer + b"B\r")
    assert rest == b"A\rB\r"
    assert [(reply.text, reply.confirmed) for reply in replies] == [("SCNTRG1", meaning or "unknown-command")]


def test_the_beginning_of_an_answer_waits_for_its_end_and_goes_back_after_a_pause() -> None:
    sieve = ReplySieve()
    assert sieve.feed(b"A\r" + ACK[:8]) == (b"A\r", [])
    assert sieve.holds
    assert sieve.release() == ACK[:8]
    assert not sieve.holds


def test_an_answer_that_never_ends_is_given_back() -> None:
    endless = ACK[:7] + b"X" * 60
    sieve = ReplySieve()
    assert sieve.feed(endless)[0] + sieve.release() == endless


@given(
    st.lists(st.sampled_from([ACK, NAK, b"\x02A\r", b"300000000001\r", b"\x02\x01", ACK[:9]]), max_size=8),
    st.lists(st.integers(0, 200), max_size=12),
)
def test_any_split_gives_the_same_and_loses_nothing(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    whole, torn = ReplySieve(), ReplySieve()
    expected = whole.feed(data)
    rest, replies = b"", list[Reply]()
    for begin, end in pairwise(places):
        more, found = torn.feed(data[begin:end])
        rest += more
        replies += found
    rest += torn.release()
    assert (rest, replies) == (expected[0] + whole.release(), expected[1])
    assert len(rest) + len(ACK) * len(replies) == len(data)


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_nothing_raises_and_other_bytes_come_out_again(pieces: list[bytes]) -> None:
    sieve = ReplySieve()
    out = b"".join(sieve.feed(piece)[0] for piece in pieces) + sieve.release()
    assert len(out) <= sum(map(len, pieces))
