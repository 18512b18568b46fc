"""`station aim` on folders of drawn pictures, and how pictures of a camera are parted into passes."""

import json
from collections.abc import Callable
from pathlib import Path

from drivers.contract.quantities import Permille
from station.commands.aim_passes import Passes
from tests.commands.premises import Premises, Told
from tests.proof.measures.drawn_aims import Setting, bad_setting, good_setting, picture, plate_of
from tests.vision.test_aim import GOOD


def _folder(root: Path, setting: Setting, count: int = 3) -> Path:
    folder = root / "pictures"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(picture(setting, 0, number, "day"))
    return folder


def test_a_good_camera_ends_with_0(command: Callable[..., Told], tmp_path: Path) -> None:
    told = command("aim", "--pictures", _folder(tmp_path, good_setting(0)), "--light", "day")
    assert (told.status, told.err) == (0, "")
    assert "Nothing has to be changed." in told.out


def test_a_bad_one_ends_with_1_and_shows_no_plate(command: Callable[..., Told], tmp_path: Path) -> None:
    folder = _folder(tmp_path, bad_setting(0, "LOW", 0.1))
    (folder / "x.jpg").write_bytes(b"no picture")
    told = command("aim", "--pictures", folder, "--light", "day", "--json")
    (report,) = json.loads(told.out)["reports"]
    assert (told.status, report["cause"], report["change"]["advice"]) == (1, "LOW", "tilt-down")
    assert "x.jpg" in told.err
    assert all(plate_of(0, number) not in told.out + told.err for number in range(3))


def test_a_configured_camera_is_measured_as_trucks_pass(
    place: Premises, command: Callable[..., Told], tmp_path: Path
) -> None:
    folder = _folder(tmp_path, good_setting(0))
    with place.settings.open("a") as settings:
        settings.write(f'[device.camera]\nkind = "picture-folder"\nfolder = "{folder}"\n')
        settings.write('[device.scale]\nkind = "toledo-continuous"\nport = "/dev/null"\n')
    told = command("aim", "--device", "camera", "--settings", place.settings, "--passes", 3, "--light", "day", "--json")
    (report,) = json.loads(told.out)["reports"]
    assert (told.status, report["passes"], report["found"]) == (0, 3, 3)
    assert len(list(folder.iterdir())) == 3
    refused = command("aim", "--device", "scale", "--settings", place.settings)
    assert refused.status == 2 and "no pictures" in refused.err


def test_what_cannot_be_measured_is_refused_by_name(command: Callable[..., Told], tmp_path: Path) -> None:
    assert command("aim").status == 2
    assert command("aim", "--device", "camera").status == 2
    empty = command("aim", "--pictures", tmp_path)
    assert empty.status == 74 and str(tmp_path) in empty.err
    few = command("aim", "--pictures", _folder(tmp_path, good_setting(0), 2))
    assert few.status == 69 and "next: " in few.err


def test_a_pass_is_the_surest_picture_between_two_without_a_plate() -> None:
    empty = GOOD._replace(width=0, text="", confidence=Permille(0))
    dim = GOOD._replace(confidence=Permille(500))
    passes = Passes()
    for one in (empty, dim, GOOD, dim, empty, dim, GOOD._replace(text="15C67890")):
        passes.add(one)
    assert [(one.text, one.confidence) for one in passes.best()] == [
        (GOOD.text, 990),
        (GOOD.text, 500),
        ("15C67890", 990),
    ]


def test_without_a_plate_the_pictures_themselves_are_judged() -> None:
    passes, empty = Passes(), GOOD._replace(width=0)
    passes.add(empty)
    assert (len(passes), passes.best()) == (0, [empty])
