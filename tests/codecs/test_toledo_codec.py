"""Toledo continuous: the makers' frames to the byte, then every way a line can spoil them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.toledo_codec import PROFILES, Brand, ToledoDecoder, ToledoFrame
from drivers.weighbridge.toledo_peer import ToledoPeer


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)


# Layout of the Wildcat manual p. 6-4, 6-5, checksums recomputed.
GROSS_16370 = _bytes("02 2A 30 20 20 31 36 33 37 30 20 20 20 20 20 30 0D 06")
MOVING_16360 = _bytes("02 2A 38 20 20 31 36 33 36 30 20 20 20 20 20 30 0D 7F")
MINUS_20 = _bytes("02 2A 32 20 20 20 20 20 32 30 20 20 20 20 20 30 0D 43")
NET_12345 = _bytes("02 2A 31 20 20 31 32 33 34 35 20 20 34 30 30 30 0D 53")
OUT_OF_RANGE = _bytes("02 2A 34 20 20 20 20 20 20 30 20 20 20 20 20 30 0D 53")
# Printed in the Flintec FT-111 manual p. 86-87: LF before the checksum.
FLINTEC_750 = _bytes("02 7D 31 30 20 20 30 37 35 30 20 20 20 32 35 30 0D 0A 06")
GOLDEN = [GROSS_16370, MOVING_16360, MINUS_20, NET_12345, OUT_OF_RANGE]


def _decode(data: bytes, brand: Brand = "mettler", *, checksum: bool = True) -> list[ToledoFrame | BadBytes]:
    return ToledoDecoder(checksum, brand).feed(data)


def _frames(data: bytes, brand: Brand = "mettler", *, checksum: bool = True) -> list[ToledoFrame]:
    return [found for found in _decode(data, brand, checksum=checksum) if isinstance(found, ToledoFrame)]


def _one(data: bytes, brand: Brand = "mettler", *, checksum: bool = True) -> ToledoFrame:
    (found,) = _decode(data, brand, checksum=checksum)
    assert isinstance(found, ToledoFrame)
    return found


def _sealed(body: bytes) -> bytes:
    return body + bytes([-sum(body) % 128])


def _built(swa: int = 0x2A, swb: int = 0x30, swc: int = 0x20, weight: str = " 16370", tare: str = "     0") -> bytes:
    return _sealed(bytes([2, swa, swb, swc]) + weight.encode() + tare.encode() + b"\r")


@pytest.mark.parametrize(
    ("frame", "grams", "moving", "out_of_range", "net"),
    [
        (GROSS_16370, 16_370_000, False, False, False),
        (MOVING_16360, 16_360_000, True, False, False),
        (MINUS_20, -20_000, False, False, False),
        (NET_12345, 16_345_000, False, False, True),
        (OUT_OF_RANGE, 0, False, True, False),
    ],
)
def test_golden_frames(frame: bytes, grams: int, moving: bool, out_of_range: bool, net: bool) -> None:
    read = _one(frame)
    assert (read.gross, read.moving, read.out_of_range, read.net) == (grams, moving, out_of_range, net)
    assert read.raw == frame
    assert read.zeroed
    assert not read.expanded
    assert read.unit == "kg"
    assert read.increment == 1000


def test_net_frame_keeps_what_is_shown_and_the_tare() -> None:
    read = _one(NET_12345)
    assert (read.shown, read.tare) == (12_345_000, 4_000_000)


def test_flintec_frame_with_line_feed() -> None:
    read = _one(FLINTEC_750, "flintec")
    assert (read.shown, read.tare, read.gross, read.net, read.increment) == (750, 250, 1000, True, 5)
    assert not read.expanded  # SWC is the constant '0'
    assert not read.zeroed  # SWB bit 6 is 0: not zeroed at power-on, the inverse of Mettler


def test_the_line_feed_form_belongs_to_its_brand() -> None:
    assert _frames(FLINTEC_750, "mettler") == []
    assert _frames(GROSS_16370 * 3, "flintec") == []


@pytest.mark.parametrize(
    ("code", "digits", "grams"),
    [
        (0, "   163", 16_300_000),
        (1, "  1637", 16_370_000),
        (2, " 16370", 16_370_000),
        (3, "163705", 16_370_500),
        (4, " 75025", 750_250),
        (5, "  0750", 750),
    ],
)
def test_decimal_point_code_multiplies(code: int, digits: str, grams: int) -> None:
    assert _one(_built(swa=0x28 | code, weight=digits)).gross == grams


@pytest.mark.parametrize("code", [6, 7])
def test_parts_of_a_gram_give_no_mass(code: int) -> None:
    assert _one(_built(swa=0x28 | code)).gross is None


def test_truck_scale_division_of_20_kg() -> None:
    assert _one(_built(swa=0x31, weight="  1638")).increment == kilograms(20)


def test_pounds_and_other_units_give_no_mass() -> None:
    assert _one(_built(swb=0x20)).unit == "lb"
    assert _one(_built(swb=0x20)).gross is None
    assert _one(_built(swc=0x21)).unit == "other"
    assert _one(_built(swc=0x21)).gross is None


def test_not_zeroed_and_expanded_are_flagged() -> None:
    assert not _one(_built(swb=0x70)).zeroed
    assert _one(_built(swc=0x30)).expanded
    assert not _one(_built(swb=0x10, swc=0x30), "fairbanks").expanded


def test_zeros_pad_as_well_as_spaces() -> None:
    assert _one(_built(weight="016370", tare="000000")).gross == kilograms(16_370)


@pytest.mark.parametrize("weight", ["16 370", "      ", "1637 0", "-16370", " 1637."])
def test_digits_that_are_no_number_are_bad_bytes(weight: str) -> None:
    assert _frames(_built(weight=weight)) == []


def test_fairbanks_clears_a_bit_that_mettler_sets() -> None:
    assert _one(_built(swb=0x10), "fairbanks").gross == kilograms(16_370)
    assert _frames(_built(swb=0x10), "mettler") == []
    assert _frames(GROSS_16370, "fairbanks") == []


def test_a_tare_keyed_in_at_fairbanks_changes_no_gross() -> None:
    keyed = _built(swb=0x11, swc=0x70, weight=" 12345", tare="  4000")
    assert _one(keyed, "fairbanks").gross == kilograms(16_345)


@pytest.mark.parametrize("swb", [0x10, 0x30])
@pytest.mark.parametrize("swa", [0x2A, 0x6A])
@pytest.mark.parametrize("swc", [0x20, 0x30])
def test_the_generic_brand_leaves_the_disputed_constants_open(swa: int, swb: int, swc: int) -> None:
    frame = _built(swa, swb, swc)
    assert _one(frame, "generic").gross == kilograms(16_370)
    assert not _one(frame, "generic").expanded
    assert _one(frame[:17], "generic", checksum=False).gross == kilograms(16_370)
    line_feed = _sealed(frame[:17] + b"\n")
    assert _one(line_feed, "generic-lf").gross == kilograms(16_370)
    assert _one(line_feed[:18], "generic-lf", checksum=False).gross == kilograms(16_370)
    assert _frames(frame, "generic-lf") == []


def test_whoever_is_wrong_about_the_brand_gets_no_weight_rather_than_a_false_one() -> None:
    """The inverted power-up bit alone would make a good scale of one that lost its zero."""
    not_zeroed_at_flintec = _sealed(bytes([2, 0x6A, 0x30, 0x30]) + b" 16370     0\r\n")
    assert not _one(not_zeroed_at_flintec, "flintec").zeroed
    assert _frames(not_zeroed_at_flintec, "mettler") == []


def test_without_checksum() -> None:
    assert _one(GROSS_16370[:17], checksum=False).gross == kilograms(16_370)


def test_a_wrong_checksum_is_bad_bytes() -> None:
    assert _frames(GROSS_16370[:17] + b"\x07") == []


@pytest.mark.parametrize("check", [0x0D, 0x02])
def test_a_checksum_that_looks_like_cr_or_stx_does_not_split(check: int) -> None:
    frame = next(candidate for kilo in range(100_000) if (candidate := _built(weight=f"{kilo:6d}"))[-1] == check)
    assert [read.raw for read in _frames(frame * 3)] == [frame] * 3


def test_parity_bits_are_masked() -> None:
    odd_parity = bytes(byte | (0x80 if byte.bit_count() % 2 == 0 else 0) for byte in GROSS_16370)
    assert odd_parity != GROSS_16370
    assert _one(odd_parity).gross == kilograms(16_370)


def test_leading_garbage_seen_on_a_real_port() -> None:
    found = _decode(_bytes("00 00 7F 7F") + GROSS_16370)
    assert found[0] == BadBytes(_bytes("00 00 7F 7F"))
    assert isinstance(found[1], ToledoFrame)


def _is_sublist(part: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


golden_streams = st.lists(st.sampled_from(GOLDEN), min_size=1, max_size=6)


def _split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[begin:end] for begin, end in pairwise(places)]


@given(golden_streams, st.binary(max_size=40), st.lists(st.integers(0, 1000), max_size=30))
def test_any_split_gives_the_same_frames_and_loses_no_byte(frames: list[bytes], prefix: bytes, cuts: list[int]) -> None:
    data = prefix + b"".join(frames)
    decoder = ToledoDecoder(checksum=True)
    pieces = [found for piece in _split(data, cuts) for found in decoder.feed(piece)]
    whole = _decode(data)
    assert [f for f in pieces if isinstance(f, ToledoFrame)] == [f for f in whole if isinstance(f, ToledoFrame)]
    given_back = b"".join(found.raw for found in pieces)
    assert data.startswith(given_back)
    assert len(data) - len(given_back) < 18


@given(st.binary(max_size=400), st.booleans(), st.sampled_from(sorted(PROFILES)))
def test_no_bytes_raise_and_all_are_given_back(data: bytes, checksum: bool, brand: Brand) -> None:
    given_back = b"".join(found.raw for found in _decode(data, brand, checksum=checksum))
    assert data.startswith(given_back)
    assert len(data) - len(given_back) <= 18


@given(st.binary(max_size=60), st.sampled_from(GOLDEN), st.integers(0, 18))
def test_resynchronises_within_two_good_frames(garbage: bytes, frame: bytes, torn: int) -> None:
    frames = _frames(garbage + frame[:torn] + frame + frame)
    assert frames, "two good frames and none was found"
    assert frames[-1].raw == frame


@pytest.mark.parametrize("frame", GOLDEN)
def test_no_single_flipped_bit_gives_another_weight(frame: bytes) -> None:
    true = _one(frame)
    for place in range(len(frame)):
        for bit in range(8):
            spoilt = bytearray(frame)
            spoilt[place] ^= 1 << bit
            for read in _frames(bytes(frame + spoilt + frame)):
                assert (read.gross, read.moving, read.out_of_range) == (true.gross, true.moving, true.out_of_range)


@pytest.mark.parametrize("place", range(19))
def test_no_single_flipped_bit_of_the_line_feed_form_gives_another_weight(place: int) -> None:
    for bit in range(8):
        spoilt = bytearray(FLINTEC_750)
        spoilt[place] ^= 1 << bit
        assert all(read.gross == 1000 for read in _frames(bytes(spoilt) + FLINTEC_750, "flintec"))


@given(golden_streams, st.data())
def test_dropped_and_doubled_bytes_never_make_a_frame_that_was_not_sent(
    frames: list[bytes], data: st.DataObject
) -> None:
    stream = bytearray(b"".join(frames))
    place = data.draw(st.integers(0, len(stream) - 1))
    if data.draw(st.booleans()):
        del stream[place]
    else:
        stream.insert(place, stream[place])
    assert _is_sublist([read.raw for read in _frames(bytes(stream))], frames)


@settings(max_examples=60)
@given(
    st.integers(0, 80_000),
    st.sampled_from([1, 2, 5, 10, 20, 50, 100, 200, 500]),
    st.sampled_from(sorted(PROFILES)),
    st.booleans(),
    st.sampled_from([" ", "0"]),
    st.sampled_from(["none", "even", "odd"]),
)
def test_codec_and_peer_agree_though_neither_knows_the_other(
    load: int, division: int, brand: Brand, checksum: bool, pad: str, parity: str
) -> None:
    deck = DeckModel(division=kilograms(division))
    deck.set_zero_error(kilograms(load))  # shown at once, without physics
    peer = ToledoPeer(deck, brand=brand, checksum=checksum, pad=pad, parity=parity)  # type: ignore[arg-type]
    read = _one(peer.advance(Millis(143)), brand, checksum=checksum)
    assert read.gross == deck.mass
    assert read.increment == kilograms(division)
    assert read.zeroed
    assert not read.expanded
    assert read.out_of_range is not deck.in_range
