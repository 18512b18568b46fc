"""Seal cameras in a settings file: one or two, each with the region in which the lock stands."""

from pathlib import Path

import pytest

from station.settings.load import load
from tests.settings.test_container_cameras import VIEWS
from tests.settings.test_load import GOOD, faults_of, only_fault

REGION = "[1240, 420, 176, 264]"


def named(names: str, regions: str = "") -> str:
    text = GOOD.replace("[device.barrier]", f"[lane.parts]\nseal_cameras = {names}\n[device.barrier]") + VIEWS
    return text.replace('office = "15BB"', f'office = "15BB"\nseal_regions = {regions}') if regions else text


def test_they_become_parts_of_the_lane_each_with_its_region(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    path.write_text(named('["view-0", "view-1"]', f"[{REGION}, [1, 2, 3, 4]]"))
    parameters = load(path).parameters
    assert parameters.parts.seal_cameras == ("view-0", "view-1")
    assert parameters.seal_regions == ((1240, 420, 176, 264), (1, 2, 3, 4))
    path.write_text(GOOD)
    assert (load(path).parameters.parts.seal_cameras, load(path).parameters.seal_regions) == ((), ())


def test_a_container_camera_may_see_the_seal_too(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    text = named('["view-0"]', f"[{REGION}]")
    path.write_text(text.replace("[lane.parts]", '[lane.parts]\ncontainer_cameras = ["view-0", "view-1"]'))
    assert load(path).parameters.parts.container_cameras == ("view-0", "view-1")


@pytest.mark.parametrize(
    ("names", "regions", "where", "code"),
    [
        ('["view-9"]', f"[{REGION}]", "lane.parts.seal_cameras", "no-such-device"),
        ('["scale"]', f"[{REGION}]", "lane.parts.seal_cameras", "unfit-device"),
        ('["view-0", "view-0"]', f"[{REGION}, {REGION}]", "lane.parts.seal_cameras", "camera-twice"),
        ('["camera"]', f"[{REGION}]", "lane.parts.seal_cameras", "camera-twice"),
        ('[""]', f"[{REGION}]", "lane.parts.seal_cameras", "camera-unnamed"),
        ('["view-0"]', "", "lane.parts.seal_cameras", "seal-regions"),
        ('["view-0"]', f"[{REGION}, {REGION}]", "lane.seal_regions", "seal-regions"),
        ('["view-0"]', "[[5, 5, 0, 9]]", "lane.seal_regions", "no-seal-region"),
        ('["view-0"]', "[[-5, 5, 9, 9]]", "lane.seal_regions", "no-seal-region"),
        ("[]", f"[{REGION}]", "lane.seal_regions", "seal-regions"),
    ],
)
def test_what_cannot_look_at_a_lock_is_refused_at_its_key(
    names: str, regions: str, where: str, code: str, tmp_path: Path
) -> None:
    fault = only_fault(named(names, regions), tmp_path)
    assert (fault.where, fault.message_code) == (where, code)
    assert fault.message_vi != fault.message_en


def test_three_cameras_are_too_many(tmp_path: Path) -> None:
    faults = faults_of(named('["view-0", "view-1", "view-2"]', f"[{REGION}, {REGION}, {REGION}]"), tmp_path)
    assert {fault.message_code for fault in faults} == {"too-long"}


def test_somebody_must_look_at_their_pictures(tmp_path: Path) -> None:
    text = named('["view-0"]', f"[{REGION}]").replace("[lane.parts]\n", '[lane.parts]\nreader = ""\n')
    text = text.replace('[vision]\nmanifest = "models/manifest.toml"\n', "")
    assert only_fault(text, tmp_path).message_code == "no-seal-reader"
