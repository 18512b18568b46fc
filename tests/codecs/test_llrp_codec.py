"""LLRP: the published first message of a reader, and damage."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.length_frames import BadBytes
from drivers.scanner.llrp_codec import READER_EVENT, LlrpDecoder, Message, connection

# [S66] READER_EVENT_NOTIFICATION, version 1, 32 bytes, with ConnectionAttempt: success.
EVENT = bytes.fromhex("043f000000200ab288c900f600160080000c0004f8535baadaff010000060000")


def test_the_published_event() -> None:
    (event,) = LlrpDecoder().feed(EVENT)
    assert isinstance(event, Message)
    assert (event.version, event.type, event.id, len(event.body)) == (1, READER_EVENT, 0x0AB288C9, 22)
    assert connection(event) == "taken"


def test_another_client_has_the_reader() -> None:
    (event,) = LlrpDecoder().feed(EVENT[:-1] + b"\x01")
    assert isinstance(event, Message)
    assert connection(event) == "refused"


def test_a_message_that_says_nothing_of_it() -> None:
    assert connection(Message(1, 62, 7, b"")) is None
    assert connection(Message(1, READER_EVENT, 7, b"\x00\xf6\x00\x04")) is None


@given(st.lists(st.binary(max_size=50) | st.just(EVENT), max_size=8))
def test_nothing_raises_and_every_byte_leaves_once(pieces: list[bytes]) -> None:
    decoder = LlrpDecoder()
    found = [item for piece in pieces for item in decoder.feed(piece)]
    out = sum(len(item.raw) if isinstance(item, BadBytes) else 10 + len(item.body) for item in found)
    assert out <= sum(map(len, pieces))
    for item in found:
        assert isinstance(item, BadBytes) or connection(item) in (None, "taken", "refused")
