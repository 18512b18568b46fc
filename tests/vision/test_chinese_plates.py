"""What the recipe of the Chinese reader draws: texts within the grammar, cells where GA 36 has them."""

from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train import texts
from models.train.chinese_drawing import NEW_ENERGY, ONE_LINE, TWO_LINES, Layout, draw_plate, layout_of
from models.train.chinese_texts import ALPHABET, HAN, draw_text
from models.train.glyphs import Face, cut_glyph
from models.train.texts import PlateText
from station.core.plates import classify, normalise

CLASSES = {"CN_TRAILER", "CN_NEV_LARGE", "CN_NEV_SMALL", "CN_SPECIAL", "CN_STD"}
seeds = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def face() -> Face:
    """OpenCV's own face: the tests need no font packages."""
    built_in = cv2.FontFace("sans")
    return {character: cut_glyph(built_in, character, 500) for character in ALPHABET}


@given(seeds)
def test_every_text_fits_the_grammar_of_its_country(seed: int) -> None:
    text = draw_text(Random(seed))
    assert normalise("".join(text.lines)) == text.label
    assert set(text.label) <= set(ALPHABET)
    if text.ground:
        assert classify(text.label) in CLASSES
    else:
        assert not set(text.label) & set(HAN)


def test_every_class_province_and_letter_is_drawn() -> None:
    drawn = [draw_text(Random(seed)) for seed in range(4_000)]
    assert {classify(text.label) for text in drawn} >= CLASSES
    assert {character for text in drawn for character in text.label} == set(ALPHABET)
    assert {len(text.lines) for text in drawn if text.ground} == {1, 2}


def test_the_ground_follows_the_class() -> None:
    grounds = {"CN_TRAILER": {"yellow"}, "CN_NEV_LARGE": {"yellow-green"}, "CN_NEV_SMALL": {"green"}}
    for text in (draw_text(Random(seed)) for seed in range(1_000)):
        expected = grounds.get(classify(text.label))
        assert expected is None or text.ground in expected


def test_the_alphabet_is_latin_first_and_names_no_character_twice() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 10 + 24 + 31 + 5
    assert set(texts.ALPHABET) - set(ALPHABET) == set("IO")


@pytest.mark.parametrize("layout", [ONE_LINE, TWO_LINES, NEW_ENERGY])
def test_the_cells_fill_the_plate_and_stay_on_it(layout: Layout) -> None:
    counts = {ONE_LINE: (7,), TWO_LINES: (2, 5), NEW_ENERGY: (8,)}[layout]
    for row, count in zip(layout.rows, counts, strict=True):
        wide = count * row.width + (count - 1) * row.gap + (row.dot_gap - row.gap if row.dot_after else 0)
        assert 0 <= layout.width - row.left - wide - row.left <= 2
        assert row.top + row.height < layout.height


@pytest.mark.parametrize(
    ("lines", "ground", "layout"),
    [
        (("桂F.A1234",), "blue", ONE_LINE),
        (("云G", "1234挂"), "yellow", TWO_LINES),
        (("桂F-D12345",), "green", NEW_ENERGY),
        (("桂F-12345D",), "yellow-green", NEW_ENERGY),
    ],
)
def test_a_plate_is_drawn_in_its_proportions(lines: tuple[str, ...], ground: str, layout: Layout, face: Face) -> None:
    text = PlateText(lines, ground)
    assert layout_of(text) is layout
    plate = draw_plate(Random(1), text, face, 140)
    assert plate.shape == (140, int(140 * layout.width / layout.height))
    assert float(np.ptp(plate)) > 40
    again = draw_plate(Random(1), text, face, 140)
    assert np.array_equal(plate, again)


def test_light_letters_stand_on_dark_grounds_and_dark_ones_on_light(face: Face) -> None:
    """The middle half of a plate holds letters; its lower rim is mostly ground."""
    for ground, lighter in (("blue", True), ("black", True), ("yellow", False), ("white", False)):
        text = PlateText(("桂F.88888",), ground)
        plates = [draw_plate(Random(seed), text, face, 140) for seed in range(20)]
        letters = np.mean([plate[35:105].mean() for plate in plates])
        rim = np.mean([plate[118:130].mean() for plate in plates])
        assert bool(letters > rim) is lighter, ground


def test_foreign_plates_are_drawn_by_the_vietnamese_recipe(face: Face) -> None:
    foreign = next(text for seed in range(500) if not (text := draw_text(Random(seed))).ground)
    assert draw_plate(Random(2), foreign, face, 60).shape[0] == 60
