"""A seal at a drawn door lock: seen by its colour, whatever the colours of lock and door."""

import cv2
import numpy as np
import pytest

from station.vision.seal import Seal, combined, see_seal
from station.vision.tensors import Colour

STEEL, BLUE, RUST, WHITE = (150, 160, 160), (120, 50, 30), (40, 50, 110), (235, 235, 235)
YELLOW, RED, GREEN = (30, 220, 240), (40, 40, 220), (90, 200, 60)


def lock(door: tuple[int, int, int], seal: tuple[int, int, int] | None, steel: tuple[int, int, int] = STEEL) -> Colour:
    """A door lock of 44 x 66 pixels: plate, handle, hole, and the seal that hangs at its hasp."""
    told = np.empty((66, 44, 3), np.uint8)
    told[:] = door
    cv2.rectangle(told, (14, 4), (30, 58), steel, -1)
    cv2.rectangle(told, (0, 28), (43, 36), steel, -1)
    cv2.circle(told, (22, 12), 4, (40, 40, 40), -1)
    if seal is not None:
        cv2.circle(told, (22, 34), 5, seal, -1)
        cv2.rectangle(told, (18, 50), (26, 62), seal, -1)
    grain = np.random.default_rng(1).integers(-6, 7, told.shape[:2])[..., np.newaxis]
    return np.asarray(cv2.GaussianBlur(np.clip(told + grain, 0, 255).astype(np.uint8), (0, 0), 0.8), np.uint8)


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
