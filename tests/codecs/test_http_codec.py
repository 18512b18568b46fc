"""HTTP messages out of any bytes, by RFC 9112."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.http_codec import LONGEST_HEAD, Broken, HttpCodec, Message, Role

LARGEST = 100_000
CHUNKED = (
    b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\nWiki\r\n6;x=1\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n"
)
"""The body is the usual example of the chunked coding: three chunks, one with an extension, one with line breaks."""
POSTS = (
    b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    CHUNKED,
    b"GET / HTTP/1.0\r\n\r\n",
    b"POST /a HTTP/1.1\nContent-Length: 2\n\nok",
)


def read(data: bytes, role: Role = "requests") -> list[Message | Broken]:
    return HttpCodec(role, LARGEST).feed(data)


def only(data: bytes, role: Role = "requests") -> Message | Broken:
    found = read(data, role)
    assert len(found) == 1
    return found[0]


def test_a_request_with_a_length() -> None:
    message = only(POSTS[0])
    assert isinstance(message, Message)
    assert message.start == ("POST", "/a?b=1", "HTTP/1.1")
    assert dict(message.headers) == {"host": "x", "content-length": "5"}
    assert message.body == b"hello"


def test_a_body_in_chunks() -> None:
    message = only(CHUNKED)
    assert isinstance(message, Message)
    assert message.body == b"Wikipedia in \r\n\r\nchunks."


def test_requests_in_one_stream_and_in_any_pieces() -> None:
    whole = b"".join(POSTS)
    expected = read(whole)
    assert [type(message) for message in expected] == [Message] * len(POSTS)
    codec = HttpCodec("requests", LARGEST)
    assert [found for at in range(len(whole)) for found in codec.feed(whole[at : at + 1])] == expected


@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_any_split_gives_the_same(cuts: list[int]) -> None:
    whole = b"".join(POSTS)
    at = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    codec = HttpCodec("requests", LARGEST)
    assert [found for begin, end in pairwise(at) for found in codec.feed(whole[begin:end])] == read(whole)


@given(pieces=st.lists(st.binary(max_size=80), max_size=10), role=st.sampled_from(["requests", "answers"]))
def test_nothing_raises_and_nothing_follows_what_is_broken(pieces: list[bytes], role: Role) -> None:
    codec = HttpCodec(role, LARGEST)
    found = [message for piece in pieces for message in codec.feed(piece)]
    codec.end()
    assert all(isinstance(message, Message) for message in found[:-1])


@given(post=st.sampled_from(POSTS), bit=st.integers(0, 10_000), tail=st.binary(max_size=30))
def test_a_flipped_bit_never_raises(post: bytes, bit: int, tail: bytes) -> None:
    spoilt = bytearray(post + tail)
    spoilt[bit // 8 % len(spoilt)] ^= 1 << bit % 8
    read(bytes(spoilt))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x02+00200021B\x03\r\n\r\n", 400),
        (b"POST /a HTTP/2\r\n\r\n", 400),
        (b"POST  /a HTTP/1.1\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", 400),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", 413),
        (b"POST /a HTTP/1.1\r\nContent-Length: 100001\r\n\r\n", 413),
        (b"POST /a HTTP/1.1\r\nA: " + b"x" * LONGEST_HEAD, 431),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 40, 431),
    ],
)
def test_what_is_no_request_is_refused_with_its_status(data: bytes, status: int) -> None:
    refused = only(data)
    assert isinstance(refused, Broken)
    assert refused.status == status
    assert refused.seen


def test_a_stream_of_chunks_is_bounded_as_a_whole() -> None:
    codec = HttpCodec("requests", LARGEST)
    codec.feed(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    found = [message for _ in range(30) for message in codec.feed(b"1000\r\n" + bytes(0x1000) + b"\r\n")]
    assert [message.status for message in found if isinstance(message, Broken)] == [413]
    assert not codec.is_amid


def test_the_sender_that_waits_for_leave_is_noticed_once_its_head_is_whole() -> None:
    codec = HttpCodec("requests", LARGEST)
    codec.feed(b"POST /a HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n")
    assert not codec.awaits_leave
    codec.feed(b"\r\n")
    assert codec.awaits_leave
    assert codec.feed(b"ok")
    assert not codec.awaits_leave
    assert not codec.is_amid


def test_leave_is_given_once_for_a_body_in_chunks() -> None:
    codec = HttpCodec("requests", LARGEST)
    codec.feed(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
    asked = [codec.awaits_leave]
    for piece in (b"2\r\nok\r\n", b"0\r\n"):
        assert codec.feed(piece) == []
        asked.append(codec.awaits_leave)
    assert asked == [True, False, False]
    assert len(codec.feed(b"\r\n")) == 1


def test_answers_with_a_length_without_one_and_after_a_continue() -> None:
    with_length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert only(with_length, "answers") == only(b"HTTP/1.1 100 Continue\r\n\r\n" + with_length, "answers")
    codec = HttpCodec("answers", LARGEST)
    assert codec.feed(b"HTTP/1.0 200 OK\r\n\r\nall there is") == []
    ended = codec.end()
    assert isinstance(ended, Message)
    assert ended.body == b"all there is"
    no_reason = only(b"HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", "answers")
    assert isinstance(no_reason, Message)
    assert no_reason.start == ("HTTP/1.1", "401", "")


def test_an_end_inside_a_message_is_no_message() -> None:
    codec = HttpCodec("answers", LARGEST)
    codec.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf")
    assert isinstance(codec.end(), Broken)
    assert codec.end() is None


def test_an_endless_answer_is_cut_at_the_limit() -> None:
    codec = HttpCodec("answers", LARGEST)
    codec.feed(b"HTTP/1.0 200 OK\r\n\r\n")
    found = [message for _ in range(4) for message in codec.feed(bytes(50_000))]
    assert [type(message) for message in found] == [Broken]
