"""Access cards: the published numbers, parity and check bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.wiegand import Card, idteck, proximity, s4a, wiegand_bits, wiegand_card

PUBLISHED = "1" + "11010100" + "00011011" + "10000001" + "0"  # [S62] D4 1B 81: facility 212, card 7041


def test_the_published_card() -> None:
    assert wiegand_bits(bytes.fromhex("D4 1B 81")) == PUBLISHED
    assert wiegand_card(PUBLISHED) == Card(212, 7041)


@given(st.binary(min_size=3, max_size=4), st.integers(0, 33))
def test_every_card_comes_back_and_no_single_bit_can_change(data: bytes, place: int) -> None:
    bits = wiegand_bits(data)
    facility = len(data) // 2 if len(data) == 4 else 1
    assert wiegand_card(bits) == Card(int.from_bytes(data[:facility]), int.from_bytes(data[facility:]))
    at = place % len(bits)
    assert wiegand_card(bits[:at] + "10"[int(bits[at])] + bits[at + 1 :]) is None


@pytest.mark.parametrize("bits", ["", "1" * 25, "2" * 26, "1" * 64])
def test_what_is_no_card(bits: str) -> None:
    assert wiegand_card(bits) is None


def test_serial_forms() -> None:
    """[S63] IDTECK p. 10, [S64] S4A p. 5, [S65] a captured frame: 1217496."""
    assert proximity(bytes.fromhex("01 00 12 93 D8 58")) == 1_217_496
    assert proximity(bytes.fromhex("01 00 12 93 D8 59")) is None
    assert s4a(b"0001217496\r\n") == 1_217_496
    assert s4a(b"1217496\r\n") is None
    framed = b"\x020001217496\x03"
    check = 0
    for byte in framed:
        check ^= byte
    assert idteck(framed + bytes((check,))) == "0001217496"
    assert idteck(framed + bytes((check ^ 1,))) is None


@given(st.binary(max_size=16))
def test_nothing_raises(data: bytes) -> None:
    idteck(data)
    s4a(data)
    proximity(data)
