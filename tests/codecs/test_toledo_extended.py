"""Toledo continuous extended: built frames, and codec against peer. What harm does is in test_every_codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Grams, Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.toledo_extended import extended_frames
from drivers.weighbridge.toledo_extended_peer import ToledoExtendedPeer
from drivers.weighbridge.window import UnfitFrame, WeighedFrame


def _built(first: int = 0x22, second: int = 0x20, third: int = 0x20, weight: str = "36380", tare: str = "0") -> bytes:
    """From the layout: no page with a printed frame was found."""
    body = bytes([1, 0x31, first, second, third, 0x20]) + (weight.rjust(9) + tare.rjust(8)).encode() + b"\r"
    return body + bytes([-sum(body) % 128])


def _one(frame: bytes, *, checksum: bool = True) -> WeighedFrame | UnfitFrame | BadBytes:
    (found,) = extended_frames(checksum=checksum).feed(frame)
    return found


@pytest.mark.parametrize(
    ("frame", "mass", "moving", "doubt"),
    [
        (_built(), kilograms(36_380), False, ""),
        (_built(first=0x62), kilograms(36_380), True, ""),
        (_built(first=0x24, weight="36.380"), kilograms(36_380), False, ""),
        (_built(first=0x23, weight="36380000"), kilograms(36_380), False, ""),
        (_built(first=0x32, weight="-20"), kilograms(-20), False, ""),
        (_built(second=0x23, weight="12345", tare="4000"), kilograms(16_345), False, ""),
        (_built(third=0x22, weight="-420"), 0, True, "out-of-range"),
        (_built(third=0x24), 0, True, "out-of-range"),
        (_built(second=0x60), 0, True, "out-of-range"),
        (_built(third=0x28), kilograms(36_380), False, "not-zeroed"),
    ],
)
def test_frames(frame: bytes, mass: Grams, moving: bool, doubt: str) -> None:
    assert _one(frame) == WeighedFrame(mass, moving, doubt, frame)  # type: ignore[arg-type]
    assert _one(frame[:-1], checksum=False) == WeighedFrame(mass, moving, doubt, frame[:-1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "frame", [_built(first=0x21), _built(third=0x21), _built(weight="36 380"), _built(weight="1.2345")]
)
def test_pounds_an_invalid_state_and_parts_of_a_gram_are_unfit(frame: bytes) -> None:
    assert _one(frame) == UnfitFrame(frame)


def test_a_wrong_checksum_is_bad() -> None:
    frame = _built()
    assert _one(frame[:-1] + bytes([frame[-1] ^ 1])) == BadBytes(frame[:-1] + bytes([frame[-1] ^ 1]))


@given(st.integers(-400, 80_000), st.booleans(), st.integers(0, 2), st.sampled_from([0, 5_000]))
def test_codec_and_peer_agree_though_neither_knows_the_other(
    load: int, checksum: bool, decimals: int, tare: int
) -> None:
    deck = DeckModel()
    deck.set_zero_error(kilograms(load))
    peer = ToledoExtendedPeer(deck, checksum=checksum, decimals=decimals)
    peer.tare = kilograms(tare)
    told = _one(peer.advance(Millis(143)), checksum=checksum)
    assert isinstance(told, WeighedFrame)
    assert (told.mass, told.doubt) == ((deck.mass, "") if deck.in_range else (0, "out-of-range"))
