"""The vision worker as an adviser: scans after everything else, bad ones refused by name, no template no plate lost."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.advice_readings import ScanMeasured, SealMeasured
from drivers.contract.clock import now
from drivers.contract.orders import AssessScan, AssessSeal, ReadPlate
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureRefused, PlateRead, Reading
from drivers.contract.tools import Tools
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from station.vision.xray_template import Template, read_template, template_sha256, write_template
from tests.proof.measures import drawn_scans as draw
from tests.proof.measures import xray_scans
from tests.vision import picture_bytes as make
from tests.vision.drawn_locks import LOCK_AT, YELLOW, rear
from tests.vision.models_folder import MODELS

PATIENCE = Millis(300)
PALLET = xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"]


@pytest.fixture(scope="module")
def template() -> Template:
    return xray_scans.template()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Path:
    written = tmp_path_factory.mktemp("template") / "empty-20.json"
    write_template(written, template)
    return written


@pytest.fixture(scope="module")
def fitted(file: Path) -> Iterator[PlateReaderDriver]:
    """The worker with the site's template."""
    driver = opened(file.parent, str(file))
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def bare(file: Path) -> Iterator[PlateReaderDriver]:
    """The worker without one."""
    driver = opened(file.parent, "")
    yield driver
    driver.close()


def opened(folder: Path, template: str) -> PlateReaderDriver:
    settings = PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml"), xray_template=template)
    driver = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=folder))
    driver.open()
    return driver


def order(folder: Path, data: bytes, name: str = "x1") -> AssessScan:
    path = folder / f"{name}.png"
    path.write_bytes(data)
    return AssessScan(name, Tick(now() + 60_000), str(path), hashlib.sha256(data).hexdigest())


def shot(seed: int, *, loaded: bool = False) -> bytes:
    return xray_scans.shot(np.random.default_rng(seed), PALLET if loaded else ())


def answer(driver: PlateReaderDriver, asked: AssessScan | AssessSeal) -> Reading:
    assert driver.obey(asked, PATIENCE).code == "accepted"
    (reading,) = driver.poll(PATIENCE)
    return reading


def test_an_empty_and_a_loaded_container_are_told_apart_with_figures(
    tmp_path: Path, file: Path, fitted: PlateReaderDriver
) -> None:
    told = [answer(fitted, order(tmp_path, shot(5, loaded=loaded), f"x{loaded}")) for loaded in (False, True)]
    empty, loaded = told
    assert isinstance(empty, ScanMeasured) and isinstance(loaded, ScanMeasured)
    assert (empty.order_id, empty.finding, empty.flaws) == ("xFalse", "EMPTY_LIKELY", ())
    assert loaded.finding == "NOT_EMPTY" and loaded.largest > 100 and min(loaded.box[2:]) > 50
    assert empty.template == loaded.template == json.loads(file.read_text())["sha256"]


def test_a_template_keeps_its_hash_when_it_is_read(file: Path) -> None:
    assert template_sha256(read_template(file)) == json.loads(file.read_text())["sha256"]


def bad_scans() -> dict[str, tuple[bytes, str]]:
    good = shot(6)
    return {
        "truncated": (good[:-40], "picture-broken-off"),
        "bomb": (make.png_bomb(40_000, 40_000), "too-many-pixels"),
        "empty": (b"", "picture-empty"),
        "not a picture": (b"II*\x00 a TIFF", "not-a-picture"),
        "altered": (good[:9_000] + b"\x00\x01" + good[9_002:], "picture-damaged"),
        "huge": (good + b"\x00" * 20_000_000, "picture-too-large"),
    }


@pytest.mark.parametrize("what", bad_scans())
def test_a_bad_scan_is_refused_by_its_code(what: str, tmp_path: Path, fitted: PlateReaderDriver) -> None:
    data, code = bad_scans()[what]
    told = answer(fitted, order(tmp_path, data))
    assert isinstance(told, PictureRefused) and (told.order_id, told.seen) == ("x1", code)


def test_a_scan_that_was_changed_since_is_refused(tmp_path: Path, fitted: PlateReaderDriver) -> None:
    asked = order(tmp_path, shot(7))
    Path(asked.path).write_bytes(shot(8))
    told = answer(fitted, asked)
    assert isinstance(told, PictureRefused) and told.seen == "picture-altered"


def test_a_sound_picture_of_something_else_can_prove_nothing(tmp_path: Path, fitted: PlateReaderDriver) -> None:
    told = answer(fitted, order(tmp_path, draw.packed(np.full((200, 700), 50_000, np.uint16))))
    assert isinstance(told, ScanMeasured) and told.finding == "CANNOT_TELL" and told.flaws


@pytest.mark.parametrize(
    ("text", "code"),
    [(None, "no-template"), ("", "bad-template"), ("[" * 100_000, "bad-template"), ('{"sha256": 1}', "bad-template")],
)
def test_without_a_template_that_fits_the_order_is_refused_by_name_and_plates_go_on(
    text: str | None, code: str, tmp_path: Path
) -> None:
    named = tmp_path / "template.json"
    if text is not None:
        named.write_text(text)
    driver = opened(tmp_path, str(named))
    refused = driver.obey(order(tmp_path, b"x"), PATIENCE)
    assert (refused.code, refused.detail) == ("refused", code)
    picture = gate_picture("12C-045.67", seed=4, condition="clear", lines=1)
    (tmp_path / "p.jpg").write_bytes(picture)
    plate = ReadPlate("r", Tick(now() + 60_000), str(tmp_path / "p.jpg"), "", PLATE_REGION)
    assert driver.obey(plate, PATIENCE).code == "accepted"
    (reading,) = driver.poll(PATIENCE)
    driver.close()
    assert isinstance(reading, PlateRead)


def test_no_name_means_no_template(tmp_path: Path, bare: PlateReaderDriver) -> None:
    assert bare.obey(order(tmp_path, b"x"), PATIENCE).detail == "no-template"


@pytest.mark.parametrize(
    ("seal", "region", "told"),
    [
        (YELLOW, LOCK_AT, "SEEN"),
        (None, LOCK_AT, "NOT_SEEN"),
        (YELLOW, (1_900, 420, 176, 264), "region-outside"),
        (YELLOW, (1_240, 420, 15, 15), "UNSURE"),
    ],
)
def test_a_seal_is_looked_for_where_the_settings_say_also_without_a_template(
    seal: tuple[int, int, int] | None,
    region: tuple[int, int, int, int],
    told: str,
    bare: PlateReaderDriver,
    tmp_path: Path,
) -> None:
    data = rear(seal)
    (tmp_path / "rear.jpg").write_bytes(data)
    asked = AssessSeal("s1", Tick(now() + 60_000), str(tmp_path / "rear.jpg"), hashlib.sha256(data).hexdigest(), region)
    reading = answer(bare, asked)
    assert isinstance(reading, SealMeasured | PictureRefused) and reading.order_id == "s1"
    assert (reading.seal if isinstance(reading, SealMeasured) else reading.seen) == told


def test_a_plate_that_comes_later_goes_first(tmp_path: Path, fitted: PlateReaderDriver) -> None:
    fitted.obey(order(tmp_path, shot(5)), PATIENCE)
    (tmp_path / "p.jpg").write_bytes(gate_picture("12C-045.67", seed=4, condition="clear", lines=1))
    fitted.obey(ReadPlate("r", Tick(now() + 60_000), str(tmp_path / "p.jpg"), "", PLATE_REGION), PATIENCE)
    told = [*fitted.poll(PATIENCE), *fitted.poll(PATIENCE)]
    assert [type(reading) for reading in told] == [PlateRead, ScanMeasured]
