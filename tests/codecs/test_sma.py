"""SMA: the manuals' answers, and codec against peer. What harm does is in test_every_codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Grams, Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.sma import sma_answers
from drivers.weighbridge.sma_peer import SmaPeer
from drivers.weighbridge.window import UnfitFrame, WeighedFrame

# Sartorius PR 5220 manual p. 130 and PR 5211 manual p. 50 to 56: 5.025 lb, 0.000 lb at zero, 7.650 kg in motion.
POUNDS = bytes.fromhex("0A 20 31 47 20 20 20 20 20 20 20 35 2E 30 32 35 6C 62 20 0D")
ZERO = b"\nZ1G       0.000lb \r"
MOTION = b"\n 1GM      7.650kg \r"


def _read(data: bytes) -> list[WeighedFrame | UnfitFrame | BadBytes]:
    return sma_answers().feed(data)


def test_golden_answers() -> None:
    assert _read(POUNDS) == [UnfitFrame(POUNDS)]
    assert _read(ZERO) == [UnfitFrame(ZERO)]
    assert _read(MOTION) == [WeighedFrame(Grams(7650), True, "", MOTION)]


@pytest.mark.parametrize(
    ("answer", "doubt"),
    [
        (b"\nO1G       80180kg \r", "out-of-range"),
        (b"\nU1G        -420kg \r", "out-of-range"),
        (b"\nE1G  ----------kg \r", "not-zeroed"),
    ],
)
def test_what_must_not_be_used_says_why(answer: bytes, doubt: str) -> None:
    assert _read(answer) == [WeighedFrame(Grams(0), True, doubt, answer)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        b"\n?\r",
        b"\n!\r",
        b"\n 1N       36380kg \r",
        b"\n 1T       36380kg \r",
        b"\n 1g     36380.0kg \r",
        b"\nT1G  ----------kg \r",
        b"\n 1G  36380.0001kg \r",
    ],
)
def test_what_is_no_gross_mass_is_unfit(answer: bytes) -> None:
    assert _read(answer) == [UnfitFrame(answer)]


@pytest.mark.parametrize("answer", [b"\n 1G      36380kg\r", b"\n 1X      36380kg \r", b"\nCAP:kg :6000:1:0\r"])
def test_what_is_no_answer_is_bad(answer: bytes) -> None:
    assert _read(answer) == [BadBytes(answer)]


@given(st.integers(-400, 80_000), st.integers(0, 2), st.booleans())
def test_codec_and_peer_agree_though_neither_knows_the_other(load: int, decimals: int, zeroed: bool) -> None:
    deck = DeckModel()
    deck.set_zero_error(kilograms(load))
    deck.zeroed = zeroed
    (told,) = _read(SmaPeer(deck, decimals=decimals, delay=Millis(0)).feed(b"\nW\r"))
    assert isinstance(told, WeighedFrame)
    doubt = "not-zeroed" if not zeroed else "" if deck.in_range else "out-of-range"
    assert (told.mass, told.doubt) == (0 if doubt else deck.mass, doubt)
