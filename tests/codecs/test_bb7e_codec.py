"""BB..7E frames: the published ones to the byte, and damage."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.bb7e_codec import READ_ONCE, START, STOP, Bb7eDecoder, Reply
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting

# [S60] protocol description of M5Stack's UHF unit; the two E200 tags: a seller's list of commands and answers.
VECTORS = [
    (
        "BB 02 22 00 11 C9 34 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 3A 76 EF 7E",
        Sighting("30751FEB705C5904E3D50D70", 0, -55, -55),
    ),
    (
        "BB 02 22 00 11 D5 30 00 E2 00 10 71 00 00 52 9B 09 40 B4 02 EB 98 0C 7E",
        Sighting("E20010710000529B0940B402", 0, -43, -43),
    ),
    (
        "BB 02 22 00 11 C8 34 00 E2 00 10 71 00 00 52 9B 09 40 B4 02 16 3D D3 7E",
        Sighting("E20010710000529B0940B402", 0, -56, -56),
    ),
    ("BB 01 FF 00 01 15 16 7E", Reply(0xFF, b"\x15")),
]
TAG = bytes.fromhex(VECTORS[0][0])


@pytest.mark.parametrize(("frame", "said"), VECTORS)
def test_the_published_frames(frame: str, said: object) -> None:
    assert Bb7eDecoder().feed(bytes.fromhex(frame)) == [said]


def test_the_published_commands() -> None:
    assert bytes.fromhex("BB 00 22 00 00 22 7E") == READ_ONCE
    assert bytes.fromhex("BB 00 27 00 03 22 27 10 83 7E") == START
    assert bytes.fromhex("BB 00 28 00 00 28 7E") == STOP


def test_our_own_commands_are_no_answers() -> None:
    """An adapter for two-wire lines may echo what was sent."""
    decoder = Bb7eDecoder()
    assert decoder.feed(STOP + START + TAG) == [BadBytes(STOP + START), VECTORS[0][1]]


def _tag(epc: bytes, crc: bytes, sum_of: int) -> bytes:
    body = bytes((2, 0x22, 0, len(epc) + 5, 0xC9, len(epc) // 2 << 3, 0)) + epc + crc
    return b"\xbb" + body + bytes(((sum(body) + sum_of) & 0xFF, 0x7E))


def test_the_tags_own_checksum_counts_too() -> None:
    assert Bb7eDecoder().feed(TAG[:8] + b"\x31" + TAG[9:22] + b"\xf0\x7e" + TAG)[-1] == VECTORS[0][1]
    spoilt = _tag(TAG[8:20], b"\x00\x00", 0)
    decoder = Bb7eDecoder()
    assert all(isinstance(found, BadBytes) for found in [*decoder.feed(spoilt), *decoder.flush()])


def test_begin_and_end_inside_an_epc_end_nothing() -> None:
    epc = bytes.fromhex("BB 02 22 00 11 7E 7E BB 01 FF 00 01")
    said = bytes((len(epc) // 2 << 3, 0)) + epc
    crc = (binascii.crc_hqx(said, 0xFFFF) ^ 0xFFFF).to_bytes(2)
    (found,) = Bb7eDecoder().feed(_tag(epc, crc, 0))
    assert isinstance(found, Sighting)
    assert found.epc == epc.hex().upper()


@given(st.lists(st.binary(max_size=60) | st.just(TAG), max_size=8))
def test_every_byte_leaves_once(pieces: list[bytes]) -> None:
    decoder = Bb7eDecoder()
    found = [item for piece in pieces for item in decoder.feed(piece)] + decoder.flush()
    bad = sum(len(item.raw) for item in found if isinstance(item, BadBytes))
    tags = sum(isinstance(item, Sighting) for item in found)
    replies = [item for item in found if isinstance(item, Reply)]
    assert bad + len(TAG) * tags + sum(7 + len(reply.parameters) for reply in replies) == sum(map(len, pieces))
