"""The trailer camera in a settings file: a camera, not the one in front, and somebody who reads its pictures."""

from pathlib import Path

import pytest

from station.settings.load import load
from tests.settings.test_load import GOOD, only_fault

REAR = '[device.rear]\nkind = "rtsp-camera"\nurl = "rtsp://127.0.0.1:9000/x"\n'


def named(name: str, more: str = "") -> str:
    return GOOD.replace("[device.barrier]", f'[lane.parts]\ntrailer_camera = "{name}"\n{more}[device.barrier]') + REAR


def test_it_becomes_a_part_of_the_lane_and_may_look_at_the_container_too(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    path.write_text(named("rear", 'container_cameras = ["rear"]\n'))
    assert load(path).parameters.parts.trailer_camera == "rear"
    path.write_text(GOOD)
    assert load(path).parameters.parts.trailer_camera == ""


@pytest.mark.parametrize(
    ("name", "code"), [("ghost", "no-such-device"), ("scale", "unfit-device"), ("camera", "rear-is-front")]
)
def test_what_does_not_see_the_rear_is_refused_at_its_key(name: str, code: str, tmp_path: Path) -> None:
    fault = only_fault(named(name), tmp_path)
    assert (fault.where, fault.message_code) == ("lane.parts.trailer_camera", code)
    assert fault.message_vi != fault.message_en


def test_somebody_must_read_its_pictures(tmp_path: Path) -> None:
    text = named("rear", 'reader = ""\n').replace('[vision]\nmanifest = "models/manifest.toml"\n', "")
    assert only_fault(text, tmp_path).message_code == "no-trailer-reader"
