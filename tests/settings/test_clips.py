"""Clips in a settings file: on by default, from the cameras that play a part, within bounds."""

from pathlib import Path

import pytest

from drivers.contract.quantities import Millis
from station.core.parameters import ClipRules
from station.settings.load import load
from station.settings.tables import Ring, StationSettings
from tests.settings.test_container_cameras import VIEWS
from tests.settings.test_load import GOOD, only_fault


def with_clips(lines: str) -> str:
    return GOOD.replace("[device.barrier]", f"[lane.clips]\n{lines}\n[device.barrier]") + VIEWS


def loaded(text: str, folder: Path) -> StationSettings:
    path = folder / "lane.toml"
    path.write_text(text)
    return load(path)


def test_seconds_and_cameras_may_be_named(tmp_path: Path) -> None:
    lines = 'before = 10_000\nafter = 60_000\nperiod = 1_000\nring_mib = 4\ncameras = ["view-0", "camera"]'
    settings = loaded(with_clips(lines), tmp_path)
    assert settings.parameters.clips == ClipRules(("view-0", "camera"), Millis(10_000), Millis(60_000))
    assert settings.ring == Ring(Millis(1_000), Millis(20_000), 4 << 20)


def test_they_may_be_switched_off(tmp_path: Path) -> None:
    assert loaded(with_clips("on = false"), tmp_path).parameters.clips.cameras == ()


def test_each_camera_that_plays_a_part_keeps_them_once(tmp_path: Path) -> None:
    text = with_clips("on = true").replace("[lane.clips]", '[lane.parts]\ncontainer_cameras = ["view-0"]\n[lane.clips]')
    assert loaded(text, tmp_path).parameters.clips.cameras == ("camera", "view-0")


@pytest.mark.parametrize(
    ("lines", "where", "code"),
    [
        ("before = 20", "lane.clips.before", "out-of-range"),
        ("after = 600_000", "lane.clips.after", "out-of-range"),
        ("period = 10", "lane.clips.period", "out-of-range"),
        ("ring_mib = 1", "lane.clips.ring_mib", "out-of-range"),
        ("befor = 20_000", "lane.clips.befor", "unknown-key"),
        ('cameras = ["view-9"]', "lane.clips.cameras", "no-such-device"),
        ('cameras = ["scale"]', "lane.clips.cameras", "unfit-device"),
    ],
)
def test_what_cannot_be_is_refused_at_its_key(lines: str, where: str, code: str, tmp_path: Path) -> None:
    fault = only_fault(with_clips(lines), tmp_path)
    assert (fault.where, fault.message_code) == (where, code)
    assert fault.message_vi != fault.message_en
