"""The worker with the second reader on: what both say goes out, and nothing is lost where the second breaks."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ReadPlate
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import PlateRead, ShadowDisagreed
from drivers.contract.tools import Tools
from station.evaluation.beside import FUSED, read_beside
from station.evaluation.folder import Photo
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.fusion import fuse
from station.vision.plate_reader import CHINESE_MODEL, PlateReader, PlateText, open_plate_reader
from station.vision.plate_readers import PlateReaders
from station.vision.second_file import INSTALL, PACKAGE, entry_of
from station.vision.second_opinion import TELL_EVERY, SecondOpinion
from station.vision.second_reader import SecondReader, open_second_reader
from station.vision.tensors import Gray, Region, crop, decode_gray
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from tests.vision.models_folder import MODELS
from tests.vision.second_package import KNOWN, install_second, recogniser_saying, uninstall_second

MANIFEST = MODELS / "manifest.toml"
ALONE = PlateReaderSettings("plate-reader", str(MANIFEST))
BESIDE = replace(ALONE, second_reader=True)
PATIENCE = Millis(50)
TOO_WIDE: Region = (440, 485, 400, 95)
"""The made-up recogniser breaks on it, as a real one would on a picture that its runtime cannot take."""


def picture() -> bytes:
    return gate_picture("12C-045.67", seed=4, condition="clear", lines=1)


def opened(settings: PlateReaderSettings, folder: Path) -> PlateReaderDriver:
    driver = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=folder))
    driver.open()
    return driver


def read(driver: PlateReaderDriver, folder: Path, region: Region = PLATE_REGION) -> PlateRead:
    data = picture()
    path, sha256 = folder / "one.jpg", hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    driver.obey(ReadPlate("o", Tick(now() + 9_000), str(path), sha256, region), PATIENCE)
    (told,) = driver.poll(PATIENCE)
    assert isinstance(told, PlateRead)
    return told


def said(reading: PlateRead) -> tuple[object, ...]:
    return (reading.raw, reading.text, reading.confidence, reading.characters, reading.model)


def test_the_reading_is_what_the_evaluation_measures_and_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_second(tmp_path, monkeypatch)
    driver = opened(BESIDE, tmp_path)
    live, alone = read(driver, tmp_path), read(opened(ALONE, tmp_path), tmp_path)
    own, second = open_plate_reader(MANIFEST), open_second_reader()
    plate = crop(decode_gray(picture()), PLATE_REGION)
    photo = Photo("one", "12C04567", "12C04567", "gate", "1")
    (measured,) = read_beside([(photo, plate)], own, second, None)
    expected = measured.trials[FUSED].read
    assert (live.raw, live.text, live.confidence, live.characters) == (
        expected.raw,
        expected.text,
        expected.confidence,
        expected.characters,
    )
    assert live.model == f"{own.entry.sha256}+{second.entry.sha256}"
    assert live.confidence != alone.confidence and alone.model == own.entry.sha256
    assert driver.poll(PATIENCE) == ()


def test_the_identity_names_the_second_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = install_second(tmp_path, monkeypatch)
    driver = PlateReaderDriver("reader", BESIDE, Tools(clock=now, evidence=tmp_path))
    told = driver.open().detail
    assert told.endswith(f"{file.name} sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
    assert "plate_reader.onnx" in told


def test_where_the_second_breaks_the_own_reading_goes_out_and_the_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_second(tmp_path, monkeypatch)
    driver = opened(BESIDE, tmp_path)
    broken = read(driver, tmp_path, TOO_WIDE)
    assert broken.text == KNOWN
    assert said(broken) == said(read(opened(ALONE, tmp_path), tmp_path, TOO_WIDE))
    assert driver.poll(Millis(0)) == ()  # an order waits outside
    (told,) = driver.poll(PATIENCE)
    assert isinstance(told, ShadowDisagreed)
    assert "PP-OCRv6" in told.fault and "cannot run it" in told.fault and INSTALL in told.fault
    assert (told.compared, told.differed, told.text, told.shadow_text) == (1, 1, "", "")
    assert driver.poll(PATIENCE) == ()
    assert "+" in read(driver, tmp_path).model  # it is asked again for the next plate


def test_failures_are_counted_and_told_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_second(tmp_path, monkeypatch)
    time = 0
    own, opinion = open_plate_reader(MANIFEST), SecondOpinion(open_second_reader(), lambda: Tick(time))
    told: list[tuple[int, int, int]] = []
    for number in range(12):
        time = number * TELL_EVERY // 5
        _joins(opinion, own, WIDE if number % 2 else PLATE)
        told += [(number, one.compared, one.differed) for one in opinion.failures()]
    assert told == [(1, 2, 1), (6, 5, 2), (11, 5, 3)]


PLATE = np.full((60, 120), 200, np.uint8)
WIDE = np.arange(40 * 400, dtype=np.uint8).reshape(40, 400)


def _joins(opinion: SecondOpinion, own: PlateReader, plate: Gray) -> PlateText:
    return opinion.join(own.read(plate), own.likely(plate), plate)


def _loses(opinion: SecondOpinion, own: PlateReader, plate: Gray) -> PlateText:
    return fuse(own.likely(plate), opinion._second.likely(plate))


def _says_nothing(opinion: SecondOpinion, own: PlateReader, plate: Gray) -> PlateText:
    read = _joins(opinion, own, plate)
    return read if "+" in read.model else PlateText("", "", Permille(0), ())


def _claims_both(opinion: SecondOpinion, own: PlateReader, plate: Gray) -> PlateText:
    read = _joins(opinion, own, plate)
    return replace(read, model=f"{own.entry.sha256}+{opinion.entry.sha256}")


def _fuses_with_nothing(opinion: SecondOpinion, own: PlateReader, plate: Gray) -> PlateText:
    read = _joins(opinion, own, plate)
    return read if "+" in read.model else fuse(own.likely(plate), (), own.entry.sha256)


def _keeps_the_own(way: Callable[[SecondOpinion, PlateReader, Gray], PlateText]) -> bool:
    own, opinion = open_plate_reader(MANIFEST), SecondOpinion(open_second_reader(), now)
    plate = crop(decode_gray(picture()), TOO_WIDE)
    expected = own.read(plate)
    assert expected.text == KNOWN
    try:
        return way(opinion, own, plate) == expected
    except DeviceFault:
        return False


@pytest.mark.parametrize("mutant", [_loses, _says_nothing, _claims_both, _fuses_with_nothing])
def test_a_way_that_loses_or_changes_the_own_reading_is_found(
    mutant: Callable[[SecondOpinion, PlateReader, Gray], PlateText], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_second(tmp_path, monkeypatch)
    assert _keeps_the_own(_joins)
    assert not _keeps_the_own(mutant)


def test_a_reader_that_is_to_have_a_second_one_and_has_none_stays_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall_second(monkeypatch)
    driver = PlateReaderDriver("reader", BESIDE, Tools(clock=now, evidence=tmp_path))
    with pytest.raises(DeviceFault) as refused:
        driver.open()
    fault = refused.value.fault
    assert (fault.code, fault.thing) == ("unfit", "model PP-OCRv6")
    assert PACKAGE in fault.seen and INSTALL in fault.next_step and "second_reader = false" in fault.next_step
    assert driver.obey(ReadPlate("o", Tick(now() + 9_000), "x", "", PLATE_REGION), PATIENCE).code == "refused"
    assert opened(ALONE, tmp_path) is not None


def test_a_second_reader_whose_file_was_changed_keeps_the_reader_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_second(tmp_path, monkeypatch).write_bytes(b"another")
    with pytest.raises(DeviceFault, match=r"model PP-OCRv6: bad-model: .* has sha256"):
        opened(BESIDE, tmp_path)
    assert read(opened(ALONE, tmp_path), tmp_path).text == KNOWN


def test_the_second_has_no_say_in_whose_plate_it_is(tmp_path: Path) -> None:
    """It agrees with our own reader on all but the province, which neither can name."""
    chinese, own = open_plate_reader(MANIFEST, CHINESE_MODEL), open_plate_reader(MANIFEST)
    plate = decode_gray(chinese.entry.known.picture.read_bytes())
    model, file = recogniser_saying("_".join(own.read(plate).text), share=0.999), tmp_path / "recogniser.onnx"
    file.write_bytes(model)
    second = SecondReader(entry_of(file, hashlib.sha256(model).hexdigest()))
    expected = PlateReaders([own, chinese]).read(plate)
    assert expected.text == chinese.entry.known.text
    assert fuse(own.likely(plate), second.likely(plate)).confidence > own.read(plate).confidence
    assert PlateReaders([own, chinese], SecondOpinion(second, now)).read(plate) == expected
