from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from drivers.contract.quantities import Permille
from station.vision.found import Found
from station.vision.plate_reader import PlateText
from station.vision.tensors import Gray, Region
from station.vision.unfit import PictureUnfit
from station.vision.whole_picture import BESIDE, MARGIN, NOTHING, Whole, read_whole, widened

NOWHERE = Whole(NOTHING, (0, 0, 0, 0))


@dataclass
class DrawnFinder:
    """Finds what it was told, in shares of the picture, and keeps the size of what it saw."""

    boxes: tuple[tuple[float, float, float, float], ...]
    saw: list[tuple[int, ...]] = field(default_factory=list)

    def find(self, picture: Gray) -> tuple[Found, ...]:
        self.saw.append(picture.shape)
        rows, columns = picture.shape
        return tuple(
            Found((int(x * columns), int(y * rows), int(wide * columns), int(high * rows)), Permille(900 - place))
            for place, (x, y, wide, high) in enumerate(self.boxes)
        )


@dataclass
class BrightReader:
    """Takes the mean gray of a crop for its confidence, and keeps the size of what it saw."""

    saw: list[tuple[int, ...]] = field(default_factory=list)

    def read(self, plate: Gray) -> PlateText:
        self.saw.append(plate.shape)
        return PlateText("x", f"{round(float(plate.mean()))}", Permille(int(plate.mean())), ())


def picture(rows: int, columns: int, bright: Region) -> bytes:
    drawn = np.full((rows, columns), 40, np.uint8)
    x, y, width, height = bright
    drawn[y : y + height, x : x + width] = 240
    return cv2.imencode(".png", drawn)[1].tobytes()


def test_nothing_found_is_an_empty_text_at_no_confidence() -> None:
    reader = BrightReader()
    assert read_whole(picture(1080, 1920, (0, 0, 9, 9)), DrawnFinder(()), reader) == NOWHERE
    assert reader.saw == []
    assert (NOTHING.text, NOTHING.confidence) == ("", 0)


def test_of_several_finds_the_best_reading_is_given_with_its_place() -> None:
    data = picture(1080, 1920, (960, 540, 192, 108))
    finder = DrawnFinder(((0.1, 0.1, 0.1, 0.1), (0.5, 0.5, 0.1, 0.1)))
    whole = read_whole(data, finder, BrightReader())
    x, y, width, height = whole.box
    assert whole.plate.confidence > 150
    assert abs(x + width / 2 - 1056) <= 4
    assert abs(y + height / 2 - 594) <= 4
    assert width == pytest.approx(192 * (1 + 2 * MARGIN), abs=4)


def test_it_is_found_on_the_half_and_read_on_the_whole_only_if_it_is_small() -> None:
    data = picture(1080, 1920, (960, 540, 192, 108))
    for share, seen in ((0.1, 192), (0.3, 288)):
        finder, reader = DrawnFinder(((0.3, 0.3, share, 0.1),)), BrightReader()
        box = read_whole(data, finder, reader).box
        assert finder.saw == [(540, 960)]
        assert reader.saw[0][1] == pytest.approx(seen * (1 + 2 * MARGIN), abs=3)
        assert box[2] == pytest.approx(1920 * share * (1 + 2 * MARGIN), abs=4)


def test_a_small_picture_is_not_halved() -> None:
    finder, reader = DrawnFinder(((0.25, 0.25, 0.5, 0.5),)), BrightReader()
    box = read_whole(picture(200, 300, (75, 50, 150, 100)), finder, reader).box
    assert finder.saw == [(200, 300)]
    assert box == widened((75, 50, 150, 100), 200, 300)


def test_the_margin_ends_at_the_edge() -> None:
    assert widened((0, 0, 100, 50), 50, 100) == (0, 0, 100, 50)
    x, y, width, height = widened((200, 100, 100, 50), 1000, 1000)
    assert (x, y) == (200 - round(100 * MARGIN), 100 - round(50 * MARGIN))
    assert (width, height) == (100 + 2 * round(100 * MARGIN), 50 + 2 * round(50 * MARGIN))


def test_a_bad_picture_is_refused_before_anything_is_sought() -> None:
    finder = DrawnFinder(())
    with pytest.raises(PictureUnfit):
        read_whole(b"no picture", finder, BrightReader())
    assert finder.saw == []


def test_a_find_in_which_nothing_is_legible_is_no_plate() -> None:
    class BlindReader:
        def read(self, plate: Gray) -> PlateText:
            return PlateText("", "", Permille(0), ())

    finder = DrawnFinder(((0.1, 0.1, 0.1, 0.1),))
    assert read_whole(picture(540, 960, (0, 0, 9, 9)), finder, BlindReader()) == NOWHERE


@dataclass
class TellingReader:
    """Says one text after the other, each surely."""

    texts: list[str]

    def read(self, plate: Gray) -> PlateText:
        text = self.texts.pop(0)
        return PlateText(text, text, Permille(950 if text else 0), ())


@pytest.mark.parametrize(
    ("texts", "own", "trailers"),
    [
        (("12C04567", "12RM00321"), "12C04567", "12RM00321"),
        (("12RM00321", "12C04567"), "12C04567", "12RM00321"),  # though the trailer's is found first
        (("12RM00321", ""), "12RM00321", ""),
        (("12RM00321", "29R01234"), "12RM00321", ""),
        (("12C04567", "14C12345"), "12C04567", ""),
    ],
)
def test_a_trailers_plate_in_the_picture_is_told_apart(texts: tuple[str, str], own: str, trailers: str) -> None:
    finder = DrawnFinder(((0.1, 0.1, 0.1, 0.1), (0.5, 0.5, 0.1, 0.1)))
    whole = read_whole(picture(1080, 1920, (0, 0, 9, 9)), finder, TellingReader(list(texts)))
    assert (whole.plate.text, whole.trailer.text) == (own, trailers)


def test_a_sure_reading_ends_the_search_where_nothing_else_is_a_sure_find() -> None:
    class LoneFinder:
        def find(self, picture: Gray) -> tuple[Found, ...]:
            return Found((10, 10, 200, 100), Permille(950)), Found((300, 10, 200, 100), Permille(BESIDE - 1))

    reader = TellingReader(["12C04567", "12RM00321"])
    assert read_whole(picture(1080, 1920, (0, 0, 9, 9)), LoneFinder(), reader).trailer == NOTHING
    assert reader.texts == ["12RM00321"]
