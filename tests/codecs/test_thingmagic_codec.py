"""ThingMagic frames: the published vectors to the byte, and damage."""

import pytest

from drivers.contract.quantities import Millis
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting
from drivers.scanner.tag_field_model import TagField
from drivers.scanner.thingmagic_codec import ALIVE, TOO_HOT, Status, ThingMagicDecoder, crc
from drivers.scanner.thingmagic_peer import ThingMagicPeer

# [S61] comments of SparkFun's library: antennas 1 and 1, -60 dBm, EPC ending in 1545.
RECORD = bytes.fromhex(
    "FF 28 22 00 00 10 00 1B 01 FF 01 01 C4 11 0E 16 40 00 00 01 27 00 00 05 00 00 0F 00 80"
    "30 00 00 00 00 00 00 00 00 00 00 00 15 45 E9 4A 56 1D"
)
WRITE_TAG = bytes.fromhex("FF 0A 24 03 E8 00 00 00 00 00 03 00 EE 58 9D")


def test_the_published_record() -> None:
    assert ThingMagicDecoder().feed(RECORD) == [Sighting("000000000000000000001545", 1, -60, -60)]


def test_the_published_checksum_of_a_request() -> None:
    assert crc(WRITE_TAG[1:-2]) == WRITE_TAG[-2:]


def _status(code: int) -> bytes:
    body = b"\x00\x22" + code.to_bytes(2)
    return b"\xff" + body + crc(body)


@pytest.mark.parametrize("code", [ALIVE, TOO_HOT, 0x0505])
def test_what_it_says_of_itself(code: int) -> None:
    assert ThingMagicDecoder().feed(_status(code) + RECORD)[0] == Status(code)


def test_a_record_with_other_metadata_or_a_wrong_tag_checksum_is_no_tag() -> None:
    for place, value in ((9, 0x7F), (43, 0xE8)):
        body = RECORD[1:place] + bytes((value,)) + RECORD[place + 1 : -2]
        spoilt = b"\xff" + body + crc(body)
        found = ThingMagicDecoder().feed(spoilt + RECORD + RECORD)
        assert [item for item in found if not isinstance(item, BadBytes)] == ThingMagicDecoder().feed(RECORD) * 2


def test_the_peer_says_the_same() -> None:
    """The peer was written apart, and its record is the published one."""
    field = TagField(wander=0)
    field.put("000000000000000000001545", -60)
    assert ThingMagicPeer(field).advance(Millis(20)) == RECORD
