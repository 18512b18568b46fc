"""A seal at a drawn door lock: seen by its colour, whatever the colours of lock and door."""

import cv2
import numpy as np
import pytest

from station.core.seals import Seal, combined
from station.vision.seal import see_seal
from tests.vision.drawn_locks import BLUE, GREEN, RED, RUST, STEEL, WHITE, YELLOW, lock


@pytest.mark.parametrize("door", [BLUE, RUST, STEEL])
@pytest.mark.parametrize("seal", [YELLOW, RED, GREEN])
def test_a_coloured_seal_is_seen(door: tuple[int, int, int], seal: tuple[int, int, int]) -> None:
    assert see_seal(lock(door, seal)).seal == "SEEN"


@pytest.mark.parametrize("door", [BLUE, RUST, STEEL, YELLOW])
def test_a_bare_lock_shows_none_whatever_the_doors_colour(door: tuple[int, int, int]) -> None:
    """A mutant that looked at colour alone would see the loud door."""
    assert see_seal(lock(door, None)).seal == "NOT_SEEN"


def test_a_white_seal_is_not_seen_as_the_record_says() -> None:
    assert see_seal(lock(BLUE, WHITE)).seal != "SEEN"


def test_light_and_size_change_nothing() -> None:
    dark = np.asarray(lock(BLUE, YELLOW) * 0.5, np.uint8)
    large = np.asarray(cv2.resize(lock(BLUE, YELLOW), (440, 660)), np.uint8)
    assert (see_seal(dark).seal, see_seal(large).seal) == ("SEEN", "SEEN")


def test_a_crop_of_a_few_pixels_is_unsure() -> None:
    assert see_seal(lock(BLUE, YELLOW)[:15, :15]) == ("UNSURE", 0.0)


@pytest.mark.parametrize("gray", [0, 128, 255])
def test_a_picture_that_shows_nothing_is_unsure_and_no_proof_of_absence(gray: int) -> None:
    noise = np.random.default_rng(2).normal(gray, 2, (66, 44, 3))
    assert see_seal(np.asarray(np.clip(noise, 0, 255), np.uint8)).seal == "UNSURE"


@pytest.mark.parametrize(
    ("views", "told"),
    [
        ((), "UNSURE"),
        (("SEEN", "SEEN"), "SEEN"),
        (("SEEN", "UNSURE"), "SEEN"),
        (("UNSURE", "NOT_SEEN"), "NOT_SEEN"),
        (("SEEN", "NOT_SEEN"), "UNSURE"),
        (("SEEN", "NOT_SEEN", "SEEN"), "UNSURE"),
        (("UNSURE", "UNSURE"), "UNSURE"),
    ],
)
def test_views_that_contradict_each_other_are_unsure(views: tuple[Seal, ...], told: Seal) -> None:
    assert combined(views) == told
