"""Glare is a patch of light, over-exposure is all of it: told apart on a plate of two lines that is drawn here."""

import numpy as np
import pytest

from station.vision.aim_light import burnt_share, glare_share
from station.vision.tensors import Gray

WHITE, GROUND, INK = 255, 180, 30
_PLATE = np.s_[60:160, 60:260]


def scene(ground: int) -> Gray:
    """A plate of 200 x 100 px on a bumper: three strokes above, nine below."""
    picture = np.full((220, 320), 80, np.uint8)
    plate = picture[_PLATE]
    plate[:] = ground
    for x in (60, 90, 120):
        plate[12:42, x : x + 10] = INK
    for x in range(15, 180, 20):
        plate[58:88, x : x + 12] = INK
    return picture


def measured(picture: Gray) -> tuple[int, int]:
    """Burnt and glare."""
    plate = picture[_PLATE]
    return burnt_share(plate), glare_share(plate, picture)


def test_a_plate_that_is_white_all_over_has_no_glare() -> None:
    burnt, glare = measured(scene(WHITE))
    assert burnt > 600 and glare == 0


def test_its_halves_do_differ_by_their_writing() -> None:
    """Else the test above would show nothing."""
    plate = scene(WHITE)[_PLATE] == WHITE
    assert plate[:50].mean() - plate[50:].mean() > 0.15


@pytest.mark.parametrize("columns", [60, 100, 140])
def test_light_on_a_part_is_glare(columns: int) -> None:
    picture = scene(GROUND)
    picture[40:180, 60 : 60 + columns] = WHITE
    assert measured(picture)[1] > 150


def test_light_from_above_is_glare() -> None:
    picture = scene(GROUND)
    picture[:100] = WHITE
    assert measured(picture)[1] > 400


def test_light_beside_a_find_is_glare() -> None:
    """The finder takes what is left of the plate for the plate."""
    picture = scene(GROUND)
    picture[40:180, 262:310] = WHITE
    assert measured(picture) == (0, pytest.approx(190, abs=40))


def test_a_good_plate_has_neither() -> None:
    assert measured(scene(GROUND)) == (0, 0)
