"""UHFReader18 and 288 frames: the maker's vectors as the chafon-rfid project holds them, and damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.length_frames import BadBytes
from drivers.scanner.reader18_codec import (
    INFO,
    Info,
    Inventory,
    Model,
    Reader18Decoder,
    Refused,
    command,
    crc,
    inventory,
)
from drivers.scanner.stays import Sighting

E313, E314 = "000000000000000000000313", "000000000000000000000314"

# [S59] tests of UHFReader288 and the base frames.
READER_288 = [
    (
        "15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A5",
        Inventory((Sighting(E313, 1, 0x6B, 0),), is_last=False),
    ),
    (
        "23 00 01 03 01 02 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B 0C 00 00 00 00 00 00 00 00 00 00 03 14 6C 70 F2",
        Inventory((Sighting(E313, 1, 0x6B, 0), Sighting(E314, 1, 0x6C, 0)), is_last=False),
    ),
    (
        "15 00 01 03 04 01 0C 49 44 00 00 00 00 00 00 0A 00 03 34 64 25 C0",  # antenna bit 4 is antenna 3
        Inventory((Sighting("49440000000000000A000334", 3, 0x64, 0),), is_last=False),
    ),
    ("0D 00 01 03 01 01 04 00 32 30 38 6D A3 D2", Inventory((Sighting("00323038", 1, 0x6D, 0),), is_last=False)),
    ("07 00 01 01 01 00 1E 4B", Inventory((), is_last=True)),
    ("11 00 21 00 00 16 0C 03 4E 00 1E 0A 01 00 00 00 E6 51", Info("0.22", 0x0C)),
]
# [S59] tests of UHFReader18.
READER_18 = [
    (
        "13 00 01 03 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 3F 39",
        Inventory((Sighting(E313, 0, 0, 0),), is_last=False),
    ),
    (
        "20 00 01 03 02 0C 00 00 00 00 00 00 00 00 00 00 03 13 0C 00 00 00 00 00 00 00 00 00 00 03 14 9A C9",
        Inventory((Sighting(E313, 0, 0, 0), Sighting(E314, 0, 0, 0)), is_last=False),
    ),
]
CASES: list[tuple[Model, str, object]] = [
    *(("uhfreader288", frame, said) for frame, said in READER_288),
    *(("uhfreader18", frame, said) for frame, said in READER_18),
]


@pytest.mark.parametrize(("model", "frame", "said"), CASES)
def test_the_makers_frames(model: Model, frame: str, said: object) -> None:
    assert Reader18Decoder(model).feed(bytes.fromhex(frame)) == [said]


def test_commands() -> None:
    assert command(INFO) == bytes.fromhex("04 FF 21 19 95")
    assert inventory("uhfreader18", 1) == bytes.fromhex("04 FF 01 1B B4")
    data = bytes.fromhex("0F 00 01 00 00 00 00 80 14")  # the defaults that the project's test names
    asked = inventory("uhfreader288", 1, q=15, tenths=0x14)
    assert asked[3:-2] == data
    assert crc(asked[:-2]) == asked[-2:]
    assert inventory("uhfreader288", 3)[-4] == 0x82


def test_the_makers_frame_with_a_bad_checksum() -> None:
    bad = bytes.fromhex("15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A6")
    decoder = Reader18Decoder("uhfreader288")
    assert all(isinstance(found, BadBytes) for found in [*decoder.feed(bad), *decoder.flush()])


@pytest.mark.parametrize(("model", "frame", "said"), CASES)
def test_the_other_model_takes_no_tag_from_it(model: Model, frame: str, said: object) -> None:
    other: Model = "uhfreader18" if model == "uhfreader288" else "uhfreader288"
    decoder = Reader18Decoder(other)
    found = [*decoder.feed(bytes.fromhex(frame)), *decoder.flush()]
    assert not any(answer.tags for answer in found if isinstance(answer, Inventory))


def test_a_status_that_is_no_inventory_is_told() -> None:
    frame = bytes.fromhex("05 00 01 F8")
    assert Reader18Decoder("uhfreader288").feed(frame + crc(frame)) == [Refused(1, 0xF8)]
    none = bytes.fromhex("05 00 01 FB")
    assert Reader18Decoder("uhfreader288").feed(none + crc(none)) == [Inventory((), is_last=True)]


def test_a_false_length_is_given_up_after_two_frames_and_after_a_pause() -> None:
    one = bytes.fromhex(READER_288[0][0])
    decoder = Reader18Decoder("uhfreader288")
    assert decoder.feed(b"\xff\x00\x01" + one) == []
    assert [type(found) for found in decoder.feed(one)] == [BadBytes, Inventory, Inventory]
    assert decoder.feed(b"\xff\x00\x01" + one) == []
    assert [type(found) for found in decoder.flush()] == [BadBytes, Inventory]


@given(st.lists(st.binary(max_size=80), max_size=8), st.sampled_from(["uhfreader18", "uhfreader288"]))
def test_every_byte_leaves_once(pieces: list[bytes], model: Model) -> None:
    decoder = Reader18Decoder(model)
    found = [item for piece in pieces for item in decoder.feed(piece)] + decoder.flush()
    bad = sum(len(item.raw) for item in found if isinstance(item, BadBytes))
    frames = sum(not isinstance(item, BadBytes) for item in found)
    assert bad + 6 * frames <= sum(map(len, pieces))
    assert frames or bad == sum(map(len, pieces))
