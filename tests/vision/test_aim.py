"""The judgement of a camera's aim: pure, so each cause is given as numbers."""

from dataclasses import replace as replaced
from typing import get_args

import pytest

from drivers.contract.quantities import Permille
from station.vision import aim
from station.vision.aim import Cause, Change, TooFew, judge
from station.vision.aim_measures import AimMeasures
from station.words import aim as words

GOOD = AimMeasures(
    columns=1280, rows=720, width=210, height=108, letter=41, lines=2, left=520, top=300, right=550, bottom=312,
    tilt=-1, lean=0, stretch=Permille(980), soft=29, smear=12, bearing=140, burnt=Permille(0), glare=Permille(0),
    bright=180, dark=25, black=20, mean=110, confidence=Permille(990), text="29C12345",
)  # fmt: skip

WRONG: dict[Cause, tuple[dict[str, int], Change]] = {
    "BURNT": ({"burnt": 700, "bright": 255}, Change("expose-less")),
    "DARK": ({"bright": 18, "dark": 2}, Change("expose-more")),
    "GLARE": ({"glare": 120}, Change("shade")),
    "HAZY": ({"black": 140}, Change("clean")),
    "MOTION": ({"smear": 90, "bearing": 90}, Change("shutter-shorter", 1000)),
    "UNSHARP": ({"soft": 110, "smear": 60}, Change("focus")),
    "SMALL": ({"letter": 16, "width": 84, "height": 43}, Change("zoom-in", 200)),
    "LARGE": ({"width": 640, "height": 320, "letter": 122}, Change("zoom-out", 40)),
    "HIGH": ({"top": 20, "bottom": 592}, Change("tilt-up", 398)),
    "LOW": ({"top": 592, "bottom": 20}, Change("tilt-down", 397)),
    "LEFT": ({"left": 10, "right": 1060}, Change("turn-left", 411)),
    "RIGHT": ({"left": 1060, "right": 10}, Change("turn-right", 410)),
    "ROLLED": ({"tilt": 14, "lean": 14}, Change("roll-clockwise", 14)),
    "ASKEW": ({"tilt": -18}, Change("nearer-axis")),
    "STEEP": ({"stretch": 1450}, Change("mount-lower")),
    "UNREAD": ({"confidence": 400}, Change("look-at-pictures")),
}


def passes(*, count: int = 10, **changed: int | str) -> list[AimMeasures]:
    return [GOOD._replace(**changed)] * count  # type: ignore[arg-type]


def test_a_good_camera_is_told_nothing() -> None:
    (report,) = judge(passes())
    assert (report.cause, report.change, report.light, report.read) == ("", None, "day", 10)
    assert {one.verdict for one in report.judged} == {"GOOD"}


@pytest.mark.parametrize("cause", WRONG)
def test_each_wrong_measure_has_its_cause_and_its_change(cause: Cause) -> None:
    changed, change = WRONG[cause]
    (report,) = judge(passes(**changed))
    assert (report.cause, report.change) == (cause, change)


def test_a_camera_rolled_the_other_way_is_turned_the_other_way() -> None:
    (report,) = judge(passes(tilt=-14, lean=-14))
    assert report.change == Change("roll-anticlockwise", 14)


def test_by_night_a_dark_plate_needs_a_lamp() -> None:
    (report,) = judge(passes(bright=18, dark=2, mean=8))
    assert (report.light, report.change) == ("night", Change("light-at-night"))


def test_day_and_night_are_judged_apart_or_as_told() -> None:
    day, night = judge([*passes(count=5), *passes(count=5, mean=8, glare=120)])
    assert (day.cause, night.cause) == ("", "GLARE")
    (told,) = judge([*passes(count=5), *passes(count=5, mean=8)], light="day")
    assert (told.light, told.passes) == ("day", 10)


@pytest.mark.parametrize(("text", "cause"), [("14C9", "GLARE"), ("20357", "GLARE"), ("3", "LEFT")])
def test_a_lamp_that_is_found_instead_of_a_spoilt_plate_tells_nothing(text: str, cause: str) -> None:
    lamps = passes(count=4, left=10, right=1060, text="3", confidence=300)
    (report,) = judge([*lamps, *passes(count=1, glare=300, text=text, confidence=300)])
    assert report.cause == cause


def test_the_present_shutter_is_shortened_by_the_smear() -> None:
    (report,) = judge(passes(smear=90, bearing=90), shutter=100)
    assert report.change == Change("shutter-shorter", 250)


def test_a_faster_vehicle_needs_a_shorter_shutter() -> None:
    (slow,), (fast,) = (judge(passes(smear=90, bearing=90), speed_kmh=kmh) for kmh in (5, 40))
    assert (slow.change, fast.change) == (Change("shutter-shorter", 250), Change("shutter-shorter", 2000))


def test_what_spoils_the_other_measures_is_named_first() -> None:
    (report,) = judge(passes(smear=90, bearing=90, tilt=-25, letter=18, stretch=600))
    assert report.cause == "MOTION"
    (report,) = judge(passes(soft=70, stretch=1500))
    assert report.cause == "UNSHARP"


@pytest.mark.parametrize(("mean", "cause"), [(90, "NO_PLATE"), (6, "DARK"), (230, "BURNT")])
def test_without_a_plate_the_whole_picture_tells_why(mean: int, cause: str) -> None:
    unseen = passes(width=0, height=0, confidence=0, mean=mean)
    (report,) = judge([one._replace(text="") for one in unseen])
    assert (report.found, report.cause) == (0, cause)


def test_a_grille_among_the_finds_is_not_measured() -> None:
    grille = GOOD._replace(text="8", confidence=Permille(30), letter=80, stretch=Permille(600), tilt=20)
    (report,) = judge([*[grille] * 2, *passes(count=3)])
    assert report.cause == "UNREAD"


def test_two_passes_are_too_few() -> None:
    with pytest.raises(TooFew):
        judge(passes(count=2))


def test_every_code_has_words() -> None:
    assert set(get_args(aim.Cause)) == set(words.CAUSES)
    assert set(get_args(aim.Advice)) == set(words.CHANGES)
    assert set(get_args(aim.Verdict)) == set(words.VERDICTS)
    assert set(aim.LIMITS) == set(words.MEASURES) == set(aim.UNITS)
    for table in (words.CAUSES, words.CHANGES, words.MEASURES, words.VERDICTS):
        for vietnamese, english in table.values():
            assert vietnamese and english
            assert vietnamese.count("{") == english.count("{")


def test_a_report_is_a_value() -> None:
    (report,) = judge(passes())
    assert replaced(report, cause="") == report
