"""The worker with the models that ship: the ground of a drawn plate, and two plates in one drawn picture."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.contract.clock import now
from drivers.contract.orders import ReadPlate
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PlateColour, PlateRead
from drivers.contract.tools import Tools
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.tensors import Region
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.proof.measures.drawn_colours import lit
from tests.vision.models_folder import MODELS

ANYWHERE: Region = (0, 0, 0, 0)
TRACTOR, TRAILER = "12C04567", "12RM00321"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlateReaderDriver]:
    settings = PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml"))
    reader = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=tmp_path_factory.mktemp("evidence")))
    reader.open()
    yield reader
    reader.close()


def read(driver: PlateReaderDriver, folder: Path, data: bytes, region: Region) -> PlateRead:
    path = folder / "picture.jpg"
    path.write_bytes(data)
    driver.obey(ReadPlate("o1", Tick(now() + 60_000), str(path), hashlib.sha256(data).hexdigest(), region), Millis(300))
    (reading,) = driver.poll(Millis(300))
    assert isinstance(reading, PlateRead)
    return reading


@pytest.mark.parametrize("region", [PLATE_REGION, ANYWHERE])
@pytest.mark.parametrize("colour", ["WHITE", "YELLOW"])
def test_the_ground_is_told_with_the_plate(
    driver: PlateReaderDriver, tmp_path: Path, colour: PlateColour, region: Region
) -> None:
    drawn = gate_picture(TRACTOR, seed=4, condition="clear", lines=2, colour=colour)
    seen = read(driver, tmp_path, drawn, region)
    assert (seen.text, seen.colour, seen.trailer) == (TRACTOR, colour, "")
    assert seen.colour_confidence >= 900


def test_by_infrared_the_plate_is_read_and_its_ground_is_not_known(driver: PlateReaderDriver, tmp_path: Path) -> None:
    seen = read(driver, tmp_path, lit("YELLOW", 4, "infrared", 100), PLATE_REGION)
    assert (seen.text, seen.colour, seen.colour_confidence) == (TRACTOR, "UNSURE", 0)


def test_a_trailers_plate_beside_the_tractors_is_told_apart(driver: PlateReaderDriver, tmp_path: Path) -> None:
    """Whichever stands where the tractor's is wanted."""
    for lower, upper in ((TRACTOR, TRAILER), (TRAILER, TRACTOR)):
        seen = read(driver, tmp_path, two_plates(lower, upper), ANYWHERE)
        assert (seen.text, seen.trailer) == (TRACTOR, TRAILER)


def two_plates(lower: str, upper: str) -> bytes:
    """The front of a truck with its plate, and another plate where a trailer ahead would show it."""
    below, above = (
        np.asarray(cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        for drawn in (gate_picture(plate, seed=4, condition="clear", lines=2) for plate in (lower, upper))
    )
    x, y, width, height = PLATE_REGION
    below[130 : 130 + height, x : x + width] = above[y : y + height, x : x + width]
    return cv2.imencode(".jpg", below)[1].tobytes()
