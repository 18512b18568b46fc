"""MT-SICS: the manuals' lines, and codec against peer. What harm does is in test_every_codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Grams, Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.mt_sics import sics_answers
from drivers.weighbridge.mt_sics_peer import SicsPeer
from drivers.weighbridge.window import UnfitFrame, WeighedFrame


def _read(data: bytes) -> list[WeighedFrame | UnfitFrame | BadBytes]:
    return [found for found in sics_answers().feed(data + b"\r\n") if found.raw.strip(b"\r\n")]


def test_the_line_of_the_manual_is_in_parts_of_a_gram_and_no_weight_of_ours() -> None:
    """AT balances manual p. 87: 100.00 g. On a truck scale the unit is kg or t."""
    line = bytes.fromhex("53 20 53 20 20 20 20 20 31 30 30 2E 30 30 20 67")
    assert _read(line) == [UnfitFrame(line + b"\r")]


@pytest.mark.parametrize(
    ("line", "mass", "moving"),
    [
        (b"S S      36380 kg", kilograms(36_380), False),
        (b"S D      36380 kg", kilograms(36_380), True),
        (b"S S 36.380 t", kilograms(36_380), False),
        (b"S S        -20 kg", kilograms(-20), False),
        (b"S S     100.0 kg", kilograms(100), False),
    ],
)
def test_still_and_moving(line: bytes, mass: Grams, moving: bool) -> None:
    assert _read(line) == [WeighedFrame(mass, moving, "", line + b"\r")]


@pytest.mark.parametrize("line", [b"S +", b"S -"])
def test_over_and_under_range(line: bytes) -> None:
    assert _read(line) == [WeighedFrame(Grams(0), True, "out-of-range", line + b"\r")]


@pytest.mark.parametrize("line", [b"S I", b"ES", b"ET", b"EL", b"S S 36380 lb", b"S S 36.3800001 kg"])
def test_what_is_no_mass_is_unfit(line: bytes) -> None:
    assert _read(line) == [UnfitFrame(line + b"\r")]


@pytest.mark.parametrize("line", [b"S S 36 380 kg", b"S X 36380 kg", b"S S kg", b"T S 36380 kg", b"s s 36380 kg", b"S"])
def test_what_is_no_answer_is_bad(line: bytes) -> None:
    assert _read(line) == [BadBytes(line + b"\r")]


@given(st.integers(-400, 80_000), st.integers(0, 2))
def test_codec_and_peer_agree_though_neither_knows_the_other(load: int, decimals: int) -> None:
    deck = DeckModel()
    deck.set_zero_error(kilograms(load))
    (told, *_) = sics_answers().feed(SicsPeer(deck, decimals=decimals, delay=Millis(0)).feed(b"SI\r\n"))
    assert isinstance(told, WeighedFrame)
    assert (told.mass, told.doubt) == ((deck.mass, "") if deck.in_range else (0, "out-of-range"))
