"""What a lane's journal vouches for, and what of it is cut out of its pictures."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.journal.store import Journal
from station.learning.collect import MOST_OF_A_CROSSING, Bounds, Collected, collect, distance
from station.learning.collection import DAY_MS, Collection
from station.learning.vouched import Vouched, told_by
from tests.core.world import PARAMETERS, PLATE, UTC
from tests.learning.lane_story import BOX, SeenScript
from tests.learning.made import picture

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MISREAD = "12G04567"  # one look-alike away from the declared plate

Tell = Callable[[SeenScript], None]


def told(folder: Path, tell: Tell, **changes: object) -> SeenScript:
    data = folder / "data"
    with Journal.open(data) as journal:
        lane = SeenScript(journal=journal, data=data, **changes)  # type: ignore[arg-type]
        tell(lane)
    return lane


def gathered(folder: Path, labels: dict[str, str], now_ms: int = UTC, most: int = 100) -> tuple[Collected, Collection]:
    collection = Collection.begin(folder / "site", folder / "site.key")
    done = collect(DataFolder(folder / "data"), collection, labels, LETTERS, Bounds(90, most), now_ms)
    return done, collection


def vouched(folder: Path) -> tuple[Vouched, ...]:
    with JournalReader(folder / "data") as reader:
        return told_by(reader).vouched


def released_by_officers(lane: SeenScript) -> None:
    lane.drive_on()
    lane.scan()
    lane.act("release", "demo-officer", "officer")
    lane.act("release", "demo-head", "head-of-unit")
    lane.drive_off()


def test_a_plate_read_as_declared_is_cut_out_where_it_was_found(tmp_path: Path) -> None:
    lane = told(tmp_path, SeenScript.green)
    done, collection = gathered(tmp_path, {})
    crops = list(collection.crops())
    assert done.new == {"declaration": len(crops)} and 0 < len(crops) <= MOST_OF_A_CROSSING
    assert {crop.text for crop in crops} == {PLATE}
    x, y, width, height = BOX
    cuts = [picture(seed, 200, 300)[y : y + height, x : x + width] for seed in range(len(lane.pictures))]
    assert all(any(np.array_equal(crop.picture, cut) for cut in cuts) for crop in crops)
    assert len({crop.origin.crossing for crop in crops}) == 1


def test_a_second_run_finds_nothing_new(tmp_path: Path) -> None:
    told(tmp_path, SeenScript.green)
    first, _ = gathered(tmp_path, {})
    again, _ = gathered(tmp_path, {})
    assert again.new.total() == 0 and again.known == first.new.total() > 0


def test_a_misread_truck_that_two_officers_released_has_its_declared_plate(tmp_path: Path) -> None:
    told(tmp_path, released_by_officers, plate=MISREAD)
    (known,) = vouched(tmp_path)
    assert (known.text, known.basis) == (PLATE, "officers")
    done, collection = gathered(tmp_path, {})
    assert done.new["officers"] > 0 and {crop.text for crop in collection.crops()} == {PLATE}


def test_a_misread_truck_that_nobody_released_says_nothing(tmp_path: Path) -> None:
    def held(lane: SeenScript) -> None:
        lane.drive_on()
        lane.scan()
        lane.act("release", "demo-officer", "officer")  # one alone

    told(tmp_path, held, plate=MISREAD)
    assert vouched(tmp_path) == ()


def test_another_plate_that_officers_let_pass_is_no_correction(tmp_path: Path) -> None:
    told(tmp_path, released_by_officers, plate="51D79264")
    assert vouched(tmp_path) == ()


def test_a_truck_held_for_its_weight_says_nothing_even_if_released(tmp_path: Path) -> None:
    told(tmp_path, released_by_officers, gross=43_320)
    assert vouched(tmp_path) == ()


def test_a_test_crossing_says_nothing(tmp_path: Path) -> None:
    told(tmp_path, SeenScript.green, parameters=replace(PARAMETERS, mode="TEST"))
    assert vouched(tmp_path) == ()


def test_an_officers_list_goes_before_the_declaration(tmp_path: Path) -> None:
    lane = told(tmp_path, SeenScript.green)
    first, *_ = lane.pictures
    done, collection = gathered(tmp_path, {first: "43C98765", "ab" * 32: "43C98765"})
    assert done.new["list"] == 1 and done.passed_over["not-in-journal"] == 1
    assert {crop.text for crop in collection.crops()} == {"43C98765", PLATE}


def test_what_cannot_be_used_is_counted_by_its_reason(tmp_path: Path) -> None:
    lane = told(tmp_path, SeenScript.green)
    count = gathered(tmp_path, {})[0].new.total()
    assert gathered(tmp_path, {lane.pictures[0]: "云G12345"})[0].passed_over["other-letters"] == 1
    assert gathered(tmp_path, {}, now_ms=UTC + 100 * DAY_MS)[0].passed_over["too-old"] >= count
    for path in (tmp_path / "data" / "evidence").rglob("*.jpg"):
        path.write_bytes(path.read_bytes() + b"altered")
    assert gathered(tmp_path, {})[0].passed_over["picture-altered"] == count


@pytest.mark.parametrize(("box", "reason"), [((0, 0, 0, 0), "no-box"), ((250, 60, 90, 40), "region-outside")])
def test_a_picture_without_a_place_for_the_plate_is_passed_over(
    tmp_path: Path, box: tuple[int, int, int, int], reason: str
) -> None:
    told(tmp_path, SeenScript.green, box=box)
    done, collection = gathered(tmp_path, {})
    assert set(done.passed_over) == {reason} and collection.names() == []


def test_the_old_go_at_each_run(tmp_path: Path) -> None:
    told(tmp_path, SeenScript.green)
    before, _ = gathered(tmp_path, {})
    after, collection = gathered(tmp_path, {}, now_ms=UTC + 91 * DAY_MS)
    assert after.expired == before.new.total() and collection.names() == []


def test_the_journal_is_only_read(tmp_path: Path) -> None:
    told(tmp_path, SeenScript.green)
    before = {path: path.read_bytes() for path in (tmp_path / "data" / "evidence").rglob("*.jpg")}
    journal = (tmp_path / "data" / "journal.db").read_bytes()
    gathered(tmp_path, {})
    assert {path: path.read_bytes() for path in (tmp_path / "data" / "evidence").rglob("*.jpg")} == before
    assert (tmp_path / "data" / "journal.db").read_bytes() == journal


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "", 0), ("12C04567", "12C04567", 0), ("12G04567", "12C04567", 1), ("12C4567", "12C04567", 1), ("", "AB", 2)],
)
def test_distance(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == distance(other, one) == apart
