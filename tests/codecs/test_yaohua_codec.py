"""Yaohua continuous output: the makers' and the field's frames to the byte, then every way a line can spoil them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.yaohua_codec import Profile, YaohuaDecoder, YaohuaFrame
from drivers.weighbridge.yaohua_peer import YaohuaPeer

PROFILES: tuple[Profile, ...] = ("xor", "equals", "equals-reversed", "a12")
LONGEST_HELD = 14  # of all forms


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)


XOR_GOLDEN = [
    (_bytes("02 2B 30 30 32 30 30 30 32 31 42 03"), 20_000),  # printed in the DS1 manual: +20.00
    (_bytes("02 2B 30 30 33 32 39 30 30 31 33 03"), 3_290_000),  # a field log's "+003290013"
    (_bytes("02 2B 30 30 33 32 36 30 30 31 43 03"), 3_260_000),  # a field log's "+00326001C"
    (_bytes("02 2B 30 31 36 33 37 30 30 31 38 03"), 16_370_000),  # built from the manual's table
    (_bytes("02 2D 30 30 30 30 34 30 30 31 39 03"), -40_000),  # built from the manual's table
]
# Both printed in the manuals' tables of the `=` forms: 3.000 and -1.00.
EQUALS_GOLDEN = [(b"=0003.000", 3_000), (b"=-0001.00", -1_000)]
REVERSED_GOLDEN = [(b"=000.3000", 3_000), (b"=00.1000-", -1_000)]
# The first is printed in the A12E manual p. 13: 4.139 kg; the others are built from its table.
A12_GOLDEN = [
    (_bytes("57 47 30 30 34 2E 31 33 39 6B 67 33 44 0D 0A"), 4_139),
    (b"WG016370 kg3F\r\n", 16_370_000),
    (b"WG-00040 kg25\r\n", -40_000),
]
# Printed there too: gross above Max + 9 e, and below -20 d.
A12_OVER = b" " * 9 + _bytes("4F 4C 32 33 0D 0A")
A12_UNDER = b" " * 9 + _bytes("4C 4F 32 33 0D 0A")
GOLDEN: dict[Profile, list[tuple[bytes, int]]] = {
    "xor": XOR_GOLDEN,
    "equals": EQUALS_GOLDEN,
    "equals-reversed": REVERSED_GOLDEN,
    "a12": A12_GOLDEN,
}
CASES = [(profile, frame, grams) for profile in PROFILES for frame, grams in GOLDEN[profile]]


def _frames(data: bytes, profile: Profile = "xor") -> list[YaohuaFrame]:
    return [found for found in YaohuaDecoder(profile).feed(data) if isinstance(found, YaohuaFrame)]


def _believed(frame: bytes, profile: Profile) -> bytes:
    """`frame` with what follows it on the wire as far as it is needed to believe it."""
    return frame + b"=" if profile.startswith("equals") else frame


@pytest.mark.parametrize(("profile", "frame", "grams"), CASES)
def test_golden_frames(profile: Profile, frame: bytes, grams: int) -> None:
    assert _frames(_believed(frame, profile), profile) == [YaohuaFrame(frame, grams)]  # type: ignore[arg-type]
    assert [read.shown for read in _frames(_believed(frame * 3, profile), profile)] == [grams] * 3


@pytest.mark.parametrize(("decimals", "grams"), [(0, 16_370_000), (1, 1_637_000), (2, 163_700), (3, 16_370), (4, None)])
def test_decimals_divide_and_parts_of_a_gram_give_no_mass(decimals: int, grams: int | None) -> None:
    check = 0x18 ^ decimals
    (read,) = _frames(b"\x02+016370%d%02X\x03" % (decimals, check))
    assert read.shown == grams


@pytest.mark.parametrize(
    ("profile", "frame", "grams"),
    [
        ("equals", b"=00016370", 16_370_000),
        ("equals-reversed", b"=07361000", 16_370_000),
        ("equals", b"=0.000001", None),
    ],
)
def test_equals_forms_with_no_decimals_and_with_too_many(profile: Profile, frame: bytes, grams: int | None) -> None:
    (read,) = _frames(frame + b"=", profile)
    assert read.shown == grams


@pytest.mark.parametrize("frame", [A12_OVER, A12_UNDER])
def test_a12_tells_that_the_deck_is_out_of_range(frame: bytes) -> None:
    assert _frames(frame * 2, "a12") == [YaohuaFrame(frame, None, out_of_range=True)] * 2


def test_a12_tells_net_which_is_no_gross() -> None:
    assert _frames(b"WN016370 kg36\r\n", "a12") == [YaohuaFrame(b"WN016370 kg36\r\n", None)]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_only_code_found_in_public_says_of_an_a12_is_not_read(profile: Profile) -> None:
    """Without checksum, and with w, n and t in turn for weight, net and tare; C602's nine bytes are not printed."""
    assert _frames(b"ww000.000lb\r\nwn-0000.1kg\r\nwt000.000kg\r\n", profile) == []


@pytest.mark.parametrize("spoken", PROFILES)
@pytest.mark.parametrize("declared", PROFILES)
def test_a_form_that_was_not_declared_is_not_taken_for_a_weight(spoken: Profile, declared: Profile) -> None:
    stream = _stream(spoken, 36_360) * 4
    read = _frames(stream, declared)
    assert {frame.shown for frame in read} == ({kilograms(36_360)} if spoken == declared else set())


def test_digits_the_wrong_way_round_are_digits_too_so_a_form_is_declared_and_never_guessed() -> None:
    """Both readings of these bytes are lawful: only the settings can say which one is meant."""
    stream = _stream("equals", 16_300) * 2
    assert _frames(stream, "equals")[0].shown == kilograms(16_300)
    assert _frames(stream, "equals-reversed")[0].shown == kilograms(361_000)


