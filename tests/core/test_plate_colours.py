"""The ground that a plate must have, and what it does to a reading that stands on another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.orders import RaiseBoom
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import PlateColour, PlateRead
from station.core import plate_colours, rules
from station.core.plate_colours import allowed, contradicts, vote
from station.core.records import PlateIdentified
from tests.core.container_lane import decided, passage
from tests.core.script import Script
from tests.core.world import PLATE

COLOURS: tuple[PlateColour, ...] = ("WHITE", "YELLOW", "BLUE", "RED", "GREEN", "BLACK", "UNSURE")


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("29C12345", "WHITE YELLOW BLUE"),
        ("29P12345", "WHITE YELLOW"),  # no series of state bodies
        ("29RM12345", "WHITE YELLOW BLUE"),
        ("74LB00012", "YELLOW"),
        ("KA1234", "RED"),
        ("29NN34612", "WHITE"),
        ("桂A12345", "BLUE YELLOW BLACK"),  # on green a character was lost
        ("桂F12345D", "GREEN YELLOW"),
        ("桂FD12345", "GREEN"),
        ("桂F1234挂", "YELLOW"),
        ("桂F1234学", "YELLOW GREEN"),
        ("粤Z1234港", "BLACK"),
        ("桂F1234警", "WHITE"),
        ("ກກ1111", ""),
        ("3AB1234", ""),
        ("WHATEVER", ""),
    ],
)
def test_the_grounds_of_a_text(text: str, grounds: str) -> None:
    assert allowed(text) == tuple(grounds.split())
    for colour in COLOURS:
        odd = colour != "UNSURE" and grounds != "" and colour not in grounds.split()
        assert contradicts(text, colour) == odd


def read(text: str, colour: PlateColour, permille: int = 950) -> PlateRead:
    sure = Permille(970)
    each = (sure,) * len(text)
    return PlateRead(
        "o", "", text, text, sure, each, "m", Millis(1), colour=colour, colour_confidence=Permille(permille)
    )


@pytest.mark.parametrize(
    ("seen", "colour"),
    [
        ("", "UNSURE"),
        ("WHITE", "WHITE"),
        ("WHITE WHITE UNSURE", "WHITE"),
        ("WHITE UNSURE UNSURE", "UNSURE"),
        ("WHITE WHITE YELLOW", "UNSURE"),
    ],
)
def test_frames_vote(seen: str, colour: str) -> None:
    reads = [read(PLATE, said) for said in seen.split()]  # type: ignore[arg-type]
    assert vote(reads, PLATE) == colour
    assert vote([*reads, *[read("14C12345", "BLUE")] * 9], PLATE) == colour  # frames of another text have no say


def test_a_doubtful_frame_has_no_vote() -> None:
    assert vote([read(PLATE, "BLUE", 899)], PLATE) == "UNSURE"


def ended(colour: PlateColour, plate: str = PLATE) -> Script:
    script = Script(plate=plate)
    script.colour = colour
    return passage(script)


def identified(script: Script) -> PlateIdentified:
    (record,) = (record for record in script.records if isinstance(record, PlateIdentified))
    return record


@pytest.mark.parametrize("colour", ["WHITE", "YELLOW", "BLUE", "UNSURE"])
def test_a_ground_that_fits_is_recorded_and_changes_nothing(colour: PlateColour) -> None:
    script = ended(colour)
    assert (identified(script).verdict, identified(script).colour) == ("ACCEPTED", colour)
    assert (decided(script).verdict, decided(script).rules) == ("PASS", ())


@pytest.mark.parametrize("colour", ["RED", "GREEN", "BLACK"])
def test_the_declared_plate_on_another_ground_waits_for_a_person(colour: PlateColour) -> None:
    script = ended(colour)
    assert (identified(script).verdict, identified(script).colour) == ("REVIEW", colour)
    assert (decided(script).verdict, decided(script).reason) == ("REFER_REMOTE", "PLATE_COLOUR")
    assert [rule.measured for rule in decided(script).rules if rule.rule == "R04d"] == [colour]
    assert not any(isinstance(order, RaiseBoom) for order in script.sent)


@given(colour=st.sampled_from(COLOURS), plate=st.sampled_from([PLATE, "14P12345", "12G04567", "桂A12345", "74LB00012"]))
def test_whatever_colour_is_seen_control_is_only_added(colour: PlateColour, plate: str) -> None:
    """Law L8: also another plate than the declared one holds as it did, whatever its ground."""
    seen, unseen = decided(ended(colour, plate)), decided(ended("UNSURE", plate))
    assert rules.STRENGTH.index(seen.verdict) >= rules.STRENGTH.index(unseen.verdict)


def test_a_lane_that_believes_every_ground_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plate_colours, "allowed", lambda _: ())
    with pytest.raises(AssertionError):
        test_the_declared_plate_on_another_ground_waits_for_a_person("RED")


def test_a_guess_that_excuses_another_plate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """REVIEW alone would lower what another plate leads to: such a reading is doubted and no guess."""
    assert decided(ended("RED", "14C12345")).reason == "IDENTITY_MISMATCH"
    monkeypatch.setattr(plate_colours, "contradicts", lambda *_: False)
    assert decided(ended("RED", "14C12345")).reason == "IDENTITY_MISMATCH"
