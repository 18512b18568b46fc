"""Container cameras in a settings file: a view each, all of them cameras, none of them the plate's."""

from pathlib import Path

import pytest

from station.settings.load import load
from tests.settings.test_load import GOOD, only_fault

VIEWS = "".join(f'[device.view-{n}]\nkind = "rtsp-camera"\nurl = "rtsp://127.0.0.1:{9000 + n}/x"\n' for n in range(5))


def named(names: str) -> str:
    return GOOD.replace("[device.barrier]", f"[lane.parts]\ncontainer_cameras = {names}\n[device.barrier]") + VIEWS


def test_they_become_parts_of_the_lane(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    path.write_text(named('["view-0", "view-1", "view-2", "view-3"]'))
    assert load(path).parameters.parts.container_cameras == ("view-0", "view-1", "view-2", "view-3")
    path.write_text(GOOD)
    assert load(path).parameters.parts.container_cameras == ()


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ('["view-0", "view-9"]', "no-such-device"),
        ('["view-0", "scale"]', "unfit-device"),
        ('["view-0", "view-0"]', "camera-twice"),
        ('["view-0", "camera"]', "camera-twice"),
        ('["view-0", ""]', "camera-unnamed"),
        ('["view-0", "view-1", "view-2", "view-3", "view-4"]', "too-long"),
        ('"view-0"', "wrong-type"),
    ],
)
def test_what_is_no_view_of_its_own_is_refused_at_its_key(names: str, code: str, tmp_path: Path) -> None:
    fault = only_fault(named(names), tmp_path)
    assert (fault.where, fault.message_code) == ("lane.parts.container_cameras", code)
    assert fault.message_vi != fault.message_en


def test_somebody_must_read_their_pictures(tmp_path: Path) -> None:
    text = named('["view-0"]').replace("[lane.parts]\n", '[lane.parts]\nreader = ""\n')
    text = text.replace('[vision]\nmanifest = "models/manifest.toml"\n', "")
    assert only_fault(text, tmp_path).message_code == "no-container-reader"
