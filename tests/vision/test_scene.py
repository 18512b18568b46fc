import cv2
import numpy as np
import pytest

from drivers.contract.quantities import Millis
from drivers.contract.readings import PlateRead
from station.core.consensus import Consensus, agree
from station.simulate.scene import PLATE_REGION, Condition, gate_picture
from station.vision.plate_reader import PlateText
from station.vision.plate_readers import PlateReaders, open_plate_readers
from station.vision.tensors import crop, decode_gray
from tests.vision.models_folder import MODELS

PLATES = ("12C-045.67", "12RM-003.21", "14C-123.45", "29H-880.01", "51D-792.64", "98R-7716")
SEEDS = range(32)


@pytest.fixture(scope="module")
def reader() -> PlateReaders:
    return open_plate_readers(MODELS / "manifest.toml")


def look(reader: PlateReaders, plate: str | None, seed: int, condition: Condition) -> PlateText:
    picture = gate_picture(plate, seed=seed, condition=condition, lines=1 + seed % 2)
    return reader.read(crop(decode_gray(picture), PLATE_REGION))


def judge(*reads: PlateText) -> Consensus:
    return agree(
        [PlateRead("o", "", read.raw, read.text, read.confidence, read.characters, "", Millis(1)) for read in reads]
    )


@pytest.mark.slow
def test_clear_pictures_are_read_exactly(reader: PlateReaders) -> None:
    cases = [(plate, seed) for plate in PLATES for seed in SEEDS]
    wrong = [
        (plate, seed, read.text)
        for plate, seed in cases
        if (read := look(reader, plate, seed, "clear")).text != plate.replace("-", "").replace(".", "")
    ]
    assert len(wrong) <= 0.05 * len(cases), wrong


@pytest.mark.slow
@pytest.mark.parametrize("condition", ["glare", "blur", "dark"])
def test_destroyed_pictures_are_never_accepted_as_another_plate(reader: PlateReaders, condition: Condition) -> None:
    for plate in PLATES[:3]:
        text = plate.replace("-", "").replace(".", "")
        for seed in SEEDS:
            outcome = judge(look(reader, plate, seed, condition), look(reader, plate, seed + 1000, condition))
            assert outcome.verdict != "ACCEPTED" or outcome.text == text


@pytest.mark.slow
@pytest.mark.parametrize("condition", ["glare", "blur"])
def test_glare_and_blur_leave_nothing_to_accept(reader: PlateReaders, condition: Condition) -> None:
    for seed in SEEDS:
        assert judge(look(reader, "12C-045.67", seed, condition)).verdict != "ACCEPTED"


def test_an_empty_lane_has_no_plate(reader: PlateReaders) -> None:
    for seed in range(8):
        assert judge(look(reader, None, seed, "clear")).verdict != "ACCEPTED"


def test_two_clear_frames_of_one_truck_are_accepted(reader: PlateReaders) -> None:
    frames = [look(reader, "12C-045.67", seed, "clear") for seed in (2, 4)]
    outcome = judge(*frames)
    assert (outcome.text, outcome.verdict, outcome.frames) == ("12C04567", "ACCEPTED", 2)


def test_the_same_arguments_give_the_same_bytes() -> None:
    one = gate_picture("12C-045.67", seed=7, condition="clear", lines=1)
    assert one == gate_picture("12C-045.67", seed=7, condition="clear", lines=1)
    assert one != gate_picture("12C-045.67", seed=8, condition="clear", lines=1)


def test_size_is_as_asked_and_three_lines_are_refused() -> None:
    small = gate_picture("12C-045.67", seed=1, condition="clear", lines=2, width_px=640, height_px=360)
    assert decode_gray(small).shape == (360, 640)
    with pytest.raises(ValueError, match="1 or 2 lines"):
        gate_picture("12C-045.67", seed=1, condition="clear", lines=3)


def test_the_plate_lies_wholly_within_the_region() -> None:
    """Outside the region a lane with another plate looks the same, JPEG ringing at the border apart."""
    x, y, width, height = PLATE_REGION
    one, other = (
        decode_gray(gate_picture(plate, seed=5, condition="clear", lines=2)).astype(np.int16)
        for plate in ("12C-045.67", "88H-888.88")
    )
    apart = np.abs(one - other)
    apart[y - 16 : y + height + 16, x - 16 : x + width + 16] = 0
    assert int(apart.max()) == 0
    assert cv2.countNonZero((np.abs(one - other) > 60).astype(np.uint8)) > 500
