"""Rinstrum's ASCII network: printed messages, and codec against peer. What harm does is in test_every_codec."""

import pytest

from drivers.contract.quantities import Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.rinstrum import RinstrumAnswer, checked, rinstrum_answers
from drivers.weighbridge.rinstrum_peer import RinstrumPeer


def _read(data: bytes, *, checksum: bool = False) -> list[RinstrumAnswer | BadBytes]:
    return rinstrum_answers(checksum=checksum).feed(data)


def test_golden_answers() -> None:
    """C530 manual p. 81: the gross weight; a refusal for want of permission; a passcode taken."""
    gross, refusal, taken = b"81110026: 100 kg G;", b"C1100102:0601;", b"81170019:0000;"
    assert _read(gross) == [RinstrumAnswer(gross, 1, False, "0026", " 100 kg G")]
    assert _read(refusal) == [RinstrumAnswer(refusal, 1, True, "0102", "0601")]
    assert _read(taken) == [RinstrumAnswer(taken, 1, False, "0019", "0000")]


def test_the_crc_is_that_of_the_standard() -> None:
    """CRC-16/CCITT beginning with FFFF: 123456789 gives 29B1 (LUA-LIB); 20110026: gives 54E3."""
    assert checked(b"123456789") == b"\x01123456789" + b"29B1\x04"
    assert checked(b"20110026:") == bytes.fromhex("01") + b"20110026:54E3" + bytes.fromhex("04")


def test_a_request_is_no_answer() -> None:
    """On a line of two wires we hear ourselves."""
    assert _read(b"21110026:;") == [BadBytes(b"21110026:;")]


def test_a_wrong_crc_is_bad() -> None:
    good = checked(b"81110026:   36380 kg G")
    assert [type(found) for found in _read(good, checksum=True)] == [RinstrumAnswer]
    bad = good.replace(b"36380", b"36390")
    assert _read(bad, checksum=True) == [BadBytes(bad)]


@pytest.mark.parametrize("checksum", [True, False])
@pytest.mark.parametrize("address", [1, 17, 31])
def test_codec_and_peer_agree_though_neither_knows_the_other(address: int, checksum: bool) -> None:
    deck = DeckModel()
    deck.set_zero_error(kilograms(36_380))
    peer = RinstrumPeer(deck, address=address, checksum=checksum, delay=Millis(0))
    for register, command, data in (
        ("0026", "05", "   36380 kg G"),
        ("0021", "11", "00000000"),
        ("0020", "11", "0" * 8),
    ):
        message = f"{0x20 + address:02X}{command}{register}:".encode()
        (told, *_) = _read(peer.feed(checked(message) if checksum else message + b";"), checksum=checksum)
        assert isinstance(told, RinstrumAnswer)
        assert (told.address, told.is_error, told.register, told.data) == (address, False, register, data)
