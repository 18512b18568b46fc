import hashlib
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ReadPlate
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PlateRead, ShadowDisagreed
from drivers.contract.tools import Tools
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision import shadow
from station.vision.second_opinion import TELL_EVERY
from station.vision.shadow import open_shadowed_reader
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.vision.foreign_models import folder_with, slots_lines, slots_model, slots_shares
from tests.vision.models_folder import copy_of_models

NAME = shadow.MODEL
GRAY = np.arange(48 * 80, dtype=np.uint8).reshape(48, 80)
PATIENCE = Millis(50)


def with_shadow(folder: Path, text: str = "29H12345") -> Path:
    """The shipped models and a shadow that always reads `text`."""
    models = copy_of_models(folder)
    (folder / "trial").mkdir()
    trial = folder_with(folder / "trial", NAME, slots_model(slots_shares(text)), slots_lines(text=text))
    for file in (f"{NAME}.onnx", "known.png"):
        (models / file).write_bytes((trial.parent / file).read_bytes())
    manifest = models / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n" + trial.read_text(encoding="utf-8"), "utf-8")
    return manifest


def driver_with(manifest: Path, evidence: Path) -> PlateReaderDriver:
    driver = PlateReaderDriver(
        "reader", PlateReaderSettings("plate-reader", str(manifest)), Tools(clock=now, evidence=evidence)
    )
    driver.open()
    return driver


def ask(driver: PlateReaderDriver, folder: Path, name: str = "o") -> str:
    picture = gate_picture("12C-045.67", seed=4, condition="clear", lines=1)
    path, sha256 = folder / "one.jpg", hashlib.sha256(picture).hexdigest()
    path.write_bytes(picture)
    assert driver.obey(ReadPlate(name, Tick(now() + 9_000), str(path), sha256, PLATE_REGION), PATIENCE).code == (
        "accepted"
    )
    return sha256


def test_the_live_answer_comes_first_and_alone(tmp_path: Path) -> None:
    driver = driver_with(with_shadow(tmp_path), tmp_path)
    sha256 = ask(driver, tmp_path)
    (live,) = driver.poll(PATIENCE)
    assert isinstance(live, PlateRead) and live.text == "12C04567"
    assert driver.poll(Millis(0)) == ()  # an order waits outside
    (told,) = driver.poll(PATIENCE)
    assert isinstance(told, ShadowDisagreed)
    assert (told.sha256, told.text, told.shadow_text) == (sha256, "12C04567", "29H12345")
    assert (told.confidence, told.compared, told.differed, told.fault) == (live.confidence, 1, 1, "")
    assert told.model and told.model != live.model
    assert driver.poll(PATIENCE) == ()
    driver.close()


def test_the_live_answers_are_the_same_with_and_without_a_shadow(tmp_path: Path) -> None:
    answers = []
    for manifest in (copy_of_models(tmp_path / "plain") / "manifest.toml", with_shadow(tmp_path)):
        driver = driver_with(manifest, tmp_path)
        ask(driver, tmp_path)
        (read,) = driver.poll(PATIENCE)
        assert isinstance(read, PlateRead)
        answers.append((read.text, read.raw, read.confidence, read.characters, read.model))
        driver.close()
    assert answers[0] == answers[1]


def test_orders_go_before_the_shadow(tmp_path: Path) -> None:
    driver = driver_with(with_shadow(tmp_path), tmp_path)
    ask(driver, tmp_path, "one")
    ask(driver, tmp_path, "two")
    kinds = [type(reading) for _ in range(3) for reading in driver.poll(PATIENCE)]
    assert kinds == [PlateRead, PlateRead, ShadowDisagreed]
    driver.close()


def test_differences_are_counted_and_told_once_in_a_while(tmp_path: Path) -> None:
    time = 0
    reader = open_shadowed_reader(with_shadow(tmp_path), lambda: Tick(time))
    told: list[ShadowDisagreed] = []
    for number in range(100):
        time = number * TELL_EVERY // 40
        reader.read(GRAY)
        reader.answered(str(number))
        told += reader.compare()
    assert [(one.sha256, one.compared, one.differed) for one in told] == [("0", 1, 1), ("40", 40, 40), ("80", 40, 40)]


def test_a_shadow_that_agrees_says_nothing(tmp_path: Path) -> None:
    driver = driver_with(with_shadow(tmp_path, "12C04567"), tmp_path)
    ask(driver, tmp_path)
    assert isinstance(driver.poll(PATIENCE)[0], PlateRead)
    assert driver.poll(PATIENCE) == ()
    driver.close()


def test_a_shadow_that_is_refused_is_told_once_and_the_live_reader_reads(tmp_path: Path) -> None:
    manifest = with_shadow(tmp_path)
    (manifest.parent / f"{NAME}.onnx").write_bytes(b"another")
    driver = driver_with(manifest, tmp_path)
    ask(driver, tmp_path)
    assert isinstance(driver.poll(PATIENCE)[0], PlateRead)
    (told,) = driver.poll(PATIENCE)
    assert isinstance(told, ShadowDisagreed)
    assert NAME in told.fault and "sha256" in told.fault
    assert driver.poll(PATIENCE) == ()
    driver.close()


def test_a_shadow_that_breaks_later_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = open_shadowed_reader(with_shadow(tmp_path), now)

    def broken(_: object) -> object:
        raise DeviceFault("bad-model", f"model {NAME}", "its output is not finite", "mend it")

    reader.read(GRAY)
    reader.answered("s")
    monkeypatch.setattr(reader._shadow, "read", broken)
    assert reader.compare() == ()
    (told,) = reader.compare()
    assert "not finite" in told.fault
    reader.read(GRAY)
    reader.answered("t")
    assert reader.compare() == ()


def test_a_live_reader_that_is_refused_is_refused_with_a_shadow_too(tmp_path: Path) -> None:
    manifest = with_shadow(tmp_path)
    (manifest.parent / "plate_reader.onnx").write_bytes(b"another")
    with pytest.raises(DeviceFault, match="model plate-reader:"):
        open_shadowed_reader(manifest, now)
