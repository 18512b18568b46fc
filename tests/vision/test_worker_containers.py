"""The vision worker and pictures of containers: after plates, refused by name where no model reads them."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.orders import ReadContainer, ReadPlate
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import ContainerRead, PictureRefused, PlateRead
from drivers.contract.tools import Tools
from station.simulate.container_scene import View, container_picture
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision import container_reader
from station.vision.container_seen import ContainerSeen
from station.vision.unfit import PictureUnfit
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.vision.models_folder import MODELS

PATIENCE = Millis(300)
SEEN = ContainerSeen(
    "TCLU4567897 22G1", "TCLU4567897", Permille(960), (Permille(960),) * 11, "22G1", Permille(900), (5, 6, 70, 80), "m"
)


@dataclass
class Fake:
    """Reads every picture as `SEEN`, or refuses it."""

    unfit: bool = False
    pictures: list[bytes] = field(default_factory=list)

    def read_picture(self, data: bytes) -> ContainerSeen:
        self.pictures.append(data)
        if self.unfit:
            raise PictureUnfit("undecodable", "no picture")
        return SEEN


def opened(folder: Path, patch: pytest.MonkeyPatch, fake: Fake | None) -> PlateReaderDriver:
    patch.setattr(container_reader, "open_container_reader", lambda _: fake)
    settings = PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml"))
    driver = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=folder))
    driver.open()
    return driver


@pytest.fixture
def picture(tmp_path: Path) -> tuple[str, str]:
    data = gate_picture("12C-045.67", seed=4, condition="clear", lines=1)
    path = tmp_path / "4.jpg"
    path.write_bytes(data)
    return str(path), hashlib.sha256(data).hexdigest()


def order(picture: tuple[str, str], name: str = "n1") -> ReadContainer:
    return ReadContainer(name, Tick(now() + 5_000), *picture)


def test_a_container_is_read_and_told_with_its_size_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: tuple[str, str]
) -> None:
    fake = Fake()
    driver = opened(tmp_path, monkeypatch, fake)
    assert driver.obey(order(picture), PATIENCE).code == "accepted"
    (reading,) = driver.poll(PATIENCE)
    assert isinstance(reading, ContainerRead)
    assert (reading.order_id, reading.sha256, reading.text, reading.box) == ("n1", picture[1], SEEN.text, SEEN.box)
    assert (reading.raw, reading.size_type, reading.model) == (SEEN.raw, "22G1", "m")
    assert fake.pictures == [Path(picture[0]).read_bytes()]
    driver.close()
    assert driver.obey(order(picture), PATIENCE).detail == "not open"


def test_a_plate_that_comes_later_is_read_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: tuple[str, str]
) -> None:
    driver = opened(tmp_path, monkeypatch, Fake())
    driver.obey(order(picture), PATIENCE)
    driver.obey(ReadPlate("r1", Tick(now() + 60_000), *picture, PLATE_REGION), PATIENCE)
    (first,) = driver.poll(PATIENCE)
    (second,) = driver.poll(PATIENCE)
    driver.close()
    assert isinstance(first, PlateRead) and isinstance(second, ContainerRead)


def test_a_picture_that_cannot_be_judged_is_refused_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: tuple[str, str]
) -> None:
    driver = opened(tmp_path, monkeypatch, Fake(unfit=True))
    driver.obey(order(picture), PATIENCE)
    driver.obey(order((str(tmp_path / "gone.jpg"), picture[1]), "n2"), PATIENCE)
    told = [*driver.poll(PATIENCE), *driver.poll(PATIENCE)]
    driver.close()
    assert sorted(one.seen for one in told if isinstance(one, PictureRefused)) == ["picture-missing", "undecodable"]


def test_without_models_for_it_the_order_is_refused_by_name_and_plates_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: tuple[str, str]
) -> None:
    driver = opened(tmp_path, monkeypatch, None)
    answer = driver.obey(order(picture), PATIENCE)
    assert (answer.code, answer.detail) == ("refused", "no-container-models")
    driver.obey(ReadPlate("r1", Tick(now() + 5_000), *picture, PLATE_REGION), PATIENCE)
    (reading,) = driver.poll(PATIENCE)
    driver.close()
    assert isinstance(reading, PlateRead)


def test_the_models_that_ship_read_a_drawn_container(tmp_path: Path) -> None:
    """Nothing made up between the order and the reading."""
    driver = PlateReaderDriver(
        "reader",
        PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml")),
        Tools(clock=now, evidence=tmp_path),
    )
    driver.open()
    views: tuple[View, ...] = ("rear", "left")
    for view in views:
        data = container_picture("TEMU1234565", "45G1", view, seed=11)
        path = tmp_path / f"{view}.jpg"
        path.write_bytes(data)
        assert driver.obey(order((str(path), hashlib.sha256(data).hexdigest()), view), PATIENCE).code == "accepted"
        (read,) = driver.poll(PATIENCE)
        assert isinstance(read, ContainerRead)
        assert (read.order_id, read.text, read.size_type) == (view, "TEMU1234565", "45G1")
        assert read.confidence >= 900
    driver.close()
