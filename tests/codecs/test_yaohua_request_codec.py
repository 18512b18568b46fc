"""Yaohua command mode: the manuals' requests and answers to the byte. What harm does is in test_every_codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from drivers.weighbridge.yaohua_request_codec import YaohuaAnswer, YaohuaAnswerDecoder, request

# All six printed in the A9+ and A23p manuals, table of the command mode, address 1.
REQUESTS = {
    "A": "02 41 41 30 30 03",
    "B": "02 41 42 30 33 03",
    "C": "02 41 43 30 32 03",
    "D": "02 41 44 30 35 03",
    "E": "02 41 45 30 34 03",
    "F": "02 41 46 30 37 03",
}
# Built from the same table.
GROSS_16370 = bytes.fromhex("02 41 42 2B 30 31 36 33 37 30 30 31 42 03")
HANDSHAKE = bytes.fromhex("02 41 41 30 30 03")
NOT_UNDERSTOOD = bytes.fromhex("02 41 04 34 35 03")


def _read(data: bytes) -> list[YaohuaAnswer | BadBytes]:
    return YaohuaAnswerDecoder().feed(data)


@pytest.mark.parametrize(("command", "frame"), REQUESTS.items())
def test_requests_are_those_of_the_manuals(command: str, frame: str) -> None:
    assert request("A", command) == bytes.fromhex(frame)


def test_golden_answers() -> None:
    assert _read(GROSS_16370) == [YaohuaAnswer(GROSS_16370, "A", "B", kilograms(16_370))]
    assert _read(HANDSHAKE) == [YaohuaAnswer(HANDSHAKE, "A", "", None)]
    assert _read(NOT_UNDERSTOOD) == [YaohuaAnswer(NOT_UNDERSTOOD, "A", "", None)]


@pytest.mark.parametrize(
    "frame",
    [
        GROSS_16370.replace(b"1B\x03", b"1b\x03"),
        GROSS_16370.replace(b"1B\x03", b"1C\x03"),
        b"\x02AB 0163700" + b"00\x03",
        b"\x02AB+0163705" + b"1E\x03",
        b"\x02aB+0163700" + b"3B\x03",
    ],
)
def test_answers_of_another_shape_are_bad_bytes(frame: bytes) -> None:
    assert _read(frame + b"\x00" * 14) == [BadBytes(frame + b"\x00" * 14)]


@given(st.integers(-400, 80_000), st.integers(1, 26), st.integers(0, 1))
def test_codec_and_peer_agree_though_neither_knows_the_other(load: int, number: int, decimals: int) -> None:
    deck = DeckModel(division=kilograms(10))
    deck.set_zero_error(kilograms(load))
    address = chr(ord("A") + number - 1)
    peer = YaohuaCommandPeer(deck, number=number, decimals=decimals, delay=Millis(0))
    told = _read(peer.feed(request(address, "B")))
    expected = [(address, "B", deck.mass)] if deck.in_range else []
    assert [(answer.address, answer.what, answer.mass) for answer in told if isinstance(answer, YaohuaAnswer)] == (
        expected
    )
    assert _read(peer.feed(request(address, "G")))[0].raw[2] == 4, "what it does not know is answered with EOT"
    assert peer.feed(request("A" if number > 1 else "B", "B")) == b"", "another address"
    assert not peer.acts
