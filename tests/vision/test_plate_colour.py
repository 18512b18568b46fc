"""The colour of a plate's ground in drawn pictures: named in plain light, UNSURE where there is no colour to see."""

import cv2
import numpy as np
import pytest

from drivers.contract.readings import PlateColour
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision import plate_colour
from station.vision.plate_colour import UNSURE, colour_in, ground_colour
from station.vision.unfit import PictureUnfit
from tests.proof.measures.drawn_colours import COLOURLESS, Light, lit


@pytest.mark.parametrize("colour", ["WHITE", "YELLOW", "BLUE", "RED", "GREEN"])
def test_each_colour_is_named_in_daylight(colour: PlateColour) -> None:
    seen = colour_in(lit(colour, 0, "white", 0), PLATE_REGION)
    assert seen.colour == colour
    assert seen.confidence >= plate_colour.SAY_FROM


@pytest.mark.parametrize(("colour", "light"), [("WHITE", "warm"), ("YELLOW", "cold"), ("BLUE", "warm")])
def test_a_little_tint_changes_nothing(colour: PlateColour, light: Light) -> None:
    assert colour_in(lit(colour, 1, light, 20), PLATE_REGION).colour == colour


@pytest.mark.parametrize("light", COLOURLESS)
def test_without_colour_nothing_is_named(light: Light) -> None:
    for colour in ("WHITE", "YELLOW", "BLUE"):
        assert colour_in(lit(colour, 0, light, 100), PLATE_REGION) == UNSURE


def test_a_white_plate_in_very_warm_light_is_not_called_yellow() -> None:
    for strength in (40, 80, 120):
        assert colour_in(lit("WHITE", 2, "warm", strength), PLATE_REGION).colour in ("WHITE", "UNSURE")


@pytest.mark.parametrize("condition", ["glare", "blur", "dark"])
def test_a_spoilt_plate_has_no_colour(condition: str) -> None:
    drawn = gate_picture("12C04567", seed=3, condition=condition, lines=2, colour="RED")  # type: ignore[arg-type]
    assert colour_in(drawn, PLATE_REGION).colour in ("RED", "UNSURE")


def test_what_has_no_letters_has_no_colour() -> None:
    drawn = cv2.imdecode(
        np.frombuffer(gate_picture(None, seed=1, condition="clear", lines=1), np.uint8), cv2.IMREAD_COLOR
    )
    for box in (PLATE_REGION, (0, 0, 0, 0), (0, 0, 3, 3), (1270, 710, 40, 40)):
        assert ground_colour(np.asarray(drawn, np.uint8), box) == UNSURE


def test_a_bad_picture_is_refused() -> None:
    with pytest.raises(PictureUnfit):
        colour_in(b"no picture", PLATE_REGION)


def test_a_measure_that_believes_gray_pictures_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plate_colour, "_LEAST_SPREAD", -1.0)
    with pytest.raises(AssertionError):
        test_without_colour_nothing_is_named("infrared")
