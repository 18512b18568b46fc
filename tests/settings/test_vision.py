"""What `[vision]` says reaches the process that reads, and the record of what the lane started with."""

import shutil
from pathlib import Path

from station.journal.folder import DataFolder
from station.lane import assembly
from station.settings.load import load
from station.vision import second_file
from station.vision.manifest import model_hashes
from station.vision.worker import PlateReaderSettings
from tests.settings.test_load import GOOD
from tests.vision.models_folder import MODELS

MORE = "[vision]\nsecond_reader = true\nceiling_mib = 600"


def written(text: str, folder: Path) -> Path:
    path = folder / "lane.toml"
    path.write_text(text)
    return path


def worker_settings(path: Path, folder: Path) -> object:
    *_, eyes = assembly.worker_specs(load(path), DataFolder(folder / "data"))
    return eyes.settings


def test_ceiling_and_second_reader_reach_the_worker(tmp_path: Path) -> None:
    manifest = str(tmp_path / "models" / "manifest.toml")
    assert worker_settings(written(GOOD, tmp_path), tmp_path) == PlateReaderSettings("plate-reader", manifest)
    path = written(GOOD.replace("[vision]", MORE), tmp_path)
    assert worker_settings(path, tmp_path) == PlateReaderSettings("plate-reader", manifest, 600, second_reader=True)


def test_the_models_that_a_lane_starts_with_hold_the_second_reader_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    shutil.copy(MODELS / "manifest.toml", tmp_path / "models")
    own = model_hashes(MODELS / "manifest.toml")
    assert assembly._models(load(written(GOOD, tmp_path))) == own
    path = written(GOOD.replace("[vision]", MORE), tmp_path)
    assert assembly._models(load(path)) == (*own, (second_file.NAME, second_file.SHA256))
