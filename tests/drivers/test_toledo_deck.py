"""The deck's physics and the voice of the indicator."""

from itertools import pairwise

import pytest

from drivers.contract.quantities import Grams, Millis, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault
from drivers.weighbridge.toledo_peer import ToledoPeer


@pytest.mark.parametrize("seed", range(12))
def test_a_load_overshoots_swings_and_settles_to_the_truth(seed: int) -> None:
    deck = DeckModel(seed=seed)
    load = Grams(36_375_000)
    deck.set_load(load)
    masses: list[int] = []
    still_at = 0
    for ms in range(0, 12_000, 20):
        deck.advance(Millis(20))
        masses.append(deck.mass)
        if deck.moving:
            still_at = ms
    assert masses[-1] == kilograms(36_380)  # rounded to 20 kg
    assert deck.load == load
    assert max(masses) > load + kilograms(100)
    assert 2000 <= still_at <= 8000
    swinging = [mass > load for mass in masses[75:150]]  # from 1.5 s, when all has rolled on, to 3 s
    half_swings = sum(before != after for before, after in pairwise(swinging))
    assert 2 <= half_swings <= 10, "1 to 3 Hz are 3 to 9 half swings in 1.5 s, and one may be cut off"


def test_any_split_of_the_time_gives_the_same_course() -> None:
    fine, coarse = DeckModel(seed=5), DeckModel(seed=5)
    for deck in (fine, coarse):
        deck.set_load(kilograms(20_000))
    for _ in range(3000):
        fine.advance(Millis(1))
    coarse.advance(Millis(1234))
    coarse.advance(Millis(1766))
    assert (fine.mass, fine.moving) == (coarse.mass, coarse.moving)
    assert fine.mass != kilograms(20_000), "still swinging, or the test shows nothing"


def test_a_truck_that_leaves_leaves_nothing() -> None:
    deck = DeckModel(seed=1)
    for load in (kilograms(7000), kilograms(24_000), kilograms(40_000), kilograms(33_000), kilograms(0)):
        deck.set_load(load)
        deck.advance(Millis(1500))
    deck.advance(Millis(10_000))
    assert (deck.mass, deck.moving, deck.in_range) == (0, False, True)


def test_range_ends_nine_divisions_above_maximum_and_twenty_below_zero() -> None:
    deck = DeckModel()
    for error, fits in ((80_180, True), (80_200, False), (-400, True), (-420, False)):
        deck.set_zero_error(kilograms(error))
        assert deck.in_range is fits


def test_power_up_under_load_takes_no_zero() -> None:
    deck = DeckModel()
    deck.set_zero_error(kilograms(30_000))
    deck.power_up()
    assert not deck.zeroed
    deck.set_zero_error(kilograms(0))
    deck.power_up()
    assert deck.zeroed


def _said(peer: ToledoPeer, frames: int = 1) -> bytes:
    return b"".join(peer.advance(Millis(143)) for _ in range(frames))


def test_seven_frames_a_second() -> None:
    peer = ToledoPeer(DeckModel())
    assert len(b"".join(peer.advance(Millis(10)) for _ in range(1000))) == 69 * 18


def test_the_peer_says_what_the_manual_prints() -> None:
    deck = DeckModel(division=kilograms(1))
    peer = ToledoPeer(deck)
    deck.set_zero_error(kilograms(16_370))
    assert _said(peer) == bytes.fromhex("02 2A 30 20 20 31 36 33 37 30 20 20 20 20 20 30 0D 06")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("silent", 0),
        ("setup-menu", 0),
        ("noise", 18),
        ("garbage-prefix", 22),
        ("doubled", 36),
        ("wrong-checksum", 18),
        ("frozen", 18),
        ("false-stable", 18),
    ],
)
def test_a_fault_lasts_for_its_frames_and_then_is_over(fault: IndicatorFault, said: int) -> None:
    peer = ToledoPeer(DeckModel())
    good = _said(peer)
    peer.fail(fault, frames=2)
    assert len(_said(peer)) == said
    assert len(_said(peer)) == said
    assert _said(peer) == good


def test_a_torn_frame_is_shorter() -> None:
    peer = ToledoPeer(DeckModel(), seed=2)
    peer.fail("torn")
    assert all(0 < len(_said(peer)) < 18 for _ in range(50))


def test_a_frozen_indicator_ignores_the_deck() -> None:
    deck = DeckModel()
    peer = ToledoPeer(deck)
    peer.fail("frozen")
    frozen = _said(peer)
    deck.set_zero_error(kilograms(40_000))
    assert _said(peer) == frozen
    peer.mend()
    assert _said(peer) != frozen


def test_false_stable_hides_the_motion_flag_once() -> None:
    deck = DeckModel(seed=1)
    peer = ToledoPeer(deck)
    deck.set_load(kilograms(30_000))
    deck.advance(Millis(800))
    assert deck.moving
    peer.fail("false-stable", frames=1)
    assert not _said(peer)[2] & 8
    assert _said(peer)[2] & 8