def _stream(profile: Profile, load_kg: int) -> bytes:
    deck = DeckModel(division=kilograms(20))
    deck.set_zero_error(kilograms(load_kg))
    return YaohuaPeer(deck, form=profile, period=Millis(13)).advance(Millis(13))


@pytest.mark.parametrize(
    "frame", [b"\x02+01637001b\x03", b"\x02+016370019\x03", b"\x02 016370018\x03", b"\x02+01637051D\x03"]
)
def test_wrong_checksums_signs_and_decimals_are_bad_bytes(frame: bytes) -> None:
    assert YaohuaDecoder("xor").feed(frame + b"\x11") == [BadBytes(frame + b"\x11")]


def test_names_of_start_and_stop_are_not_their_codes() -> None:
    """The manuals call 02 and 03 XON and XOFF; 11 and 13 begin and end nothing."""
    assert _frames(b"\x11+016370018\x13" * 3) == []


streams = st.sampled_from(PROFILES).flatmap(
    lambda profile: st.tuples(
        st.just(profile), st.lists(st.sampled_from([frame for frame, _ in GOLDEN[profile]]), min_size=1, max_size=6)
    )
)


@given(streams, st.binary(max_size=40), st.lists(st.integers(0, 1000), max_size=30))
def test_any_split_gives_the_same_frames_and_loses_no_byte(
    stream: tuple[Profile, list[bytes]], prefix: bytes, cuts: list[int]
) -> None:
    profile, frames = stream
    data = prefix + b"".join(frames)
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    decoder = YaohuaDecoder(profile)
    pieces = [found for begin, end in pairwise(places) for found in decoder.feed(data[begin:end])]
    assert [found for found in pieces if isinstance(found, YaohuaFrame)] == _frames(data, profile)
    given_back = b"".join(found.raw for found in pieces)
    assert data.startswith(given_back)
    assert len(data) - len(given_back) <= LONGEST_HELD


@given(st.binary(max_size=400) | st.text("=0-.+19\x02\x03", max_size=200).map(str.encode), st.sampled_from(PROFILES))
def test_no_bytes_raise_and_all_are_given_back(data: bytes, profile: Profile) -> None:
    given_back = b"".join(found.raw for found in YaohuaDecoder(profile).feed(data))
    assert data.startswith(given_back)
    assert len(data) - len(given_back) <= LONGEST_HELD


@given(st.binary(max_size=60), st.sampled_from(CASES), st.integers(0, 12))
def test_resynchronises_within_two_good_frames(garbage: bytes, case: tuple[Profile, bytes, int], torn: int) -> None:
    profile, frame, grams = case
    read = _frames(garbage + frame[:torn] + frame + frame, profile)
    assert read, "two good frames and none was found"
    assert read[-1].shown == grams


@pytest.mark.parametrize(
    ("profile", "frame"), [(profile, frame) for profile, frame, _ in CASES if profile in {"xor", "a12"}]
)
def test_every_flipped_bit_of_a_checked_frame_costs_that_frame_and_no_other(profile: Profile, frame: bytes) -> None:
    before, after = GOLDEN[profile][0][0], GOLDEN[profile][1][0]
    for place in range(len(frame)):
        for bit in range(8):
            spoilt = bytearray(frame)
            spoilt[place] ^= 1 << bit
            assert [read.raw for read in _frames(before + bytes(spoilt) + after, profile)] == [before, after]


@pytest.mark.parametrize(("profile", "frame", "grams"), [case for case in CASES if case[0].startswith("equals")])
def test_a_flipped_bit_of_an_unchecked_frame_moves_no_point_and_no_sign(
    profile: Profile, frame: bytes, grams: int
) -> None:
    """A digit may become another: only the window of many frames can tell. Nothing coarser passes."""
    for place in range(len(frame)):
        for bit in range(8):
            spoilt = bytearray(frame)
            spoilt[place] ^= 1 << bit
            for read in _frames(frame + bytes(spoilt) + frame + b"=", profile):
                differ = [at for at, (a, b) in enumerate(zip(read.raw, frame, strict=True)) if a != b]
                assert len(differ) <= 1
                assert all(frame[at] in b"0123456789" and read.raw[at] in b"0123456789" for at in differ)


@given(streams, st.data())
def test_dropped_and_doubled_bytes_never_make_a_frame_that_was_not_sent(
    stream: tuple[Profile, list[bytes]], data: st.DataObject
) -> None:
    profile, frames = stream
    sent = bytearray(_believed(b"".join(frames), profile))
    place = data.draw(st.integers(0, len(sent) - 1))
    if data.draw(st.booleans()):
        del sent[place]
    else:
        sent.insert(place, sent[place])
    rest = iter(frames)
    assert all(read.raw in rest for read in _frames(bytes(sent), profile))


@settings(max_examples=80)
@given(st.integers(-400, 80_000), st.sampled_from([1, 2, 5, 10, 20, 50]), st.sampled_from(PROFILES), st.integers(0, 1))
def test_codec_and_peer_agree_though_neither_knows_the_other(
    load: int, division: int, profile: Profile, decimals: int
) -> None:
    deck = DeckModel(division=kilograms(division))
    deck.set_zero_error(kilograms(load))  # shown at once, without physics
    said = YaohuaPeer(deck, form=profile, decimals=decimals).advance(Millis(26))
    expected = deck.mass if deck.in_range else None
    tells_range = profile == "a12"
    assert {read.shown for read in _frames(said, profile)} == ({expected} if deck.in_range or tells_range else set())
    assert {read.out_of_range for read in _frames(said, profile)} <= {not deck.in_range}
