"""What every codec promises, whatever its protocol: nothing raises; two good frames after any harm it hears again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codecs.table import CODECS, Codec

NAMED = [pytest.param(codec, id=codec.name) for codec in CODECS]
LOST_AT_MOST = 2


def _hear(codec: Codec, pieces: list[bytes]) -> list[object]:
    ear = codec.ear()
    return [found for piece in pieces for found in ear(piece)]


def _good(codec: Codec, found: list[object]) -> int:
    return sum(map(codec.is_good, found))


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(at)]


@pytest.mark.parametrize("codec", NAMED)
def test_every_frame_of_the_table_is_understood(codec: Codec) -> None:
    assert _good(codec, _hear(codec, codec.spoken(codec.frames))) == len(codec.frames)


@pytest.mark.parametrize("codec", NAMED)
@given(pieces=st.lists(st.binary(max_size=60), max_size=12))
def test_nothing_raises(codec: Codec, pieces: list[bytes]) -> None:
    _hear(codec, pieces)


@pytest.mark.parametrize("codec", NAMED)
@given(cuts=st.lists(st.integers(0, 1000), max_size=20), times=st.integers(1, 3))
def test_any_split_gives_the_same(codec: Codec, cuts: list[int], times: int) -> None:
    whole = codec.spoken(codec.frames * times)
    torn = [part for piece in whole for part in (_cut(piece, cuts) if piece else [b""])]
    assert _hear(codec, torn) == _hear(codec, whole)


@pytest.mark.parametrize("codec", NAMED)
@given(garbage=st.binary(max_size=40), which=st.integers(0, 99))
def test_after_garbage_two_frames_are_lost_at_most(codec: Codec, garbage: bytes, which: int) -> None:
    frame = codec.frames[which % len(codec.frames)]
    heard = _hear(codec, [garbage, *codec.spoken([frame] * 6)])
    assert _good(codec, heard[-4:]) >= 6 - LOST_AT_MOST


@pytest.mark.parametrize("codec", NAMED)
@given(which=st.integers(0, 99), cut=st.integers(1, 99))
def test_after_a_truncated_and_two_merged_frames_it_hears_again(codec: Codec, which: int, cut: int) -> None:
    frame = codec.frames[which % len(codec.frames)]
    torn = frame[: cut % len(frame)]
    heard = _hear(codec, codec.spoken([torn + frame[len(torn) // 2 :], *[frame] * 6]))
    assert _good(codec, heard) >= 6 - LOST_AT_MOST


@pytest.mark.parametrize("codec", [case for case in NAMED if case.values[0].is_checked])  # type: ignore[union-attr]
def test_every_single_flipped_bit_is_found(codec: Codec) -> None:
    for frame in codec.frames:
        for bit in range(8 * len(frame)):
            spoilt = bytearray(frame)
            spoilt[bit // 8] ^= 1 << bit % 8
            assert _good(codec, _hear(codec, codec.spoken([bytes(spoilt)]))) == 0, f"{frame.hex(' ')} bit {bit}"
